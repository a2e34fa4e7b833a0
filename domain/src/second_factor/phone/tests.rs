use crate::second_factor::*;
use crate::testing::{after, at, decides, id, refuses, text};

const NOW: &str = "2026-08-01T00:00:00Z";

fn given(phone: &str) -> PhoneGiven {
    PhoneGiven {
        account: id(1),
        phone: text(phone),
    }
}

fn first() -> SecondFactorEvent {
    given("+919876543210").into()
}

fn proven() -> PhoneProven {
    PhoneProven {
        account: id(1),
        verification: id(7),
    }
}

fn chosen() -> SmsChosen {
    SmsChosen { account: id(1) }
}

fn on() -> Vec<SecondFactorEvent> {
    vec![first(), proven().into(), chosen().into()]
}

fn answered() -> Answered {
    Answered {
        challenge: id(9),
        expires_at: at("2026-08-01T00:10:00Z"),
    }
}

fn used() -> SecondFactorEvent {
    SmsUsed {
        account: id(1),
        answered: answered(),
    }
    .into()
}

fn show(shown: Shown) -> SecondFactorCommand {
    SecondFactorCommand::Show(Show {
        answered: answered(),
        shown,
    })
}

fn app() -> [SecondFactorEvent; 2] {
    [
        TotpBegun {
            account: id(1),
            secret: [7; 20].into(),
        }
        .into(),
        TotpConfirmed {
            account: id(1),
            step: 1,
        }
        .into(),
    ]
}

fn codes() -> SecondFactorEvent {
    CodesIssued {
        account: id(1),
        codes: vec![[1; 32].into()],
    }
    .into()
}

fn removed_all() -> SecondFactorEvent {
    AllRemoved {
        account: id(1),
        reason: text("telephone-lost"),
    }
    .into()
}

#[tokio::test]
async fn a_number_is_given_then_proven_then_chosen() {
    let give = |phone: &str| SecondFactorCommand::GivePhone(given(phone));
    let prove = || SecondFactorCommand::ProvePhone(proven());
    let choose = || SecondFactorCommand::ChooseSms(chosen());
    let unproven = SecondFactorError::PhoneNotProven;
    for known in [vec![], vec![first()]] {
        refuses::<SecondFactor>(NOW, known, choose(), unproven).await;
    }
    refuses::<SecondFactor>(NOW, vec![], prove(), unproven).await;
    decides::<SecondFactor>(NOW, vec![], give("+919876543210"), vec![first()]).await;
    // For another code.
    decides::<SecondFactor>(NOW, vec![first()], give("+919876543210"), vec![]).await;
    decides::<SecondFactor>(NOW, vec![first()], prove(), vec![proven().into()]).await;
    let known = vec![first(), proven().into()];
    let there = SecondFactorError::PhoneThere;
    refuses::<SecondFactor>(NOW, known.clone(), give("+919876543210"), there).await;
    refuses::<SecondFactor>(NOW, known.clone(), prove(), there).await;
    assert!(!after::<SecondFactor>(&known).is_on());
    decides::<SecondFactor>(NOW, known, choose(), vec![chosen().into()]).await;
    refuses::<SecondFactor>(NOW, on(), choose(), SecondFactorError::SmsThere).await;
    assert!(after::<SecondFactor>(&on()).is_on());
}

#[tokio::test]
async fn a_code_counts_where_there_is_nothing_better() {
    decides::<SecondFactor>(NOW, on(), show(Shown::Sms), vec![used()]).await;
    let again = [on(), vec![used()]].concat();
    refuses::<SecondFactor>(
        NOW,
        again,
        show(Shown::Sms),
        SecondFactorError::ChallengeOver,
    )
    .await;
    let wrong = SecondFactorError::CodeWrong;
    let passkey: SecondFactorEvent = PasskeyAdded {
        account: id(1),
        passkey: id(5),
        name: text("Asha's phone"),
        record: text("{}"),
    }
    .into();
    let off: SecondFactorEvent = SmsRemoved { account: id(1) }.into();
    for more in [app().to_vec(), vec![passkey], vec![off]] {
        let known = [on(), more].concat();
        refuses::<SecondFactor>(NOW, known, show(Shown::Sms), wrong).await;
    }
    refuses::<SecondFactor>(NOW, vec![first()], show(Shown::Sms), wrong).await;
    // Nor does a mailed one in its place.
    refuses::<SecondFactor>(NOW, on(), show(Shown::Mail), wrong).await;
}

#[tokio::test]
async fn another_number_counts_no_sooner_than_it_is_proven() {
    let other: SecondFactorEvent = given("+919812345678").into();
    let known = [on(), vec![codes()]].concat();
    let give = SecondFactorCommand::GivePhone(given("+919812345678"));
    decides::<SecondFactor>(NOW, known.clone(), give, vec![other.clone()]).await;
    let known = [known, vec![other]].concat();
    let state = after::<SecondFactor>(&known);
    // Backup codes stand in for a factor, and are void without one.
    assert!(!state.is_on() && !state.takes_sms() && state.codes_left() == 0);
    let wrong = SecondFactorError::CodeWrong;
    refuses::<SecondFactor>(NOW, known.clone(), show(Shown::Sms), wrong).await;
    let known = [known, vec![proven().into()]].concat();
    assert!(!after::<SecondFactor>(&known).is_on());
    let known = [known, vec![chosen().into()]].concat();
    decides::<SecondFactor>(NOW, known, show(Shown::Sms), vec![used()]).await;
}

#[tokio::test]
async fn the_number_goes_with_the_codes() {
    let remove = || SecondFactorCommand::Remove(Remove::Sms);
    let removed: SecondFactorEvent = SmsRemoved { account: id(1) }.into();
    for known in [on(), vec![first()]] {
        decides::<SecondFactor>(NOW, known.clone(), remove(), vec![removed.clone()]).await;
        let state = after::<SecondFactor>(&[known, vec![removed.clone()]].concat());
        assert_eq!((state.phone.as_ref(), state.sms), (None, false));
    }
    let none = SecondFactorError::NoSuchFactor;
    refuses::<SecondFactor>(NOW, vec![], remove(), none).await;
}

#[tokio::test]
async fn who_lost_all_of_them_has_none_of_them_left() {
    let remove = || SecondFactorCommand::RemoveAll(text("telephone-lost"));
    let known = [on(), app().to_vec(), vec![codes()]].concat();
    decides::<SecondFactor>(NOW, known.clone(), remove(), vec![removed_all()]).await;
    let known = [known, vec![removed_all()]].concat();
    let state = after::<SecondFactor>(&known);
    assert!(!state.is_on() && state.totp.is_none() && state.phone.is_none());
    assert_eq!(state.codes_left(), 0);
    for shown in [
        Shown::Sms,
        Shown::Totp(9),
        Shown::BackupCode([1; 32].into()),
    ] {
        let wrong = SecondFactorError::CodeWrong;
        refuses::<SecondFactor>(NOW, known.clone(), show(shown), wrong).await;
    }
    let nothing = SecondFactorError::NothingToRemove;
    for known in [known, vec![], vec![first()]] {
        refuses::<SecondFactor>(NOW, known, remove(), nothing).await;
    }
}
