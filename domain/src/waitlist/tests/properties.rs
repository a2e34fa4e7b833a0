//! What never happens to an entry, however offers and answers cross.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;

fn commands() -> impl Strategy<Value = Command> {
    let appointments = || 10_u128..14;
    let offers = (appointments(), 0_i64..6, 0_i64..90, 3_u128..5).prop_map(
        |(appointment, hour, minutes, doctor)| Offer {
            doctor: id(doctor),
            starts_at: at("2026-08-04T04:00:00Z") + TimeDelta::hours(hour),
            ends_at: at("2026-08-04T04:30:00Z") + TimeDelta::hours(hour),
            until: at(NOW) + TimeDelta::minutes(minutes),
            ..fourth(appointment)
        },
    );
    let answers = || appointments().prop_map(answer);
    prop_oneof![
        1 => Just(join(wish())),
        8 => offers.prop_map(Command::Offer),
        1 => answers().prop_map(Command::Accept),
        4 => answers().prop_map(Command::Decline),
        4 => answers().prop_map(Command::Lapse),
        1 => Just(Command::Leave),
        1 => Just(Command::Expire),
    ]
}

/// Minutes after the patient joined: soon, or about when the last day of the wish is over.
fn moments() -> impl Strategy<Value = i64> {
    prop_oneof![9 => 0_i64..120, 1 => (31 * 24 * 60 - 400)..(31 * 24 * 60_i64)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_two_offers_are_ever_open_and_none_is_made_twice_or_unwished(
        asked in prop::collection::vec((commands(), moments()), 1..60),
    ) {
        let mut entry: Waitlist = after(&[joined(wish())]);
        let mut open: Option<Offer> = None;
        let mut made = Vec::new();
        let mut over = false;
        for (command, minutes) in asked {
            let now = at(NOW) + TimeDelta::minutes(minutes);
            for event in entry.decide(command, now).unwrap_or_default() {
                prop_assert!(!over, "{event:?} after the wait was over");
                match &event {
                    WaitlistEvent::Joined(_) => prop_assert!(false, "joined twice"),
                    WaitlistEvent::Offered(Offered { offer, .. }) => {
                        prop_assert!(open.is_none(), "two open offers: {open:?}");
                        prop_assert_eq!(Some(offer.doctor), wish().doctor);
                        let slot = (offer.doctor, offer.starts_at);
                        prop_assert!(!made.contains(&slot), "{slot:?} offered again");
                        made.push(slot);
                        open = Some(offer.clone());
                    }
                    WaitlistEvent::Accepted(accepted) => {
                        let offer = open.take().expect("an offer that was accepted");
                        prop_assert_eq!(offer.appointment, accepted.appointment);
                        prop_assert!(now < offer.until);
                        over = true;
                    }
                    WaitlistEvent::Declined(Declined { appointment, .. }) => {
                        let offer = open.take().expect("an offer that was declined");
                        prop_assert_eq!(offer.appointment, *appointment);
                    }
                    WaitlistEvent::Lapsed(Lapsed { appointment, .. }) => {
                        let offer = open.take().expect("an offer that lapsed");
                        prop_assert_eq!(offer.appointment, *appointment);
                        prop_assert!(offer.until <= now);
                    }
                    WaitlistEvent::Left(_) => {
                        open = None;
                        over = true;
                    }
                    WaitlistEvent::Expired(_) => {
                        prop_assert!(open.is_none(), "expired while {open:?} was held");
                        prop_assert!(wish().over_at() <= now);
                        over = true;
                    }
                }
                entry.evolve(&event);
                prop_assert_eq!(&entry.offer, &open);
                prop_assert_eq!(entry.over, over);
            }
        }
    }
}
