//! Headers that a proxy sets, or that some server somewhere believes: none of them counts.

use std::time::Duration;

use medilink_domain::values::Role;
use medilink_tests::{Newcomer, Options, Platform, eventually};
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::tally::Tally;
use crate::world::World;
use crate::{MEDILINK, platform};

#[tokio::test]
async fn a_header_makes_nobody_somebody_else() {
    let platform = platform().await;
    let world = World::new(&platform).await;
    let stranger = platform.person(Uuid::now_v7(), &[Role::Patient]).await;
    let nobody = platform.caller("");
    let patient = world.patient.to_string();
    let record = format!("/v1/patients/{patient}");
    let mut tally = Tally::of("forged headers");
    for (name, value) in [
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-host", "localhost"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-user", patient.as_str()),
        ("x-forwarded-prefix", "/v1/patients"),
        ("forwarded", "for=127.0.0.1;host=localhost"),
        ("x-real-ip", "127.0.0.1"),
        ("x-client-ip", "127.0.0.1"),
        ("true-client-ip", "127.0.0.1"),
        ("x-original-url", record.as_str()),
        ("x-rewrite-url", record.as_str()),
        ("x-http-method-override", "DELETE"),
        ("x-user", patient.as_str()),
        ("x-user-id", patient.as_str()),
        ("x-remote-user", patient.as_str()),
        ("remote-user", patient.as_str()),
        ("x-role", "platform-administrator"),
        ("x-roles", "platform-administrator"),
        ("x-tenant", platform.tenant.uuid().to_string().as_str()),
        ("x-tenant-id", platform.tenant.uuid().to_string().as_str()),
        (
            "medilink-tenant",
            platform.tenant.uuid().to_string().as_str(),
        ),
        ("x-second-factor", "true"),
        ("x-amzn-oidc-identity", patient.as_str()),
        ("x-ms-client-principal-id", patient.as_str()),
        ("x-ssl-client-verify", "SUCCESS"),
        ("cookie", "session=1; role=administrator"),
        ("host", "admin.internal"),
        ("origin", "null"),
    ] {
        for (who, caller, plain) in [("a stranger", &stranger, 404), ("nobody", &nobody, 401)] {
            for path in [&record, &format!("{record}/appointments")] {
                let request = caller.request(Method::GET, path).header(name, value);
                let answer = caller.send(request).await.unwrap();
                tally.take(
                    format_args!("{who} with {name}: {value}"),
                    answer.status == plain,
                    &answer.text,
                );
            }
        }
        let request = nobody.request(Method::GET, "/v1/me").header(name, value);
        let answer = nobody.send(request).await.unwrap();
        tally.take(
            format_args!("{name} for /v1/me"),
            answer.status == 401,
            &answer.text,
        );
    }
    tally.end(130);
}

/// Who asks for another's recovery may not choose where its link leads.
#[tokio::test]
async fn a_mail_names_no_host_that_a_visitor_chose() {
    let mails = tempfile::tempdir().unwrap();
    let folder = format!("mail_folder = '{}'", mails.path().display());
    let options = Options::default().with("worker", folder);
    let platform = Platform::start(MEDILINK, options).await;
    let asha = Newcomer::register(&platform).await;
    let visitor = platform.caller("");
    let mut tally = Tally::of("hosts that a visitor chose, in mails");
    let forged = [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "host=evil.example"),
        ("x-host", "evil.example"),
        ("origin", "https://evil.example"),
        ("referer", "https://evil.example/"),
    ];
    for (name, value) in forged {
        let request = visitor
            .request(Method::POST, "/v1/recoveries")
            .header(name, value)
            .json(&json!({"email": asha.email}));
        let answer = visitor.send(request).await.unwrap();
        let told = answer.text.contains("evil") || format!("{:?}", answer.headers).contains("evil");
        tally.take(format_args!("the answer with {name}"), !told, &answer.text);
    }
    let read = || -> Vec<String> {
        let entries = std::fs::read_dir(mails.path()).unwrap();
        let texts = entries.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
        texts.collect()
    };
    // Her registration, and at least one recovery: the rest may be paced.
    eventually("the mails are written", Duration::from_secs(60), || async {
        read().len() >= 2
    })
    .await;
    for mail in read() {
        tally.take("a mail", !mail.to_lowercase().contains("evil"), &mail);
    }
    tally.end(8);
}
