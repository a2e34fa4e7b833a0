#![allow(clippy::unwrap_used)]

use crate::testing::{at, decides, id, refuses, text};
use crate::values::Language;
use crate::verification::sms::*;
use crate::verification::{
    Letter, Request, Use, Verification, VerificationCommand, VerificationError, VerificationEvent,
};

const NOW: &str = "2026-08-01T00:00:00Z";
const CODE: &str = "K7QM2-X9R4T";

fn request(purpose: SmsPurpose) -> VerificationCommand {
    VerificationCommand::RequestSms(RequestSms {
        verification: id(1),
        person: id(2),
        purpose,
        phone: text("+919876543210"),
        language: Language::Hindi,
        code: text(CODE),
    })
}

fn requested(purpose: SmsPurpose) -> VerificationEvent {
    SmsRequested {
        verification: id(1),
        person: id(2),
        purpose,
        phone: text("+919876543210"),
        language: Language::Hindi,
        code: text(CODE),
        expires_at: at("2026-08-01T00:10:00Z"),
    }
    .into()
}

fn usage(purpose: SmsPurpose, code: &str) -> VerificationCommand {
    VerificationCommand::UseSms(UseSms {
        purpose,
        code: text(code),
    })
}

fn used() -> VerificationEvent {
    Used {
        verification: id(1),
    }
    .into()
}

fn sent() -> VerificationEvent {
    SmsSent {
        verification: id(1),
    }
    .into()
}

fn refused() -> VerificationEvent {
    SmsRefused {
        verification: id(1),
        cause: text("sms-21211"),
    }
    .into()
}

#[tokio::test]
async fn a_code_works_once_for_ten_minutes_and_for_what_it_was_sent_for() {
    use SmsPurpose::{Phone, SignIn};
    let wrong = VerificationError::CodeWrong;
    for (purpose, other) in [(Phone, SignIn), (SignIn, Phone)] {
        decides::<Verification>(NOW, vec![], request(purpose), vec![requested(purpose)]).await;
        let known = vec![requested(purpose), sent()];
        let show = || usage(purpose, "k7qm2x9r4t");
        decides::<Verification>("2026-08-01T00:09:59Z", known.clone(), show(), vec![used()]).await;
        refuses::<Verification>("2026-08-01T00:10:00Z", known.clone(), show(), wrong).await;
        refuses::<Verification>(NOW, known.clone(), usage(other, CODE), wrong).await;
        refuses::<Verification>(NOW, known.clone(), usage(purpose, "K7QM2-X9R4V"), wrong).await;
        let mailed = VerificationCommand::Use(Use {
            letter: Letter::SignIn,
            code: text(CODE),
        });
        refuses::<Verification>(NOW, known.clone(), mailed, wrong).await;
        let spent = [known.clone(), vec![used()]].concat();
        refuses::<Verification>(NOW, spent.clone(), show(), wrong).await;
        for known in [known, spent] {
            let again = VerificationError::AlreadyRequested;
            refuses::<Verification>(NOW, known, request(purpose), again).await;
        }
    }
}

#[tokio::test]
async fn a_mailed_code_is_none_that_came_by_sms() {
    let mailed = VerificationCommand::Request(Request {
        verification: id(1),
        person: id(2),
        letter: Letter::SignIn,
        email: text("asha@example.org"),
        language: Language::Hindi,
        code: text(CODE),
        passwords: None,
    });
    let state = Verification::default();
    let mailed = crate::Decider::decide(&state, mailed, at(NOW)).unwrap();
    let wrong = VerificationError::CodeWrong;
    refuses::<Verification>(NOW, mailed, usage(SmsPurpose::SignIn, CODE), wrong).await;
}

#[tokio::test]
async fn what_became_of_a_message_is_said_once() {
    let settle = VerificationCommand::SettleSms;
    let known = || vec![requested(SmsPurpose::Phone)];
    let refusal = || SmsFate::Refused(text("sms-21211"));
    decides::<Verification>(NOW, known(), settle(SmsFate::Sent), vec![sent()]).await;
    decides::<Verification>(NOW, known(), settle(refusal()), vec![refused()]).await;
    for settled in [vec![sent()], vec![refused()], vec![used()]] {
        for fate in [SmsFate::Sent, refusal(), SmsFate::Pending] {
            let known = [known(), settled.clone()].concat();
            decides::<Verification>(NOW, known, settle(fate), vec![]).await;
        }
    }
    decides::<Verification>(NOW, vec![], settle(SmsFate::Sent), vec![]).await;
}
