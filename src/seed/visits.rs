//! Visits of the demo, for this working day and the next: lists without anybody in them show
//! little. What others booked meanwhile stays.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Asia::Kolkata;
use medilink_commands::appointment::Book;
use medilink_commands::{Actor, CommandContext, CommandError, Idempotency};
use medilink_domain::{DoctorId, PatientId, Weekday};

use super::Seeder;
use super::demo::{HOURS, REASONS, SLOT_MINUTES, WORKDAYS};
use crate::outcome::{Outcome, fail};

impl Seeder<'_> {
    /// Books what can still be booked, each once.
    pub(super) async fn visits(&self, doctor: DoctorId, patients: &[PatientId]) -> Outcome {
        let now = Utc::now();
        let today = now.with_timezone(&Kolkata).date_naive();
        let days = (0..7).map(|ahead| today + Days::new(ahead));
        let workdays = days.filter(|day| WORKDAYS.contains(&Weekday::of(*day)));
        for day in workdays.take(2) {
            let free = slots(day)?.into_iter().filter(|starts_at| *starts_at > now);
            // Every other slot stays free, to be booked by whoever tries it.
            let wishes = free.step_by(2).zip(patients).zip(REASONS);
            for ((starts_at, patient), reason) in wishes {
                let mut book = Book::new(*patient, doctor, starts_at);
                book.reason = Some(reason.parse()?);
                self.book(format!("demo/visit/{day}/{patient}"), &book)
                    .await?;
            }
        }
        Ok(())
    }

    /// The slot may be somebody else's by now, or the patient elsewhere.
    async fn book(&self, key: String, book: &Book) -> Outcome {
        let mut context = CommandContext::new(Actor::console(self.tenant));
        context.idempotency = Some(Idempotency {
            key,
            body_hash: [0; 32],
        });
        match self.executor.execute(&context, book).await {
            Ok(_) | Err(CommandError::Refused(_)) => Ok(()),
            Err(error) => fail(format!("the demo's visits could not be booked: {error}")),
        }
    }
}

/// When visits may start on a day.
fn slots(day: NaiveDate) -> Outcome<Vec<DateTime<Utc>>> {
    let mut slots = Vec::new();
    for (opens, closes) in HOURS {
        let mut starts: NaiveTime = opens.parse()?;
        let closes: NaiveTime = closes.parse()?;
        while starts < closes {
            // Kolkata has no daylight saving time, so each time is there once.
            let at = day.and_time(starts).and_local_timezone(Kolkata).earliest();
            slots.extend(at.map(|at| at.to_utc()));
            starts += TimeDelta::minutes(i64::try_from(SLOT_MINUTES)?);
        }
    }
    Ok(slots)
}
