use proptest::prelude::*;

use super::*;
use crate::testing::{after, at, decides, id, refuses, text};

const NOW: &str = "2026-08-01T00:00:00Z";
/// Idle for half an hour, at most a day.
const LAST_IDLE: &str = "2026-08-01T00:29:59Z";
const IDLE: &str = "2026-08-01T00:30:00Z";
const OLD: &str = "2026-08-02T00:00:00Z";

fn start(device: Option<&str>) -> SessionCommand {
    SessionCommand::Start(Start {
        session: id(1),
        person: id(2),
        passwords: 1,
        era: 0,
        methods: vec![text("pwd")],
        second_factor: false,
        device: device.map(text),
        idle: TimeDelta::minutes(30),
        life: TimeDelta::days(1),
    })
}

fn started() -> SessionEvent {
    Started {
        session: id(1),
        person: id(2),
        passwords: 1,
        era: 0,
        methods: vec![text("pwd")],
        second_factor: false,
        idle_seconds: 1_800,
        idle_until: at(IDLE),
        expires_at: at(OLD),
    }
    .into()
}

fn refresh(generation: u32, passwords: u32) -> SessionCommand {
    SessionCommand::Refresh(Refresh {
        generation,
        passwords,
        era: 0,
    })
}

fn refreshed(generation: u32, idle_until: &str) -> SessionEvent {
    Refreshed {
        session: id(1),
        generation,
        idle_until: at(idle_until),
    }
    .into()
}

fn end() -> SessionCommand {
    SessionCommand::End(End {
        reason: text("signed-out"),
    })
}

fn ended(reason: &str) -> SessionEvent {
    Ended {
        session: id(1),
        reason: text(reason),
    }
    .into()
}

#[tokio::test]
async fn a_session_starts_once_and_may_name_its_device() {
    decides::<Session>(NOW, vec![], start(None), vec![started()]).await;
    let described = Described {
        session: id(1),
        device: text("Asha's phone"),
    };
    let both = vec![started(), described.into()];
    decides::<Session>(NOW, vec![], start(Some("Asha's phone")), both).await;
    refuses::<Session>(
        NOW,
        vec![started()],
        start(None),
        SessionError::AlreadyStarted,
    )
    .await;
}

#[tokio::test]
async fn a_refresh_gives_the_next_generation_and_time_but_not_beyond_the_end() {
    for (now, idle_until) in [
        (LAST_IDLE, "2026-08-01T00:59:59Z"),
        ("2026-08-01T00:00:01Z", "2026-08-01T00:30:01Z"),
    ] {
        decides::<Session>(
            now,
            vec![started()],
            refresh(0, 1),
            vec![refreshed(1, idle_until)],
        )
        .await;
    }
    let long = vec![started(), refreshed(1, OLD)];
    let near = "2026-08-01T23:50:00Z";
    decides::<Session>(near, long, refresh(1, 1), vec![refreshed(2, OLD)]).await;
}

#[tokio::test]
async fn an_earlier_token_or_another_password_ends_the_session() {
    let known = vec![started(), refreshed(1, IDLE)];
    for (command, reason) in [
        (refresh(0, 1), "refresh-token-reused"),
        (refresh(1, 2), "password-changed"),
        (refresh(0, 2), "password-changed"),
    ] {
        decides::<Session>(NOW, known.clone(), command, vec![ended(reason)]).await;
    }
}

#[tokio::test]
async fn a_session_from_before_its_account_was_disabled_ends_with_the_next_refresh() {
    let later = SessionCommand::Refresh(Refresh {
        generation: 0,
        passwords: 1,
        era: 1,
    });
    let over = vec![ended("account-disabled")];
    decides::<Session>(NOW, vec![started()], later, over).await;
}

#[tokio::test]
async fn who_one_is_is_proven_anew_while_the_session_lasts() {
    let prove = || {
        SessionCommand::Prove(Prove {
            method: text("otp"),
            second_factor: true,
        })
    };
    let proven = Proven {
        session: id(1),
        method: text("otp"),
        second_factor: true,
    };
    let known = vec![started()];
    decides::<Session>(LAST_IDLE, known.clone(), prove(), vec![proven.into()]).await;
    refuses::<Session>(IDLE, known.clone(), prove(), SessionError::Over).await;
    let over = vec![started(), ended("signed-out")];
    refuses::<Session>(NOW, over, prove(), SessionError::Over).await;
    refuses::<Session>(NOW, vec![], prove(), SessionError::NoSuchSession).await;
}

#[tokio::test]
async fn what_is_over_stays_over() {
    let over = |known: Vec<SessionEvent>, now: &'static str| async move {
        refuses::<Session>(now, known.clone(), refresh(0, 1), SessionError::Over).await;
        decides::<Session>(now, known, end(), vec![]).await;
    };
    over(vec![started()], IDLE).await;
    over(vec![started()], OLD).await;
    over(vec![started(), ended("signed-out")], NOW).await;
    decides::<Session>(NOW, vec![started()], end(), vec![ended("signed-out")]).await;
}

#[tokio::test]
async fn nothing_happens_to_a_session_that_never_began() {
    for command in [refresh(0, 1), end()] {
        refuses::<Session>(NOW, vec![], command, SessionError::NoSuchSession).await;
    }
}

proptest! {
    /// Whoever uses tokens in whatever order: each generation is good once, and after the
    /// first repetition nothing is.
    #[test]
    fn no_token_is_ever_good_twice(shown in prop::collection::vec(0u32..4, 1..12)) {
        let mut session = after::<Session>(&[started()]);
        let mut good = std::collections::BTreeSet::new();
        for generation in shown {
            let Ok(events) = session.decide(refresh(generation, 1), at(NOW)) else { break };
            for event in &events {
                if let SessionEvent::Refreshed(_) = event {
                    prop_assert!(good.insert(generation));
                }
                session.evolve(event);
            }
        }
        let repeated = session.ended;
        let outcome = session.decide(refresh(session.generation, 1), at(NOW));
        prop_assert_eq!(outcome.is_err(), repeated);
    }
}
