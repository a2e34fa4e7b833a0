//! Days on which the hospital's calendars are closed.

use super::*;
use HospitalError as Error;

fn declare(date: &str) -> HospitalCommand {
    HospitalCommand::DeclareHoliday(DeclareHoliday {
        date: text(date),
        name: text("Diwali"),
    })
}

fn declared(date: &str) -> HospitalEvent {
    HolidayDeclared {
        hospital: id(1),
        date: text(date),
        name: text("Diwali"),
    }
    .into()
}

fn withdraw(date: &str) -> HospitalCommand {
    HospitalCommand::WithdrawHoliday(WithdrawHoliday { date: text(date) })
}

fn withdrawn(date: &str) -> HospitalEvent {
    HolidayWithdrawn {
        hospital: id(1),
        date: text(date),
    }
    .into()
}

/// At 18:30 UTC the next day begins in Kolkata.
#[tokio::test]
async fn a_holiday_is_declared_as_long_as_the_day_is_not_over_at_the_hospital() {
    for (now, date, over) in [
        ("2026-11-08T18:29:59Z", "2026-11-07", true),
        ("2026-11-08T18:29:59Z", "2026-11-08", false),
        ("2026-11-08T18:30:00Z", "2026-11-08", true),
        ("2026-11-08T18:30:00Z", "2026-11-09", false),
        ("2026-11-08T18:30:00Z", "2028-02-29", false),
    ] {
        if over {
            refuses::<Hospital>(now, vec![opened()], declare(date), Error::HolidayInPast).await;
        } else {
            let events = vec![declared(date)];
            decides::<Hospital>(now, vec![opened()], declare(date), events).await;
        }
    }
}

#[tokio::test]
async fn a_day_is_a_holiday_once_until_it_is_withdrawn() {
    let (day, other) = ("2026-11-08", "2026-11-09");
    let known = || vec![opened(), declared(day)];
    let again = || [known(), vec![withdrawn(day)]].concat();
    refuses::<Hospital>(NOW, known(), declare(day), Error::HolidayAlreadyDeclared).await;
    decides::<Hospital>(NOW, known(), declare(other), vec![declared(other)]).await;
    decides::<Hospital>(NOW, known(), withdraw(day), vec![withdrawn(day)]).await;
    refuses::<Hospital>(NOW, known(), withdraw(other), Error::NoSuchHoliday).await;
    refuses::<Hospital>(NOW, again(), withdraw(day), Error::NoSuchHoliday).await;
    decides::<Hospital>(NOW, again(), declare(day), vec![declared(day)]).await;
    assert_eq!(after::<Hospital>(&known()).holidays, [text(day)].into());
    assert_eq!(after::<Hospital>(&again()).holidays, [].into());
}

#[tokio::test]
async fn a_hospital_that_never_opened_has_no_holidays() {
    for command in [declare("2026-11-08"), withdraw("2026-11-08")] {
        refuses::<Hospital>(NOW, vec![], command, Error::NoSuchHospital).await;
    }
}
