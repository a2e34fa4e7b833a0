use super::*;
use crate::testing::{decides, id, refuses, text};

const NOW: &str = "2026-08-01T00:00:00Z";

fn open(roles: Vec<Role>) -> AccountCommand {
    AccountCommand::Open(Open {
        account: id(1),
        roles,
        email: text("asha@example.org"),
        language: Language::Hindi,
        password_hash: text("$first"),
    })
}

fn opened() -> Vec<AccountEvent> {
    vec![
        Opened {
            account: id(1),
            roles: vec![Role::Patient, Role::Doctor],
        }
        .into(),
        EmailSet {
            account: id(1),
            email: text("asha@example.org"),
            language: Language::Hindi,
        }
        .into(),
        password("$first"),
    ]
}

fn password(hash: &str) -> AccountEvent {
    PasswordSet {
        account: id(1),
        password_hash: text(hash),
        recovered: false,
    }
    .into()
}

fn set_password() -> AccountCommand {
    AccountCommand::SetPassword(SetPassword {
        password_hash: text("$second"),
        recovered: false,
    })
}

fn disable() -> AccountCommand {
    AccountCommand::Disable(Disable {
        reason: text("left-the-hospital"),
    })
}

fn disabled() -> AccountEvent {
    Disabled {
        account: id(1),
        reason: text("left-the-hospital"),
    }
    .into()
}

fn and(mut known: Vec<AccountEvent>, more: AccountEvent) -> Vec<AccountEvent> {
    known.push(more);
    known
}

#[tokio::test]
async fn an_account_has_each_role_once_and_is_opened_once() {
    let roles = vec![Role::Doctor, Role::Patient, Role::Doctor];
    decides::<Account>(NOW, vec![], open(roles.clone()), opened()).await;
    refuses::<Account>(NOW, opened(), open(roles), AccountError::AlreadyOpen).await;
}

/// Whoever works at a hospital has their roles there.
#[tokio::test]
async fn an_account_may_have_no_role_of_its_own() {
    let mut expected = opened();
    expected[0] = Opened {
        account: id(1),
        roles: vec![],
    }
    .into();
    decides::<Account>(NOW, vec![], open(vec![]), expected).await;
}

#[tokio::test]
async fn an_address_is_replaced_and_the_password_stays() {
    let set = || {
        AccountCommand::SetEmail(SetEmail {
            email: text("rao@example.org"),
        })
    };
    let moved_to = |address: &str| {
        AccountEvent::from(EmailSet {
            account: id(1),
            email: text(address),
            language: Language::Hindi,
        })
    };
    let moved = moved_to("rao@example.org");
    decides::<Account>(NOW, opened(), set(), vec![moved.clone()]).await;
    let state = crate::testing::after::<Account>(&and(opened(), moved));
    assert_eq!(
        (state.email, state.passwords),
        (Some(text("rao@example.org")), 1)
    );
    let known = and(opened(), moved_to("Rao@Example.org"));
    refuses::<Account>(NOW, known, set(), AccountError::EmailUnchanged).await;
    let off = and(opened(), disabled());
    refuses::<Account>(NOW, off, set(), AccountError::IsDisabled).await;
    refuses::<Account>(NOW, vec![], set(), AccountError::NoSuchAccount).await;
}

#[tokio::test]
async fn a_password_is_replaced_even_while_the_account_is_disabled() {
    for known in [opened(), and(opened(), disabled())] {
        decides::<Account>(NOW, known, set_password(), vec![password("$second")]).await;
    }
}

#[tokio::test]
async fn a_disabled_account_lets_its_person_in_again_once_enabled() {
    let enabled = AccountEvent::from(Enabled { account: id(1) });
    let enable = || AccountCommand::Enable(Enable);
    decides::<Account>(NOW, opened(), disable(), vec![disabled()]).await;
    let off = and(opened(), disabled());
    refuses::<Account>(NOW, off.clone(), disable(), AccountError::AlreadyDisabled).await;
    decides::<Account>(NOW, off.clone(), enable(), vec![enabled.clone()]).await;
    refuses::<Account>(NOW, opened(), enable(), AccountError::NotDisabled).await;
    let usable = |events: Vec<AccountEvent>| crate::testing::after::<Account>(&events).usable();
    assert_eq!(usable(opened()), Ok(id(1)));
    assert_eq!(usable(off.clone()), Err(AccountError::IsDisabled));
    assert_eq!(usable(and(off, enabled)), Ok(id(1)));
}

#[tokio::test]
async fn its_sessions_end_with_the_era() {
    let end = || {
        AccountCommand::EndSessions(EndSessions {
            reason: text("second-factors-removed"),
        })
    };
    let ended = AccountEvent::from(SessionsEnded {
        account: id(1),
        reason: text("second-factors-removed"),
    });
    decides::<Account>(NOW, opened(), end(), vec![ended.clone()]).await;
    let state = crate::testing::after::<Account>(&and(opened(), ended.clone()));
    assert_eq!((state.era, state.usable()), (1, Ok(id(1))));
    // It lets nobody in who was not let in before.
    let off = and(and(opened(), ended), disabled());
    refuses::<Account>(NOW, off, end(), AccountError::IsDisabled).await;
    refuses::<Account>(NOW, vec![], end(), AccountError::NoSuchAccount).await;
}

#[tokio::test]
async fn nothing_happens_to_an_account_that_was_never_opened() {
    for command in [set_password(), disable(), AccountCommand::Enable(Enable)] {
        refuses::<Account>(NOW, vec![], command, AccountError::NoSuchAccount).await;
    }
    assert_eq!(
        Account::default().usable(),
        Err(AccountError::NoSuchAccount)
    );
}

#[test]
fn each_password_counts() {
    let known = and(opened(), password("$second"));
    assert_eq!(crate::testing::after::<Account>(&known).passwords, 2);
}

#[test]
fn each_time_it_is_disabled_begins_another_era() {
    let mut account = crate::testing::after::<Account>(&opened());
    assert_eq!(account.era, 0);
    for era in 1..3 {
        account.evolve(&disabled());
        account.evolve(&Enabled { account: id(1) }.into());
        assert_eq!(account.era, era);
    }
}

#[test]
fn it_is_known_whether_the_mailbox_set_the_password() {
    let mut account = crate::testing::after::<Account>(&opened());
    for recovered in [true, false] {
        let set = PasswordSet {
            account: id(1),
            password_hash: text("$second"),
            recovered,
        };
        account.evolve(&set.into());
        assert_eq!(account.recovered, recovered);
    }
}
