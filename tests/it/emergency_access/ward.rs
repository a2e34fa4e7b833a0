//! A network with a patient at one hospital, and a doctor at another one.

use std::time::Duration;

use medilink_commands::staff::GiveRole;
use medilink_commands::{Actor, CommandContext};
use medilink_domain::values::Role;
use medilink_domain::{HospitalId, StaffId};
use medilink_log::RecordedEvent;
use medilink_tests::{
    Answer, Caller, Hospital, Newcomer, PROOF, Platform, assert_read_models_equal_their_replay,
    eventually, id, settle,
};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::platform;

/// How long workers and read models have for what follows by itself.
const SOON: Duration = Duration::from_secs(60);

/// What the doctor says when a record is opened.
pub const EXPLANATION: &str = "unconscious on arrival; which medicines?";

/// Somebody with an account and a second factor.
pub struct Member {
    pub person: Uuid,
    pub caller: Caller,
    backup_code: String,
}

impl Member {
    pub async fn join(platform: &Platform) -> Self {
        let newcomer = Newcomer::register(platform).await;
        let totp = newcomer.turn_on_totp(platform).await;
        let tokens = newcomer.sign_in_with(platform, &totp.app).await;
        Self {
            person: newcomer.person,
            caller: tokens.caller(platform),
            backup_code: totp.backup_codes[0].clone(),
        }
    }

    /// Makes them something at a hospital, or in the whole network.
    pub async fn be(&self, platform: &Platform, role: Role, hospital: Option<Uuid>) {
        let give = GiveRole {
            staff: StaffId(self.person),
            role,
            hospital: hospital.map(HospitalId),
            department: None,
            until: None,
        };
        let console = CommandContext::new(Actor::console(platform.tenant));
        let executor = platform.executor().await;
        executor.execute(&console, &give).await.unwrap();
    }

    /// Shows again who they are, which they can once.
    pub async fn prove(&self) {
        let proof = json!({"method": "backup_code", "code": self.backup_code});
        let proven = self.caller.post(PROOF, &proof).await;
        assert_eq!(proven.status, 200, "{}", proven.text);
    }
}

pub struct Ward {
    pub platform: Platform,
    /// Where the patient has been.
    pub city: Hospital,
    /// Where the doctor works.
    pub other: Hospital,
    pub patient: Uuid,
    pub as_patient: Caller,
    /// The earlier and the later visit.
    pub visits: [Uuid; 2],
    pub doctor: Member,
    pub colleague: Caller,
    pub officer: Member,
}

impl Ward {
    pub async fn open() -> Self {
        let platform = platform().await;
        let city = Hospital::open(&platform).await;
        let other = Hospital::open(&platform).await;
        let here = city.doctor(1).await;
        city.window(here, "09:00", "12:00", 60).await;
        let asha = Newcomer::register(&platform).await;
        let visits = [
            id(&city.book(asha.person, here, 9 * 60).await),
            id(&city.book(asha.person, here, 11 * 60).await),
        ];
        let (doctor, officer) = (Member::join(&platform).await, Member::join(&platform).await);
        let hospital = Some(other.hospital);
        doctor.be(&platform, Role::Doctor, hospital).await;
        officer.be(&platform, Role::ComplianceOfficer, None).await;
        let colleague = other.doctor(2).await;
        Self {
            as_patient: asha.sign_in(&platform).await.caller(&platform),
            patient: asha.person,
            colleague: platform.person(colleague, &[Role::Doctor]).await,
            visits,
            doctor,
            officer,
            city,
            other,
            platform,
        }
    }

    pub fn list(&self) -> String {
        format!("/v1/patients/{}/appointments", self.patient)
    }

    pub fn visit(&self) -> String {
        format!("/v1/appointments/{}", self.visits[0])
    }

    pub fn emergencies(&self) -> String {
        format!("/v1/patients/{}/emergency-accesses", self.patient)
    }

    pub fn emergency(&self) -> Value {
        json!({
            "hospital": self.other.hospital, "reason": "unable-to-consent",
            "explanation": EXPLANATION,
        })
    }

    /// As the doctor, who has just shown who they are.
    pub async fn break_the_glass(&self) -> Uuid {
        let opened = self
            .doctor
            .caller
            .post(&self.emergencies(), &self.emergency())
            .await;
        id(&opened)
    }

    pub async fn read(&self, caller: &Caller, path: &str) -> Answer {
        let head = self.platform.log().head().await.unwrap();
        caller.get_at(path, head.0).await
    }

    /// Which emergency accesses of a state are listed.
    pub async fn listed(&self, caller: &Caller, state: &str) -> Vec<Uuid> {
        let path = format!("/v1/emergency-accesses?state={state}");
        let found = self.read(caller, &path).await;
        assert_eq!(found.status, 200, "{}", found.text);
        let items = found.body["items"].as_array().unwrap();
        let id = |item: &Value| item["id"].as_str().unwrap().parse().unwrap();
        items.iter().map(id).collect()
    }

    /// Waits until somebody has one notice of this kind about it.
    pub async fn told(&self, caller: &Caller, path: &str, kind: &str, access: Uuid) {
        eventually(kind, SOON, || async {
            let found = caller.get(path).await.unwrap();
            let items = found.body["items"].as_array().unwrap().clone();
            let about =
                |item: &&Value| item["kind"] == kind && item["emergency_access"] == json!(access);
            items.iter().filter(about).count() == 1
        })
        .await;
    }

    pub async fn close(self) {
        settle(&self.platform, SOON).await;
        assert_read_models_equal_their_replay(&self.platform).await;
    }
}

pub fn metadata(event: &RecordedEvent) -> Value {
    serde_json::from_slice(&event.metadata).unwrap()
}

pub fn refused(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.problem())
}

pub fn then(access: Uuid, what: &str) -> String {
    format!("/v1/emergency-accesses/{access}/{what}")
}

pub async fn bare(caller: &Caller, path: &str) -> Answer {
    let answer = caller.send(caller.request(Method::POST, path)).await;
    answer.unwrap()
}
