use std::collections::BTreeSet;

use super::contents::{Treatment, treatment};
use super::*;
use crate::event::Privacy;
use crate::registry::event_types;
use crate::testing::{after, at, decides, id, refuses, text};
use crate::values::{Language, TreeRoot};

const NOW: &str = "2026-11-23T10:00:00Z";

fn requested() -> Requested {
    Requested {
        export: id(1),
        person: id(2),
        by: id(2),
        ground: ExportGround::OwnRecord,
        formats: vec![ExportFormat::Json, ExportFormat::Pdf],
        language: Language::English,
    }
}

fn request() -> Request {
    Request {
        export: id(1),
        person: id(2),
        by: id(2),
        ground: ExportGround::OwnRecord,
        formats: vec![ExportFormat::Pdf, ExportFormat::Json, ExportFormat::Pdf],
        language: Language::English,
    }
}

fn file(number: u128) -> File {
    File {
        file: id(number),
        size: 7,
        digest: TreeRoot::from([3; 32]),
    }
}

fn started() -> ExportEvent {
    Started { export: id(1) }.into()
}

fn completed() -> ExportEvent {
    Completed {
        export: id(1),
        file: id(9),
        size: 7,
        digest: TreeRoot::from([3; 32]),
        expires_at: at(NOW) + KEPT,
    }
    .into()
}

fn cancelled() -> ExportEvent {
    let cause = text("not-wanted");
    Cancelled {
        export: id(1),
        cause,
    }
    .into()
}

fn ready() -> Vec<ExportEvent> {
    vec![requested().into(), started(), completed()]
}

#[tokio::test]
async fn it_is_asked_for_once_in_at_least_one_form_each_named_once() {
    let asked = ExportCommand::Request(request());
    decides::<Export>(NOW, vec![], asked.clone(), vec![requested().into()]).await;
    let known = vec![requested().into()];
    refuses::<Export>(NOW, known, asked, ExportError::AlreadyRequested).await;
    let none = Request {
        formats: Vec::new(),
        ..request()
    };
    let none = ExportCommand::Request(none);
    refuses::<Export>(NOW, vec![], none, ExportError::NoFormat).await;
}

#[tokio::test]
async fn nothing_happens_to_what_was_never_asked_for() {
    for command in [
        ExportCommand::Start,
        ExportCommand::Progress(5),
        ExportCommand::Complete(file(9)),
        ExportCommand::Fail(text("x")),
        ExportCommand::Cancel(text("x")),
        ExportCommand::Link(SecretHash::from([1; 32])),
        ExportCommand::Expire,
        ExportCommand::Delete,
    ] {
        refuses::<Export>(NOW, vec![], command, ExportError::NoSuchExport).await;
    }
}

#[tokio::test]
async fn a_worker_that_takes_over_changes_nothing_and_progress_never_goes_back() {
    let running = || vec![requested().into(), started()];
    decides::<Export>(
        NOW,
        vec![requested().into()],
        ExportCommand::Start,
        vec![started()],
    )
    .await;
    decides::<Export>(NOW, running(), ExportCommand::Start, vec![]).await;
    let progressed = |percent| Progressed {
        export: id(1),
        percent,
    };
    let forty = ExportCommand::Progress(40);
    decides::<Export>(NOW, running(), forty.clone(), vec![progressed(40).into()]).await;
    let further = [running(), vec![progressed(60).into()]].concat();
    decides::<Export>(NOW, further, forty, vec![]).await;
    let all = ExportCommand::Progress(250);
    decides::<Export>(NOW, running(), all, vec![progressed(99).into()]).await;
}

#[tokio::test]
async fn it_is_complete_once() {
    let running = vec![requested().into(), started()];
    let made = ExportCommand::Complete(file(9));
    decides::<Export>(NOW, running, made.clone(), vec![completed()]).await;
    decides::<Export>(NOW, ready(), made, vec![]).await;
    let other = ExportCommand::Complete(file(10));
    refuses::<Export>(NOW, ready(), other, ExportError::Complete).await;
    let early = ExportCommand::Complete(file(9));
    refuses::<Export>(NOW, vec![requested().into()], early, ExportError::NotReady).await;
}

#[tokio::test]
async fn what_is_cancelled_is_neither_made_nor_fetched() {
    let wished = ExportCommand::Cancel(text("not-wanted"));
    for known in [
        vec![requested().into()],
        vec![requested().into(), started()],
        ready(),
    ] {
        decides::<Export>(NOW, known.clone(), wished.clone(), vec![cancelled()]).await;
        let gone = [known, vec![cancelled()]].concat();
        decides::<Export>(NOW, gone.clone(), wished.clone(), vec![]).await;
        for command in [
            ExportCommand::Start,
            ExportCommand::Progress(50),
            ExportCommand::Complete(file(9)),
            ExportCommand::Link(SecretHash::from([1; 32])),
        ] {
            refuses::<Export>(NOW, gone.clone(), command, ExportError::Closed).await;
        }
        let state: Export = after(&gone);
        assert_eq!(state.ready(at(NOW)), Err(ExportError::Closed));
    }
}

#[tokio::test]
async fn a_link_opens_the_file_for_ten_minutes_and_the_next_one_takes_its_place() {
    let given = |number: u8, until| LinkGiven {
        export: id(1),
        secret_hash: SecretHash::from([number; 32]),
        expires_at: until,
    };
    let until = at(NOW) + LINK_VALID;
    let wish = |number: u8| ExportCommand::Link(SecretHash::from([number; 32]));
    decides::<Export>(NOW, ready(), wish(1), vec![given(1, until).into()]).await;
    let running = vec![requested().into(), started()];
    refuses::<Export>(NOW, running, wish(1), ExportError::NotReady).await;
    let end = at(NOW) + KEPT;
    let late = (end - TimeDelta::minutes(1)).to_rfc3339();
    decides::<Export>(&late, ready(), wish(1), vec![given(1, end).into()]).await;
    refuses::<Export>(&end.to_rfc3339(), ready(), wish(1), ExportError::Closed).await;

    let one: Export = after(&[ready(), vec![given(1, until).into()]].concat());
    let secret = |number: u8| SecretHash::from([number; 32]);
    assert_eq!(one.opened_by(&secret(1), at(NOW)), Some(file(9)));
    assert_eq!(one.opened_by(&secret(2), at(NOW)), None);
    assert_eq!(one.opened_by(&secret(1), until), None);
    let two = [
        ready(),
        vec![given(1, until).into(), given(2, until).into()],
    ]
    .concat();
    let two: Export = after(&two);
    assert_eq!(two.opened_by(&secret(1), at(NOW)), None);
    assert_eq!(two.opened_by(&secret(2), at(NOW)), Some(file(9)));
}

#[tokio::test]
async fn its_time_comes_and_then_its_file_goes() {
    let end = (at(NOW) + KEPT).to_rfc3339();
    let expired: ExportEvent = Expired { export: id(1) }.into();
    refuses::<Export>(NOW, ready(), ExportCommand::Expire, ExportError::NotOver).await;
    refuses::<Export>(NOW, ready(), ExportCommand::Delete, ExportError::StillOpen).await;
    decides::<Export>(&end, ready(), ExportCommand::Expire, vec![expired.clone()]).await;
    let over = [ready(), vec![expired]].concat();
    decides::<Export>(&end, over.clone(), ExportCommand::Expire, vec![]).await;
    let deleted: ExportEvent = Deleted { export: id(1) }.into();
    decides::<Export>(
        &end,
        over.clone(),
        ExportCommand::Delete,
        vec![deleted.clone()],
    )
    .await;
    let gone = [over, vec![deleted]].concat();
    decides::<Export>(&end, gone, ExportCommand::Delete, vec![]).await;
}

/// Whoever adds a type of event says here whether the person takes it away, and if not, why.
#[test]
fn every_event_type_is_in_the_copy_or_there_is_a_reason() {
    for kind in event_types() {
        let treatment = treatment(kind.name);
        let known = treatment.unwrap_or_else(|| panic!("export::contents lacks {}", kind.name));
        if kind.privacy != Privacy::Operational {
            let told = matches!(known, Treatment::Told { .. });
            assert!(told, "{} is personal, and so the person's", kind.name);
        }
    }
    assert_eq!(treatment("no.such-event"), None);
}

/// Fields that open doors, or from which what does could be found.
const SECRETS: [&str; 6] = [
    "code",
    "codes",
    "password_hash",
    "record",
    "secret",
    "secret_hash",
];

#[test]
fn no_secret_is_in_the_copy() {
    for kind in event_types() {
        let document = kind.document();
        let fields = document["properties"].as_object();
        let fields: BTreeSet<&str> = fields
            .into_iter()
            .flatten()
            .map(|(name, _)| name.as_str())
            .collect();
        let Some(Treatment::Told { without, .. }) = treatment(kind.name) else {
            continue;
        };
        for field in without {
            assert!(fields.contains(field), "{} has no {field}", kind.name);
        }
        for secret in SECRETS.iter().filter(|secret| fields.contains(*secret)) {
            // A number, of a code that this can't be told from.
            if document["properties"][secret]["format"] == "uuid" {
                continue;
            }
            assert!(without.contains(secret), "{} shows its {secret}", kind.name);
        }
    }
}
