//! The same of how people come to work at a hospital.

use chrono::{TimeDelta, Utc};
use medilink_commands::hospital_code::{TYPED, Typed, new_code};
use medilink_commands::invitation::{Invite, Invitee};
use medilink_commands::{
    Actor, CommandContext, Operation, application, hospital_code, verification,
};
use medilink_domain::values::{JoiningCode, Language, Role, SecretHash};
use medilink_domain::verification::Letter;
use medilink_domain::{AccountId, HospitalCodeId, HospitalId, SubjectId, VerificationId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::world::World;

/// Of a password that nobody has.
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZSByYW5kb20gc2FsdA$\
    aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g";

impl World {
    pub async fn of_staff(&self, operation: &str) -> Option<(String, Option<Value>)> {
        let Self {
            city,
            doctor,
            patient,
            ..
        } = self;
        let here = |rest: &str| format!("/v1/hospitals/{}/{rest}", city.hospital);
        let later = json!(Utc::now() + TimeDelta::days(9));
        let accept = json!({"code": "K7QM2-X9R4T", "name": "N"});
        let application = json!({
            "hospital_code": "K7QD-9M2X-4T6H", "name": "N", "languages": ["en"],
        });
        let with = |mut body: Value, more: &Value| {
            for (name, value) in more.as_object().unwrap() {
                body[name] = value.clone();
            }
            body
        };
        Some(match operation {
            "issueHospitalCode" => (
                here("codes"),
                Some(json!({"role": "nurse", "most_uses": 1, "expires_at": later})),
            ),
            "listHospitalCodes" => (here("codes"), None),
            "rotateHospitalCode" => (
                here(&format!("codes/{}/rotate", self.code().await.0)),
                Some(json!({"expires_at": later})),
            ),
            "revokeHospitalCode" => (here(&format!("codes/{}", self.code().await.0)), None),
            // Nobody has a code that they could show, whoever they are.
            "registerProvider" => {
                let more = json!({
                    "registration": Uuid::now_v7(), "code": "K7QM2-X9R4T",
                    "password": "seven lazy green foxes",
                });
                ("/v1/providers".to_owned(), Some(with(application, &more)))
            }
            "apply" => ("/v1/me/application".to_owned(), Some(application)),
            "readMyApplication" => ("/v1/me/application".to_owned(), None),
            "listApplications" => (here("applications"), None),
            "approveApplication" => (
                format!("/v1/applications/{}/approve", self.applied(None).await),
                Some(json!({"department": city.department})),
            ),
            "rejectApplication" => (
                format!("/v1/applications/{}/reject", self.applied(None).await),
                Some(json!({"reason": "no-vacancy"})),
            ),
            "withdrawApplication" => {
                let application = self.applied(Some(*patient)).await;
                (format!("/v1/applications/{application}/withdraw"), None)
            }
            "inviteStaff" => (
                here("invitations"),
                Some(json!({"email": self.address(), "language": "en", "role": "receptionist"})),
            ),
            "listInvitations" => (here("invitations"), None),
            "revokeInvitation" => {
                let invitation = self.invitation().await;
                (here(&format!("invitations/{invitation}")), None)
            }
            "acceptInvitation" => (
                format!("/v1/invitations/{}/accept", Uuid::now_v7()),
                Some(with(accept, &json!({"password": "seven lazy green foxes"}))),
            ),
            "acceptOwnInvitation" => (
                format!("/v1/me/invitations/{}/accept", Uuid::now_v7()),
                Some(accept),
            ),
            "requestEmailChange" => (
                "/v1/me/email".to_owned(),
                Some(json!({"email": self.address(), "password": "not the one"})),
            ),
            "completeEmailChange" => (
                format!("/v1/me/email/{}/completion", Uuid::now_v7()),
                Some(json!({"code": "K7QM2-X9R4T"})),
            ),
            "setPatientProfile" => (
                format!("/v1/patients/{patient}/profile"),
                Some(json!({"language": "pa", "accessibility": ["wheelchair"]})),
            ),
            "setDoctorProfile" => (
                format!("/v1/doctors/{doctor}/profile"),
                Some(json!({"languages": ["pa"], "specialties": ["Cardiology"]})),
            ),
            _ => return None,
        })
    }

    async fn console<O: Operation>(&self, operation: &O) -> O::Answer {
        let console = CommandContext::new(Actor::console(self.tenant));
        let done = self.executor.execute(&console, operation).await;
        done.unwrap().answer
    }

    /// A fresh code for a nurse.
    async fn code(&self) -> (HospitalCodeId, JoiningCode) {
        let typed = new_code();
        let issue = hospital_code::Issue {
            hospital: HospitalId(self.city.hospital),
            role: Role::Nurse,
            most_uses: 1,
            expires_at: Utc::now() + TimeDelta::days(9),
            typed: typed.clone(),
        };
        (self.console(&issue).await.code, typed)
    }

    /// An invitation that nobody has taken up.
    async fn invitation(&self) -> Uuid {
        let invite = Invite {
            hospital: HospitalId(self.city.hospital),
            department: None,
            role: Role::Receptionist,
            invitee: Invitee {
                email: self.address().parse().unwrap(),
                language: Language::English,
                code: "K7QM2-X9R4T".parse().unwrap(),
            },
        };
        self.console(&invite).await.invitation.uuid()
    }

    /// An open application of a nurse: of this person, or of somebody new.
    async fn applied(&self, person: Option<Uuid>) -> Uuid {
        let mut known = self.applications.lock().await;
        let person = person.unwrap_or_else(Uuid::now_v7);
        if let Some(last) = known.remove(&person) {
            // It may be over already.
            let actor = Actor::new(person, self.tenant, vec![Role::Patient]);
            let withdraw = application::Withdraw { application: last };
            let own = CommandContext::new(actor);
            let _: Result<_, _> = self.executor.execute(&own, &withdraw).await;
            let apply = application::Apply {
                account: AccountId(person),
                typed: self.typed().await,
                details: details(),
            };
            let made = self.executor.execute(&own, &apply).await.unwrap().answer;
            known.insert(person, made.application);
            return made.application.uuid();
        }
        let (verification, code) = (VerificationId(Uuid::now_v7()), "K7QM2-X9R4T");
        let ask = verification::Request(medilink_domain::verification::Request {
            verification,
            person: SubjectId(person),
            letter: Letter::Registration,
            email: self.address().parse().unwrap(),
            language: Language::English,
            code: code.parse().unwrap(),
            passwords: None,
        });
        self.console(&ask).await;
        let register = application::Register {
            verification,
            code: code.parse().unwrap(),
            password_hash: HASH.parse().unwrap(),
            typed: self.typed().await,
            details: details(),
        };
        let made = self.console(&register).await;
        known.insert(person, made.application);
        made.application.uuid()
    }

    async fn typed(&self) -> Typed {
        let (code, typed) = self.code().await;
        let index = self.vault.blind_index(self.tenant, TYPED, &typed.shown());
        Typed {
            code,
            digest: SecretHash::from(index),
        }
    }
}

fn details() -> application::Details {
    application::Details {
        name: "N".parse().unwrap(),
        registration_number: None,
        specialties: Vec::new(),
        languages: vec![Language::English],
        department: None,
    }
}
