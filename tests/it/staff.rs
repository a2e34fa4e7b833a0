//! Who works where: given and taken by those who answer for it, and gone at once.

use chrono::{TimeDelta, Utc};
use medilink_domain::values::Role;
use medilink_tests::{
    Answer, Caller, History, Hospital, Newcomer, Platform, assert_read_models_equal_their_replay,
};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::platform;

async fn send(caller: &Caller, method: Method, path: &str, body: &Value) -> Answer {
    let request = caller.request(method, path).json(body);
    caller.send(request).await.expect("the gateway answers")
}

async fn put(caller: &Caller, path: &str, body: &Value) -> Answer {
    send(caller, Method::PUT, path, body).await
}

async fn delete(caller: &Caller, path: &str) -> Answer {
    let request = caller.request(Method::DELETE, path);
    caller.send(request).await.expect("the gateway answers")
}

fn done(answer: Answer) -> Answer {
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer
}

fn refusal(answer: &Answer) -> (u16, &str, &str) {
    let field = answer.body["field"].as_str().unwrap_or_default();
    (answer.status, answer.problem(), field)
}

/// A hospital with a manager who has signed in.
struct World {
    platform: Platform,
    city: Hospital,
    manager: Newcomer,
    session: Caller,
}

impl World {
    async fn new() -> Self {
        let platform = platform().await;
        let city = Hospital::open(&platform).await;
        let manager = Newcomer::register(&platform).await;
        let session = manager.turn_on_totp(&platform).await.tokens;
        let session = session.caller(&platform);
        let world = Self {
            platform,
            city,
            manager,
            session,
        };
        let role = world.role(world.manager.person, "administrator");
        done(put(&world.city.administrator, &role, &json!({})).await);
        world
    }

    fn path(&self, rest: &str) -> String {
        format!("/v1/hospitals/{}/staff{rest}", self.city.hospital)
    }

    fn role(&self, person: Uuid, role: &str) -> String {
        self.path(&format!("/{person}/roles/{role}"))
    }

    fn permission(&self, person: Uuid, action: &str) -> String {
        self.path(&format!("/{person}/permissions/{action}"))
    }

    async fn staff(&self, caller: &Caller) -> Answer {
        let head = self.platform.log().head().await.unwrap();
        caller.get_at(&self.path(""), head.0).await
    }

    async fn member(&self, person: Uuid) -> Value {
        let listed = done(self.staff(&self.session).await);
        let items = listed.body["items"].as_array().unwrap();
        let found = items.iter().find(|item| item["id"] == json!(person));
        found.cloned().unwrap_or_default()
    }
}

#[tokio::test]
async fn a_manager_gives_roles_and_permissions_and_what_is_taken_is_gone_at_once() {
    let world = World::new().await;
    let World {
        platform, session, ..
    } = &world;
    let nurse = Newcomer::register(platform).await.person;
    let until = "2040-01-01T00:00:00+00:00";
    let ward = json!({"department": world.city.department, "until": until});
    let given = done(put(session, &world.role(nurse, "nurse"), &ward).await);
    assert_eq!(
        (&given.body["id"], &given.body["version"]),
        (&json!(nurse), &json!(1))
    );
    done(
        put(
            session,
            &world.permission(nurse, "read-figures"),
            &json!({}),
        )
        .await,
    );
    let found = world.member(nurse).await;
    let expected = json!([{"role": "nurse", "department": world.city.department, "until": until}]);
    assert_eq!(found["roles"], expected, "{found}");
    assert_eq!(found["permissions"], json!([{"action": "read-figures"}]));
    assert_eq!(found["version"], 2);

    // Held to what was seen; given again, it holds as was said last.
    let stale = session.clone().with("if-match", "\"1\"");
    let again = put(&stale, &world.role(nurse, "nurse"), &json!({})).await;
    assert_eq!(refusal(&again), (412, "version-mismatch", "If-Match"));
    let twice = put(session, &world.role(nurse, "nurse"), &ward).await;
    assert_eq!(refusal(&twice), (409, "already-given", ""));
    done(put(session, &world.role(nurse, "nurse"), &json!({})).await);
    assert_eq!(
        world.member(nurse).await["roles"],
        json!([{"role": "nurse"}])
    );

    let reason = "?reason=left-the-hospital";
    done(delete(session, &(world.role(nurse, "nurse") + reason)).await);
    let gone = delete(session, &(world.role(nurse, "nurse") + reason)).await;
    assert_eq!(refusal(&gone), (409, "not-given", ""));
    done(delete(session, &(world.permission(nurse, "read-figures") + reason)).await);
    assert_eq!(world.member(nurse).await, Value::Null);

    // The manager's own session goes on, but not as the manager.
    let own = world.role(world.manager.person, "administrator") + reason;
    done(delete(&world.city.administrator, &own).await);
    let refused = session.get(&world.path("")).await.unwrap();
    assert_eq!(refusal(&refused), (404, "not-found", ""));
    let refused = put(session, &world.role(nurse, "nurse"), &json!({})).await;
    assert_eq!(refusal(&refused).0, 404);
    assert_eq!(session.get("/v1/me").await.unwrap().status, 200);
    assert_read_models_equal_their_replay(platform).await;
}

#[tokio::test]
async fn nobody_gives_what_they_may_not_give() {
    let world = World::new().await;
    let World {
        platform,
        city,
        session,
        manager,
        ..
    } = &world;
    let person = Newcomer::register(platform).await.person;
    let other = city.another_for(Utc::now()).await;
    let there = |rest: &str| format!("/v1/hospitals/{}/staff{rest}", other.hospital);
    let nothing = json!({});

    // Somebody else's hospital.
    let foreign = there(&format!("/{person}/roles/nurse"));
    for (method, path) in [
        (Method::PUT, foreign.clone()),
        (Method::DELETE, format!("{foreign}?reason=x")),
        (
            Method::PUT,
            there(&format!("/{person}/permissions/read-figures")),
        ),
        (
            Method::DELETE,
            there(&format!("/{person}/permissions/read-figures?reason=x")),
        ),
        // Nor in the network.
        (
            Method::PUT,
            format!("/v1/staff/{person}/roles/compliance-officer"),
        ),
        (
            Method::DELETE,
            format!("/v1/staff/{person}/roles/compliance-officer?reason=x"),
        ),
    ] {
        let refused = send(session, method, &path, &nothing).await;
        assert_eq!(refusal(&refused), (404, "not-found", ""), "{path}");
    }
    assert_eq!(session.get(&there("")).await.unwrap().status, 404);
    let nobody = there("").replace(&other.hospital.to_string(), &Uuid::now_v7().to_string());
    assert_eq!(city.administrator.get(&nobody).await.unwrap().status, 404);

    // Themselves.
    for path in [
        world.role(manager.person, "doctor"),
        world.permission(manager.person, "read-figures"),
    ] {
        let refused = put(session, &path, &nothing).await;
        assert_eq!(refusal(&refused), (403, "forbidden", ""), "{path}");
    }
    // Roles of those who look into it are not the manager's to give.
    for role in ["compliance-officer", "platform-administrator", "worker"] {
        let refused = put(session, &world.role(person, role), &nothing).await;
        assert_eq!(refusal(&refused), (404, "not-found", ""), "{role}");
    }

    // What makes no sense.
    let elsewhere = json!({"department": other.department});
    let past = json!({"until": Utc::now() - TimeDelta::hours(1)});
    for (path, body, expected) in [
        (
            world.role(person, "surgeon"),
            &nothing,
            (422, "invalid-field", "/role"),
        ),
        (
            world.role(person, "nurse"),
            &elsewhere,
            (404, "no-such-department", "/department"),
        ),
        (
            world.role(person, "department-head"),
            &nothing,
            (422, "role-needs-department", "/department"),
        ),
        (
            world.role(person, "receptionist"),
            &json!({"department": city.department}),
            (422, "not-of-a-department", "/department"),
        ),
        (
            world.role(person, "nurse"),
            &past,
            (422, "already-over", "/until"),
        ),
        (
            world.role(person, "nurse"),
            &json!({"role": "administrator"}),
            (422, "unknown-field", "/role"),
        ),
        (
            world.role(Uuid::now_v7(), "nurse"),
            &nothing,
            (404, "not-found", ""),
        ),
        (
            world.permission(person, "fly"),
            &nothing,
            (422, "invalid-field", "/action"),
        ),
        (
            world.permission(person, "give-role"),
            &nothing,
            (422, "not-grantable", "/action"),
        ),
        (
            world.permission(person, "read-figures"),
            &past,
            (422, "already-over", "/until"),
        ),
    ] {
        let refused = put(session, &path, body).await;
        assert_eq!(
            refusal(&refused),
            expected,
            "{path} {body}: {}",
            refused.text
        );
    }
    for query in ["", "?reason=", "?reason=He%20left"] {
        let refused = delete(session, &(world.role(person, "nurse") + query)).await;
        assert_eq!(
            refusal(&refused),
            (400, "invalid-parameter", "reason"),
            "{query}"
        );
    }
    let history = History::read(platform).await;
    assert_eq!(
        history.of("staff.role-given").count(),
        1,
        "the manager's own"
    );
    assert_eq!(history.of("staff.permission-given").count(), 0);
}

#[tokio::test]
async fn a_platform_administrator_chooses_who_looks_into_it() {
    let world = World::new().await;
    let platform = &world.platform;
    let person = Newcomer::register(platform).await;
    let session = person.sign_in_fully(platform).await.caller(platform);
    let platform_role = [Role::PlatformAdministrator];
    let chief = platform.person(Uuid::now_v7(), &platform_role).await;
    let role = format!("/v1/staff/{}/roles/compliance-officer", person.person);
    assert_eq!(session.get("/v1/accesses").await.unwrap().status, 403);
    done(put(&chief, &role, &json!({})).await);
    assert_eq!(session.get("/v1/accesses").await.unwrap().status, 200);
    done(delete(&chief, &format!("{role}?reason=moved-on")).await);
    assert_eq!(session.get("/v1/accesses").await.unwrap().status, 403);
    // A hospital's roles need their hospital, and an officer of one is none of the network.
    let nurse = role.replace("compliance-officer", "operator");
    done(put(&chief, &nurse, &json!({})).await);
    let here = world.role(person.person, "compliance-officer");
    done(put(&chief, &here, &json!({})).await);
    assert_eq!(session.get("/v1/accesses").await.unwrap().status, 403);
    assert_eq!(
        done(world.staff(&session).await).body["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let refused = put(
        &chief,
        &role.replace("compliance-officer", "nurse"),
        &json!({}),
    )
    .await;
    assert_eq!(refusal(&refused).0, 404);
}

#[tokio::test]
async fn who_answers_for_the_network_sees_everybody_who_works_there() {
    let world = World::new().await;
    let World {
        platform, session, ..
    } = &world;
    let registrar = platform
        .person(Uuid::now_v7(), &[Role::PlatformAdministrator])
        .await;
    let nurse = Newcomer::register(platform).await.person;
    done(put(session, &world.role(nurse, "nurse"), &json!({})).await);
    let permission = world.permission(nurse, "read-figures");
    done(put(session, &permission, &json!({})).await);
    let network = format!("/v1/staff/{nurse}/roles/compliance-officer");
    done(put(&registrar, &network, &json!({})).await);
    let body = json!({"reason": "misuse"});
    let path = format!("/v1/accounts/{nurse}/disable");
    done(send(&registrar, Method::POST, &path, &body).await);

    let head = platform.log().head().await.unwrap().0;
    let listed = done(registrar.get_at("/v1/staff?limit=200", head).await);
    let items = listed.body["items"].as_array().unwrap();
    let of = |person: Uuid| items.iter().find(|item| item["id"] == json!(person));
    let (hospital, found) = (json!(world.city.hospital), of(nurse).unwrap());
    assert_eq!(
        found["roles"],
        json!([{"role": "compliance-officer"}, {"role": "nurse", "hospital": hospital}])
    );
    assert_eq!(
        found["permissions"],
        json!([{"action": "read-figures", "hospital": hospital}])
    );
    assert_eq!(found["disabled"], true);
    assert_eq!(of(world.manager.person).unwrap()["disabled"], false);
    assert_eq!(world.member(nurse).await["disabled"], true);
    // Who answers for one hospital sees those of that one.
    let refused = session.get("/v1/staff").await.unwrap();
    assert_eq!(refusal(&refused), (403, "forbidden", ""));
}

#[tokio::test]
async fn fifty_who_give_the_same_at_once_give_it_once() {
    let world = World::new().await;
    let person = Newcomer::register(&world.platform).await.person;
    let (path, nothing) = (world.role(person, "receptionist"), json!({}));
    let gives = (0..50).map(|_| put(&world.session, &path, &nothing));
    let answers = futures::future::join_all(gives).await;
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(won, 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert!(
            matches!(answer.problem(), "already-given" | "contention"),
            "{}",
            answer.text
        );
    }
    assert_eq!(world.member(person).await["version"], 1);
}
