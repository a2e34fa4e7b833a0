//! A laboratory's program, a patient of two visits, and whoever lets the program in.

use chrono::{DateTime, TimeDelta, Utc};
use medilink_domain::values::Role;
use medilink_tests::{Answer, Caller, Hospital, Newcomer, Platform, Program, id};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::platform;

pub struct Lab {
    pub platform: Platform,
    pub city: Hospital,
    pub other: Hospital,
    pub doctor: Uuid,
    /// Who runs the network, and has just shown who they are.
    pub manager: Caller,
    pub patient: Caller,
    pub person: Uuid,
    /// At nine and at eleven, in the city.
    pub visits: [Uuid; 2],
    /// The position of the last of them.
    pub booked: u64,
}

impl Lab {
    pub async fn open() -> Self {
        Self::at(platform().await).await
    }

    pub async fn at(platform: Platform) -> Self {
        let city = Hospital::open(&platform).await;
        let other = Hospital::open(&platform).await;
        let doctor = city.doctor(1).await;
        city.window(doctor, "09:00", "12:00", 60).await;
        let asha = Newcomer::register(&platform).await;
        let first = city.book(asha.person, doctor, 9 * 60).await;
        let second = city.book(asha.person, doctor, 11 * 60).await;
        let manager = Newcomer::register(&platform).await;
        manager.be(&platform, Role::PlatformAdministrator).await;
        let manager = manager.turn_on_totp(&platform).await.tokens;
        Self {
            manager: manager.caller(&platform),
            patient: asha.sign_in(&platform).await.caller(&platform),
            person: asha.person,
            visits: [id(&first), id(&second)],
            booked: second.position(),
            doctor,
            city,
            other,
            platform,
        }
    }

    /// A program with these scopes, for these hospitals.
    pub async fn registered(&self, scopes: &str, hospitals: &[Uuid]) -> Program {
        let scopes: Vec<&str> = scopes.split(' ').collect();
        let (executor, tenant) = (self.platform.executor().await, self.platform.tenant);
        Program::registered(executor, tenant, &scopes, hospitals).await
    }

    pub fn list(&self) -> String {
        format!("/v1/patients/{}/appointments", self.person)
    }

    /// The patient's consent with what is said of it.
    pub async fn give(&self, said: &Value) -> Answer {
        let now = Utc::now();
        let mut body = json!({
            "purpose": "CAREMGT", "types": ["op-consultation"], "mode": "view",
            "from": now - TimeDelta::days(365), "to": now,
            "expires_at": now + TimeDelta::days(30),
        });
        for (name, value) in said.as_object().unwrap() {
            body[name] = value.clone();
        }
        let path = format!("/v1/patients/{}/consents", self.person);
        self.patient.post(&path, &body).await
    }

    /// To an integrator, for what takes place up to then.
    pub async fn consent(&self, integrator: Uuid, to: DateTime<Utc>) -> Answer {
        let grantee = json!({"kind": "integrator", "id": integrator});
        let given = self.give(&json!({"grantee": grantee, "to": to})).await;
        assert_eq!(given.status, 201, "{}", given.text);
        given
    }
}

pub fn told(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.problem())
}

pub fn ids(list: &Answer) -> Vec<Uuid> {
    let items = list.body["items"].as_array().unwrap();
    let id = |item: &Value| item["id"].as_str().unwrap().parse().unwrap();
    items.iter().map(id).collect()
}
