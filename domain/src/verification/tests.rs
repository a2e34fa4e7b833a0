use super::*;
use crate::testing::{at, decides, id, refuses, text};

const NOW: &str = "2026-08-01T00:00:00Z";
const LAST: &str = "2026-08-01T00:29:59Z";
const LATE: &str = "2026-08-01T00:30:00Z";
const CODE: &str = "K7QM2-X9R4T";

fn request(letter: Letter) -> VerificationCommand {
    VerificationCommand::Request(Request {
        verification: id(1),
        person: id(2),
        letter,
        email: text("asha@example.org"),
        language: Language::Hindi,
        code: text(CODE),
        passwords: Some(1),
    })
}

fn requested(letter: Letter) -> VerificationEvent {
    Requested {
        verification: id(1),
        person: id(2),
        letter,
        email: text("asha@example.org"),
        language: Language::Hindi,
        code: text(CODE),
        expires_at: at(LATE),
        passwords: Some(1),
    }
    .into()
}

fn usage(letter: Letter, code: &str) -> VerificationCommand {
    VerificationCommand::Use(Use {
        letter,
        code: text(code),
    })
}

fn used() -> VerificationEvent {
    Used {
        verification: id(1),
    }
    .into()
}

#[tokio::test]
async fn a_code_works_once_and_for_half_an_hour() {
    for letter in [Letter::Registration, Letter::Recovery, Letter::EmailChange] {
        decides::<Verification>(NOW, vec![], request(letter), vec![requested(letter)]).await;
        let known = vec![requested(letter)];
        decides::<Verification>(
            LAST,
            known.clone(),
            usage(letter, "k7qm2 x9r4t"),
            vec![used()],
        )
        .await;
        let wrong = VerificationError::CodeWrong;
        refuses::<Verification>(LATE, known.clone(), usage(letter, CODE), wrong).await;
        refuses::<Verification>(NOW, known, usage(letter, "K7QM2-X9R4V"), wrong).await;
        let spent = vec![requested(letter), used()];
        refuses::<Verification>(NOW, spent, usage(letter, CODE), wrong).await;
        refuses::<Verification>(NOW, vec![], usage(letter, CODE), wrong).await;
    }
}

#[tokio::test]
async fn a_code_works_only_for_what_it_was_mailed_for() {
    use Letter::{AlreadyRegistered, None, Recovery, Registration, SignIn};
    for (mailed, wanted) in [
        (Registration, Recovery),
        (Recovery, Registration),
        (Recovery, SignIn),
        (SignIn, Recovery),
        (AlreadyRegistered, Registration),
        (AlreadyRegistered, AlreadyRegistered),
        (None, Recovery),
        (None, None),
    ] {
        let known = vec![requested(mailed)];
        let wrong = VerificationError::CodeWrong;
        refuses::<Verification>(NOW, known, usage(wanted, CODE), wrong).await;
    }
}

#[tokio::test]
async fn a_code_to_sign_in_with_works_no_longer_than_what_it_answers() {
    let ask = vec![];
    let mut mailed = requested(Letter::SignIn);
    if let VerificationEvent::Requested(requested) = &mut mailed {
        requested.expires_at = at("2026-08-01T00:10:00Z");
    }
    decides::<Verification>(NOW, ask, request(Letter::SignIn), vec![mailed.clone()]).await;
    let known = vec![mailed];
    let show = || usage(Letter::SignIn, CODE);
    decides::<Verification>("2026-08-01T00:09:59Z", known.clone(), show(), vec![used()]).await;
    let wrong = VerificationError::CodeWrong;
    refuses::<Verification>("2026-08-01T00:10:00Z", known, show(), wrong).await;
}

#[tokio::test]
async fn a_verification_is_asked_for_once() {
    for known in [
        vec![requested(Letter::Recovery)],
        vec![requested(Letter::Recovery), used()],
    ] {
        let again = request(Letter::Recovery);
        refuses::<Verification>(NOW, known, again, VerificationError::AlreadyRequested).await;
    }
}
