use proptest::prelude::*;

use super::*;
use crate::testing::{after, at, decides, id, refuses, text};

const NOW: &str = "2026-08-01T00:00:00Z";
const LAST: &str = "2026-10-29T23:59:59Z";
const OVER: &str = "2026-10-30T00:00:00Z";

fn digest(byte: u8) -> SecretHash {
    SecretHash::from([byte; 32])
}

fn issue(role: Role, most_uses: u16, expires_at: &str) -> HospitalCodeCommand {
    HospitalCodeCommand::Issue(Issue {
        code: id(1),
        hospital: id(2),
        role,
        most_uses,
        digest: digest(7),
        expires_at: at(expires_at),
    })
}

fn issued(most_uses: u16) -> HospitalCodeEvent {
    Issued {
        code: id(1),
        hospital: id(2),
        role: Role::Doctor,
        most_uses,
        digest: digest(7),
        expires_at: at(OVER),
    }
    .into()
}

fn used(application: u128) -> HospitalCodeEvent {
    Used {
        code: id(1),
        application: id(application),
    }
    .into()
}

fn revoked() -> HospitalCodeEvent {
    Revoked {
        code: id(1),
        reason: text("rotated"),
    }
    .into()
}

fn usage(byte: u8, application: u128) -> HospitalCodeCommand {
    HospitalCodeCommand::Use(Use {
        application: id(application),
        digest: digest(byte),
    })
}

fn revoke() -> HospitalCodeCommand {
    HospitalCodeCommand::Revoke(Revoke {
        reason: text("rotated"),
    })
}

#[tokio::test]
async fn a_code_is_for_a_provider_for_so_many_and_for_so_long() {
    let good = issue(Role::Doctor, 5, OVER);
    decides::<HospitalCode>(NOW, vec![], good.clone(), vec![issued(5)]).await;
    let again = HospitalCodeError::AlreadyIssued;
    refuses::<HospitalCode>(NOW, vec![issued(5)], good, again).await;
    for role in Role::ALL.iter().filter(|role| !ROLES.contains(role)) {
        let asked = issue(*role, 5, OVER);
        refuses::<HospitalCode>(NOW, vec![], asked, HospitalCodeError::NotForRole).await;
    }
    for uses in [0, 1_001] {
        let asked = issue(Role::Doctor, uses, OVER);
        refuses::<HospitalCode>(NOW, vec![], asked, HospitalCodeError::WrongUses).await;
    }
    for expiry in [NOW, "2026-10-30T00:00:01Z"] {
        let asked = issue(Role::Nurse, 5, expiry);
        refuses::<HospitalCode>(NOW, vec![], asked, HospitalCodeError::WrongExpiry).await;
    }
}

#[tokio::test]
async fn why_a_code_is_refused_is_not_told() {
    let refused = HospitalCodeError::CodeRefused;
    let known = vec![issued(1)];
    decides::<HospitalCode>(LAST, known.clone(), usage(7, 9), vec![used(9)]).await;
    for (now, known, byte) in [
        (NOW, vec![], 7),
        (NOW, known.clone(), 8),
        (OVER, known.clone(), 7),
        (NOW, vec![issued(1), used(8)], 7),
        (NOW, vec![issued(1), revoked()], 7),
    ] {
        refuses::<HospitalCode>(now, known, usage(byte, 9), refused).await;
    }
}

#[tokio::test]
async fn a_code_is_revoked_once_even_when_it_is_over() {
    decides::<HospitalCode>(OVER, vec![issued(1)], revoke(), vec![revoked()]).await;
    let twice = HospitalCodeError::AlreadyRevoked;
    refuses::<HospitalCode>(NOW, vec![issued(1), revoked()], revoke(), twice).await;
    refuses::<HospitalCode>(NOW, vec![], revoke(), HospitalCodeError::NoSuchCode).await;
}

proptest! {
    #[test]
    fn no_more_apply_with_a_code_than_it_is_for(most_uses in 1_u16..20, tries in 0_u16..40) {
        let mut events = vec![issued(most_uses)];
        for number in 0..tries {
            let state = after::<HospitalCode>(&events);
            if let Ok(more) = state.decide(usage(7, number.into()), at(NOW)) {
                events.extend(more);
            }
        }
        prop_assert_eq!(after::<HospitalCode>(&events).uses, tries.min(most_uses));
    }
}
