use proptest::prelude::*;

use super::*;
use crate::testing::{after, at, decides, id, refuses, text};

const NOW: &str = "2026-08-01T00:00:00Z";
const SOON: &str = "2026-08-01T00:10:00Z";

fn begun() -> SecondFactorEvent {
    TotpBegun {
        account: id(1),
        secret: [7; 20].into(),
    }
    .into()
}

fn confirmed(step: u64) -> SecondFactorEvent {
    TotpConfirmed {
        account: id(1),
        step,
    }
    .into()
}

fn removed() -> SecondFactorEvent {
    TotpRemoved { account: id(1) }.into()
}

fn answered(challenge: u128) -> Answered {
    Answered {
        challenge: id(challenge),
        expires_at: at(SOON),
    }
}

fn totp_used(step: u64, challenge: u128) -> SecondFactorEvent {
    TotpUsed {
        account: id(1),
        step,
        answered: answered(challenge),
    }
    .into()
}

fn hash(number: u8) -> SecretHash {
    [number; 32].into()
}

fn issued() -> CodesIssued {
    CodesIssued {
        account: id(1),
        codes: vec![hash(1), hash(2)],
    }
}

fn code_used(number: u8, challenge: u128) -> SecondFactorEvent {
    CodeUsed {
        account: id(1),
        number,
        answered: answered(challenge),
    }
    .into()
}

fn chosen() -> SecondFactorEvent {
    MailChosen { account: id(1) }.into()
}

fn added(passkey: u128) -> PasskeyAdded {
    PasskeyAdded {
        account: id(1),
        passkey: id(passkey),
        name: text("Asha's phone"),
        record: text("{}"),
    }
}

fn passkey_used(count: u32, challenge: u128) -> SecondFactorEvent {
    PasskeyUsed {
        account: id(1),
        passkey: id(5),
        count,
        answered: answered(challenge),
    }
    .into()
}

fn show(shown: Shown, challenge: u128) -> SecondFactorCommand {
    SecondFactorCommand::Show(Show {
        answered: answered(challenge),
        shown,
    })
}

async fn shows(known: Vec<SecondFactorEvent>, shown: Shown, then: SecondFactorEvent) {
    decides::<SecondFactor>(NOW, known, show(shown, 9), vec![then]).await;
}

async fn is_wrong(known: Vec<SecondFactorEvent>, shown: Shown) {
    refuses::<SecondFactor>(NOW, known, show(shown, 9), SecondFactorError::CodeWrong).await;
}

#[tokio::test]
async fn an_app_counts_once_it_has_shown_a_code() {
    let begin = |secret: [u8; 20]| {
        SecondFactorCommand::BeginTotp(TotpBegun {
            account: id(1),
            secret: secret.into(),
        })
    };
    let confirm = || {
        SecondFactorCommand::ConfirmTotp(TotpConfirmed {
            account: id(1),
            step: 100,
        })
    };
    decides::<SecondFactor>(NOW, vec![], begin([7; 20]), vec![begun()]).await;
    is_wrong(vec![begun()], Shown::Totp(100)).await;
    decides::<SecondFactor>(NOW, vec![begun()], confirm(), vec![confirmed(100)]).await;
    let on = vec![begun(), confirmed(100)];
    for command in [begin([8; 20]), confirm()] {
        refuses::<SecondFactor>(NOW, on.clone(), command, SecondFactorError::TotpThere).await;
    }
    refuses::<SecondFactor>(NOW, vec![], confirm(), SecondFactorError::TotpNotBegun).await;
    assert!(!after::<SecondFactor>(&[begun()]).is_on());
    assert!(after::<SecondFactor>(&on).is_on());
    assert!(!after::<SecondFactor>(&[begun(), confirmed(1), removed()]).is_on());
}

#[tokio::test]
async fn a_step_of_the_app_counts_once_and_no_earlier_one_after_it() {
    let on = vec![begun(), confirmed(100)];
    for step in [99, 100] {
        is_wrong(on.clone(), Shown::Totp(step)).await;
    }
    shows(on.clone(), Shown::Totp(101), totp_used(101, 9)).await;
    let used = vec![begun(), confirmed(100), totp_used(101, 8)];
    for step in [100, 101] {
        is_wrong(used.clone(), Shown::Totp(step)).await;
    }
    shows(used, Shown::Totp(102), totp_used(102, 9)).await;
    is_wrong(vec![begun(), confirmed(1), removed()], Shown::Totp(500)).await;
}

#[tokio::test]
async fn a_challenge_is_answered_once_and_in_time() {
    let over = SecondFactorError::ChallengeOver;
    let on = vec![begun(), confirmed(100), totp_used(101, 9)];
    refuses::<SecondFactor>(NOW, on.clone(), show(Shown::Totp(102), 9), over).await;
    refuses::<SecondFactor>(SOON, on, show(Shown::Totp(102), 8), over).await;
    let mail = vec![
        chosen(),
        MailUsed {
            account: id(1),
            answered: answered(9),
        }
        .into(),
    ];
    refuses::<SecondFactor>(NOW, mail, show(Shown::Mail, 9), over).await;
}

#[tokio::test]
async fn a_backup_code_works_once_and_only_the_last_ones_do() {
    let on = vec![begun(), confirmed(100), issued().into()];
    shows(on.clone(), Shown::BackupCode(hash(2)), code_used(1, 9)).await;
    is_wrong(on.clone(), Shown::BackupCode(hash(3))).await;
    let mut used = on.clone();
    used.push(code_used(1, 8));
    is_wrong(used.clone(), Shown::BackupCode(hash(2))).await;
    shows(used, Shown::BackupCode(hash(1)), code_used(0, 9)).await;
    let mut anew = on;
    let again = CodesIssued {
        account: id(1),
        codes: vec![hash(5)],
    };
    anew.push(again.into());
    is_wrong(anew.clone(), Shown::BackupCode(hash(1))).await;
    shows(anew, Shown::BackupCode(hash(5)), code_used(0, 9)).await;
}

#[tokio::test]
async fn backup_codes_stand_in_for_a_factor_and_go_with_the_last_one() {
    let issue = || SecondFactorCommand::IssueCodes(issued());
    let nothing = SecondFactorError::NothingToBackUp;
    for off in [
        vec![],
        vec![begun()],
        vec![begun(), confirmed(1), removed()],
    ] {
        refuses::<SecondFactor>(NOW, off, issue(), nothing).await;
    }
    decides::<SecondFactor>(NOW, vec![chosen()], issue(), vec![issued().into()]).await;
    let gone = vec![begun(), confirmed(1), issued().into(), removed(), chosen()];
    is_wrong(gone, Shown::BackupCode(hash(1))).await;
}

#[tokio::test]
async fn a_code_by_mail_counts_only_where_there_is_nothing_better() {
    let used = MailUsed {
        account: id(1),
        answered: answered(9),
    };
    shows(vec![chosen()], Shown::Mail, used.into()).await;
    is_wrong(vec![begun()], Shown::Mail).await;
    is_wrong(vec![chosen(), begun(), confirmed(1)], Shown::Mail).await;
    is_wrong(vec![chosen(), added(5).into()], Shown::Mail).await;
    let choose = SecondFactorCommand::ChooseMail(MailChosen { account: id(1) });
    decides::<SecondFactor>(NOW, vec![], choose.clone(), vec![chosen()]).await;
    let there = SecondFactorError::MailThere;
    refuses::<SecondFactor>(NOW, vec![chosen()], choose, there).await;
}

#[tokio::test]
async fn a_passkey_that_counts_must_count_on() {
    let on = vec![added(5).into(), passkey_used(7, 8)];
    for count in [0, 6, 7] {
        is_wrong(on.clone(), Shown::Passkey(id(5), count)).await;
    }
    shows(on.clone(), Shown::Passkey(id(5), 8), passkey_used(8, 9)).await;
    is_wrong(on, Shown::Passkey(id(6), 8)).await;
    // Those that are kept on several devices don't count at all.
    let uncounted = vec![added(5).into(), passkey_used(0, 8)];
    shows(uncounted, Shown::Passkey(id(5), 0), passkey_used(0, 9)).await;
}

#[tokio::test]
async fn a_passkey_is_added_once_even_after_it_was_removed() {
    let add = SecondFactorCommand::AddPasskey(added(5));
    decides::<SecondFactor>(NOW, vec![], add.clone(), vec![added(5).into()]).await;
    let removed = PasskeyRemoved {
        account: id(1),
        passkey: id(5),
    };
    let there = SecondFactorError::PasskeyThere;
    for known in [vec![added(5).into()], vec![added(5).into(), removed.into()]] {
        refuses::<SecondFactor>(NOW, known, add.clone(), there).await;
    }
    let many = (6..26).map(|passkey| added(passkey).into()).collect();
    refuses::<SecondFactor>(NOW, many, add, SecondFactorError::TooManyPasskeys).await;
}

#[tokio::test]
async fn only_what_is_there_is_removed() {
    let known = || vec![begun(), confirmed(1), chosen(), added(5).into()];
    for (remove, then) in [
        (Remove::Totp, removed()),
        (Remove::Mail, MailRemoved { account: id(1) }.into()),
        (
            Remove::Passkey(id(5)),
            PasskeyRemoved {
                account: id(1),
                passkey: id(5),
            }
            .into(),
        ),
    ] {
        let command = SecondFactorCommand::Remove(remove);
        decides::<SecondFactor>(NOW, known(), command.clone(), vec![then]).await;
        let none = SecondFactorError::NoSuchFactor;
        for off in [vec![], vec![begun()]] {
            refuses::<SecondFactor>(NOW, off, command.clone(), none).await;
        }
    }
}

proptest! {
    /// Whatever is shown in whatever order, no step, code or challenge counts twice.
    #[test]
    fn nothing_counts_twice(shown in prop::collection::vec((0u8..3, 0u64..6, 0u128..8), 1..40)) {
        let mut factors = after::<SecondFactor>(&[begun(), confirmed(0), issued().into()]);
        let mut seen = BTreeSet::new();
        for (kind, number, challenge) in shown {
            let small = u8::try_from(number).unwrap_or(0);
            let what = match kind {
                0 => Shown::Totp(number),
                1 => Shown::BackupCode(hash(small)),
                _ => Shown::Passkey(id(5), u32::from(small)),
            };
            let Ok(events) = factors.decide(show(what, challenge), at(NOW)) else { continue };
            prop_assert!(seen.insert((kind, number)));
            prop_assert!(seen.insert((9, u64::try_from(challenge).unwrap_or(0))));
            for event in &events {
                factors.evolve(event);
            }
        }
    }
}
