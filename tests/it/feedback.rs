//! What a patient thought of a visit: theirs to read, and whose whom they let see it.

use chrono::{TimeDelta, Utc};
use medilink_domain::values::Role;
use medilink_tests::{Answer, Caller, Hospital, Newcomer, Platform, id};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::platform;

/// A patient who has said what they thought of a visit.
struct World {
    platform: Platform,
    city: Hospital,
    here: Uuid,
    patient: Caller,
    person: Uuid,
    path: String,
    /// The position of what they said.
    said: u64,
}

impl World {
    async fn open() -> Self {
        let platform = platform().await;
        let city = Hospital::open(&platform).await;
        let here = city.doctor(1).await;
        let asha = Newcomer::register(&platform).await;
        let patient = asha.sign_in(&platform).await.caller(&platform);
        let walk_in = json!({"patient": asha.person, "doctor": here});
        let visit = id(&city.receptionist.post("/v1/walk-ins", &walk_in).await);
        for step in ["start", "complete"] {
            let path = format!("/v1/appointments/{visit}/{step}");
            let done = city.receptionist.post(&path, &json!({})).await;
            assert_eq!(done.status, 200, "{}", done.text);
        }
        let path = format!("/v1/appointments/{visit}/feedback");
        let given = json!({"rating": 4, "comment": "Kind, and late"});
        let said = patient.post(&path, &given).await;
        assert_eq!(said.status, 201, "{}", said.text);
        Self {
            said: said.position(),
            person: asha.person,
            platform,
            city,
            here,
            patient,
            path,
        }
    }

    async fn read(&self, caller: &Caller) -> Answer {
        caller.get_at(&self.path, self.said).await
    }
}

fn words(answer: &Answer) -> &Value {
    assert_eq!(answer.status, 200, "{}", answer.text);
    &answer.body["comment"]
}

#[tokio::test]
async fn whom_the_patient_lets_see_it_reads_what_they_thought_and_nobody_else_does() {
    let world = World::open().await;
    let World { platform, city, .. } = &world;
    assert_eq!(words(&world.read(&world.patient).await), "Kind, and late");
    let (other, here) = (Hospital::open(platform).await, world.here);
    let stranger_id = other.doctor(2).await;
    let stranger = platform.person(stranger_id, &[Role::Doctor]).await;
    let own_doctor = platform.person(here, &[Role::Doctor]).await;
    let another = platform.person(Uuid::now_v7(), &[Role::Patient]).await;
    for (who, caller) in [
        ("a doctor elsewhere", &stranger),
        ("whoever it is about", &own_doctor),
        ("another patient", &another),
        ("the front desk", &city.receptionist),
    ] {
        assert_eq!(world.read(caller).await.status, 404, "{who}");
    }
    assert_eq!(
        words(&world.read(&city.administrator).await),
        "Kind, and late"
    );

    let grant = json!({
        "grantee": {"kind": "person", "id": stranger_id}, "purpose": "CAREMGT",
        "types": ["op-consultation"], "mode": "view",
        "from": Utc::now() - TimeDelta::days(365), "to": Utc::now(),
        "expires_at": Utc::now() + TimeDelta::days(30),
    });
    let consents = format!("/v1/patients/{}/consents", world.person);
    let consent = id(&world.patient.post(&consents, &grant).await);
    assert_eq!(words(&world.read(&stranger).await), "Kind, and late");
    let revoke = format!("/v1/consents/{consent}/revoke");
    let revoked = world.patient.post(&revoke, &json!({})).await;
    assert_eq!(revoked.status, 200, "{}", revoked.text);
    assert_eq!(world.read(&stranger).await.status, 404);

    let history = format!("/v1/patients/{}/accesses?language=en", world.person);
    let head = platform.log().head().await.unwrap();
    let history = world.patient.get_at(&history, head.0).await;
    let told = |words: &str| {
        let items = history.body["items"].as_array().unwrap();
        let says = |item: &&Value| item["text"].as_str().unwrap().contains(words);
        items.iter().filter(says).count()
    };
    assert_eq!(
        told("read what you said about a visit for treatment, with your consent of "),
        1
    );
    assert_eq!(
        told("wanted to see what you said about a visit, and was refused"),
        5
    );
}

#[tokio::test]
async fn a_visit_of_which_nothing_was_said_looks_like_none() {
    let world = World::open().await;
    let walk_in = json!({"patient": world.person, "doctor": world.here});
    let silent = id(&world.city.receptionist.post("/v1/walk-ins", &walk_in).await);
    for visit in [silent, Uuid::now_v7()] {
        let path = format!("/v1/appointments/{visit}/feedback");
        let head = world.platform.log().head().await.unwrap();
        let none = world.patient.get_at(&path, head.0).await;
        assert_eq!(none.status, 404, "{}", none.text);
        assert_eq!(none.body["detail"], "There is no such feedback.");
    }
}
