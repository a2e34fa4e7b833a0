use super::*;
use crate::testing::{after, decides, id, refuses, text};

const NOW: &str = "2026-08-01T00:00:00Z";

fn refuse(account: Option<AccountId>) -> SignInCommand {
    SignInCommand::Refuse(Refuse {
        sign_in: id(1),
        account,
        reason: text("wrong-password"),
    })
}

fn refused(account: Option<AccountId>) -> SignInEvent {
    Refused {
        sign_in: id(1),
        account,
        reason: text("wrong-password"),
    }
    .into()
}

#[tokio::test]
async fn a_refused_sign_in_is_recorded_once_whether_there_is_an_account_or_not() {
    for account in [None, Some(id(2))] {
        decides::<SignIn>(NOW, vec![], refuse(account), vec![refused(account)]).await;
        let known = vec![refused(account)];
        refuses::<SignIn>(NOW, known, refuse(account), SignInError::AlreadyRefused).await;
    }
}

#[test]
fn it_belongs_to_whom_the_account_belongs() {
    let of = |account| Decider::subject(&after::<SignIn>(&[refused(account)]));
    assert_eq!(of(Some(id(2))), Some(id(2)));
    assert_eq!(of(None), None);
}
