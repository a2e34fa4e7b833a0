//! What can happen around the appointments of the small hospital.

use chrono::{DateTime, TimeDelta, Utc};
use medilink_domain::access_token::{AccessTokenEvent, Issued, Revoked};
use medilink_domain::appointment::{CheckedIn, Completed, NoShowRecorded, Started};
use medilink_domain::calendar::{CalendarEvent, RemindersSet};
use medilink_domain::feedback::{FeedbackEvent, Given};
use medilink_domain::hospital::{AssetAdded, BookingPolicy, BookingPolicySet, HolidayDeclared};
use medilink_domain::hospital::{AssetRetired, HolidayWithdrawn, HospitalEvent};
use medilink_domain::occupancy::{OccupancyEvent, Occupied, Vacated};
use medilink_domain::patient::{PatientEvent, RemindersChosen};
use medilink_domain::queue::{Called, Joined, Left, QueueEvent};
use medilink_domain::schedule::{
    DateSet, Hours, LeaveGranted, ScheduleEvent, WeekSet, WeeklyHours,
};
use medilink_domain::values::{ReminderLead, Role, VisitMode, Weekday};
use medilink_domain::visit_type::{Changed, Defined, Retired, VisitTypeEvent, VisitTypeTerms};
use medilink_domain::waitlist::{self, Offer, Preference, WaitlistEvent, Wish};
use medilink_log::Position;
use uuid::Uuid;

use super::world::{World, calendar, id, stream, text};

fn hours(opens: &str) -> Hours {
    Hours {
        opens: text(opens),
        closes: text("18:00"),
        slot_minutes: 30.try_into().unwrap(),
        modes: Vec::new(),
        visit_types: Vec::new(),
    }
}

pub fn terms(minutes: u64, needs: &[&str]) -> VisitTypeTerms {
    VisitTypeTerms {
        name: text("Scan"),
        minutes: minutes.try_into().unwrap(),
        buffer_before: 0.try_into().unwrap(),
        buffer_after: 0.try_into().unwrap(),
        modes: vec![VisitMode::InPerson],
        price: Some(text("scan")),
        needs: needs.iter().map(|class| text(class)).collect(),
    }
}

impl World {
    async fn of_hospital(&self, hospital: u128, event: impl Into<HospitalEvent>) -> Position {
        self.tell::<HospitalEvent>(&stream("hospital", hospital), None, event)
            .await
    }

    pub async fn asset(&self, hospital: u128, asset: u128) -> Position {
        let event = AssetAdded {
            hospital: id(hospital),
            asset: id(asset),
            class: text("ultrasound"),
            name: text(&format!("Ultrasound {asset}")),
        };
        self.of_hospital(hospital, event).await
    }

    pub async fn asset_retired(&self, hospital: u128, asset: u128) -> Position {
        let event = AssetRetired {
            hospital: id(hospital),
            asset: id(asset),
        };
        self.of_hospital(hospital, event).await
    }

    pub async fn holiday(&self, hospital: u128, at: DateTime<Utc>) -> Position {
        let event = HolidayDeclared {
            hospital: id(hospital),
            date: at.date_naive(),
            name: text("Gurpurab"),
        };
        self.of_hospital(hospital, event).await
    }

    pub async fn holiday_withdrawn(&self, hospital: u128, at: DateTime<Utc>) -> Position {
        let event = HolidayWithdrawn {
            hospital: id(hospital),
            date: at.date_naive(),
        };
        self.of_hospital(hospital, event).await
    }

    pub async fn policy(&self, hospital: u128, most_open_visits: u16) -> Position {
        let event = BookingPolicySet {
            hospital: id(hospital),
            policy: BookingPolicy {
                most_open_visits: Some(most_open_visits),
                ..BookingPolicy::default()
            },
        };
        self.of_hospital(hospital, event).await
    }

    /// Every day from this hour to 18:00, in half hours.
    pub async fn week(&self, doctor: u128, opens: &str) -> Position {
        let hours = |weekday: &Weekday| WeeklyHours {
            weekday: *weekday,
            hours: hours(opens),
        };
        let event = WeekSet {
            doctor: id(doctor),
            hospital: id(10),
            time_zone: text("UTC"),
            from: Utc::now().date_naive(),
            hours: Weekday::ALL.iter().map(hours).collect(),
            most_visits: None,
        };
        self.of_schedule(doctor, event).await
    }

    pub async fn date(&self, doctor: u128, at: DateTime<Utc>, opens: &str) -> Position {
        let event = DateSet {
            doctor: id(doctor),
            date: at.date_naive(),
            hours: vec![hours(opens)],
        };
        self.of_schedule(doctor, event).await
    }

    pub async fn leave(&self, doctor: u128, leave: u128, at: DateTime<Utc>) -> Position {
        let event = LeaveGranted {
            doctor: id(doctor),
            leave: id(leave),
            from: at.date_naive(),
            until: at.date_naive(),
        };
        self.of_schedule(doctor, event).await
    }

    async fn of_schedule(&self, doctor: u128, event: impl Into<ScheduleEvent>) -> Position {
        self.tell::<ScheduleEvent>(&stream("schedule", doctor), None, event)
            .await
    }

    pub async fn defined(&self, visit_type: u128, terms: VisitTypeTerms) -> Position {
        let event = Defined {
            visit_type: id(visit_type),
            hospital: id(10),
            terms,
        };
        self.of_visit_type(visit_type, event).await
    }

    pub async fn redefined(&self, visit_type: u128, terms: VisitTypeTerms) -> Position {
        let event = Changed {
            visit_type: id(visit_type),
            terms,
        };
        self.of_visit_type(visit_type, event).await
    }

    pub async fn retired(&self, visit_type: u128) -> Position {
        let event = Retired {
            visit_type: id(visit_type),
        };
        self.of_visit_type(visit_type, event).await
    }

    async fn of_visit_type(&self, kind: u128, event: impl Into<VisitTypeEvent>) -> Position {
        self.tell::<VisitTypeEvent>(&stream("visit-type", kind), None, event)
            .await
    }

    pub async fn occupied(&self, asset: u128, appointment: u128, from: DateTime<Utc>) -> Position {
        let event = Occupied {
            asset: id(asset),
            date: from.date_naive(),
            appointment: id(appointment),
            from,
            until: from + TimeDelta::minutes(30),
        };
        self.of_occupancy(asset, from, event).await
    }

    pub async fn vacated(&self, asset: u128, appointment: u128, from: DateTime<Utc>) -> Position {
        let event = Vacated {
            asset: id(asset),
            date: from.date_naive(),
            appointment: id(appointment),
        };
        self.of_occupancy(asset, from, event).await
    }

    async fn of_occupancy(
        &self,
        asset: u128,
        at: DateTime<Utc>,
        event: impl Into<OccupancyEvent>,
    ) -> Position {
        let stream = format!("{}:{}", stream("occupancy", asset), at.date_naive());
        self.tell::<OccupancyEvent>(&stream, None, event).await
    }

    /// The whole day of a patient who comes.
    pub async fn seen(&self, appointment: u128, patient: u128, doctor: u128, at: DateTime<Utc>) {
        let (appointment_id, date) = (id(appointment), at.date_naive());
        let waiting = Joined {
            doctor: id(doctor),
            date,
            appointment: appointment_id,
            token: 7,
            at,
        };
        self.of_queue(doctor, at, waiting).await;
        let arrived = CheckedIn {
            appointment: appointment_id,
            token: 7,
            at,
        };
        self.of_appointment(appointment, patient, arrived).await;
        let at = at + TimeDelta::minutes(20);
        let called = Called {
            doctor: id(doctor),
            date,
            appointment: appointment_id,
            token: 7,
            at,
        };
        self.of_queue(doctor, at, called).await;
        let started = Started {
            appointment: appointment_id,
            at,
        };
        self.of_appointment(appointment, patient, started).await;
        let at = at + TimeDelta::minutes(15);
        let completed = Completed {
            appointment: appointment_id,
            at,
        };
        self.of_appointment(appointment, patient, completed).await;
        let left = Left {
            doctor: id(doctor),
            date,
            appointment: appointment_id,
            token: 7,
            at,
        };
        self.of_queue(doctor, at, left).await;
    }

    pub async fn missed(&self, appointment: u128, patient: u128, at: DateTime<Utc>) -> Position {
        let event = NoShowRecorded {
            appointment: id(appointment),
            at,
            fee: None,
        };
        self.of_appointment(appointment, patient, event).await
    }

    async fn of_queue(
        &self,
        doctor: u128,
        at: DateTime<Utc>,
        event: impl Into<QueueEvent>,
    ) -> Position {
        let stream = format!("{}:{}", stream("queue", doctor), at.date_naive());
        self.tell::<QueueEvent>(&stream, None, event).await
    }

    pub async fn waits(&self, entry: u128, patient: u128, doctor: u128) -> Position {
        let today = Utc::now().date_naive();
        let event = waitlist::Joined {
            entry: id(entry),
            patient: id(patient),
            wish: Wish {
                hospital: id(10),
                time_zone: text("UTC"),
                department: None,
                doctor: Some(id(doctor)),
                visit_type: None,
                mode: VisitMode::InPerson,
                preferences: vec![Preference {
                    from: today,
                    until: today,
                    weekdays: Vec::new(),
                    opens: None,
                    closes: None,
                }],
            },
            at: Utc::now(),
        };
        self.of_entry(entry, patient, event).await
    }

    pub async fn offered(&self, entry: u128, patient: u128, until: DateTime<Utc>) -> Position {
        let event = waitlist::Offered {
            entry: id(entry),
            offer: Offer {
                appointment: id(900 + entry),
                doctor: id(30),
                starts_at: until,
                ends_at: until + TimeDelta::minutes(30),
                assets: Vec::new(),
                until,
            },
        };
        self.of_entry(entry, patient, event).await
    }

    pub async fn lapsed(&self, entry: u128, patient: u128) -> Position {
        let event = waitlist::Lapsed {
            entry: id(entry),
            appointment: id(900 + entry),
        };
        self.of_entry(entry, patient, event).await
    }

    pub async fn expired(&self, entry: u128, patient: u128) -> Position {
        let event = waitlist::Expired { entry: id(entry) };
        self.of_entry(entry, patient, event).await
    }

    async fn of_entry(
        &self,
        entry: u128,
        patient: u128,
        event: impl Into<WaitlistEvent>,
    ) -> Position {
        let stream = stream("waitlist", entry);
        self.tell::<WaitlistEvent>(&stream, Some(id(patient)), event)
            .await
    }

    /// A person opens a feed, or closes it.
    pub async fn feed(&self, feed: u128, person: u128, open: bool) -> Position {
        let stream = stream("access-token", feed);
        let event: AccessTokenEvent = if open {
            Issued {
                token: id(feed),
                person: Uuid::from_u128(person),
                roles: vec![Role::CalendarFeed],
                secret_hash: [7; 32].into(),
                expires_at: Utc::now() + TimeDelta::days(1),
            }
            .into()
        } else {
            Revoked {
                token: id(feed),
                reason: text("feed-closed"),
            }
            .into()
        };
        self.tell::<AccessTokenEvent>(&stream, None, event).await
    }

    pub async fn rated(&self, appointment: u128, patient: u128, stars: u64) -> Position {
        let event = Given {
            appointment: id(appointment),
            patient: id(patient),
            doctor: id(30),
            hospital: id(10),
            rating: stars.try_into().unwrap(),
            comment: Some(text("kind")),
        };
        let stream = stream("feedback", appointment);
        self.tell::<FeedbackEvent>(&stream, Some(id(patient)), event)
            .await
    }

    pub async fn chose_reminders(&self, patient: u128, lead: u64) -> Position {
        let event = RemindersChosen {
            patient: id(patient),
            leads: Some(vec![lead.try_into().unwrap()]),
        };
        let stream = stream("patient", patient);
        self.tell::<PatientEvent>(&stream, Some(id(patient)), event)
            .await
    }

    pub async fn reminders_set(
        &self,
        appointment: u128,
        doctor: u128,
        starts_at: DateTime<Utc>,
        (previous, reminders): (Option<Vec<ReminderLead>>, Option<Vec<ReminderLead>>),
    ) -> Position {
        let event = RemindersSet {
            appointment: id(appointment),
            doctor: id(doctor),
            starts_at,
            previous,
            reminders,
        };
        self.tell::<CalendarEvent>(&calendar(doctor, starts_at), None, event)
            .await
    }
}
