//! The whole log, and what must hold for it whatever happened.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use medilink_domain::calendar::CalendarEvent;
use medilink_domain::{AppointmentId, DoctorId, Event};
use medilink_log::{Position, RecordedEvent};

use crate::platform::Platform;

/// When each slot of a doctor that is taken starts, when it ends, and who has it.
type Day = BTreeMap<DateTime<Utc>, (DateTime<Utc>, AppointmentId)>;

/// Every event, in order.
#[derive(Debug)]
pub struct History {
    /// The events.
    pub events: Vec<RecordedEvent>,
}

impl History {
    /// Reads it.
    ///
    /// # Panics
    /// When the log can't be read.
    pub async fn read(platform: &Platform) -> Self {
        let head = platform.log().head().await.unwrap();
        let events: Vec<_> = platform
            .log()
            .all_after(Position::START)
            .try_collect()
            .await
            .unwrap();
        assert!(
            events.len() as u64 >= head.0,
            "the head is at {head}, but there are only {} events",
            events.len()
        );
        Self { events }
    }

    /// The events of one type.
    pub fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a RecordedEvent> {
        self.events.iter().filter(move |event| event.kind == kind)
    }

    /// The event at a position.
    pub fn at(&self, position: u64) -> Option<&RecordedEvent> {
        self.events
            .get(usize::try_from(position).ok()?.checked_sub(1)?)
    }

    /// The events of one stream.
    pub fn stream(&self, stream: &str) -> Vec<&RecordedEvent> {
        self.events
            .iter()
            .filter(|event| event.stream == stream)
            .collect()
    }

    /// Positions and versions have no gap, and each event is the one that was hashed.
    ///
    /// # Panics
    /// When that doesn't hold.
    pub fn assert_whole(&self) {
        let mut versions: HashMap<&str, u64> = HashMap::new();
        for (place, event) in self.events.iter().enumerate() {
            assert_eq!(
                event.position.0,
                place as u64 + 1,
                "a position is missing or twice"
            );
            let version = versions.entry(&event.stream).or_default();
            *version += 1;
            assert_eq!(event.version, *version, "{} has a gap", event.stream);
            assert!(
                event.leaf_is_sound(),
                "the event at {} is not the one that was hashed",
                event.position
            );
        }
    }

    /// No event is earlier than the one before it, whichever process recorded them. (A batch
    /// whose connection broke keeps its time and may come later; see `infra/log`.)
    ///
    /// # Panics
    /// When one is.
    pub fn assert_time_runs_on(&self) {
        for pair in self.events.windows(2) {
            let (before, after) = (&pair[0], &pair[1]);
            assert!(
                after.recorded_at >= before.recorded_at,
                "time runs back at {}",
                after.position
            );
        }
    }

    /// At no time had two appointments the same minute of a doctor. Returns the slots that
    /// are taken at the end.
    ///
    /// # Panics
    /// When they had.
    pub fn assert_no_overlap(&self) -> HashMap<AppointmentId, (DoctorId, DateTime<Utc>)> {
        let mut taken: HashMap<DoctorId, Day> = HashMap::new();
        let mut overbooked = HashMap::new();
        for event in self
            .events
            .iter()
            .filter(|event| event.stream.starts_with("calendar-"))
        {
            match CalendarEvent::decode(&event.kind, event.schema_version, &event.payload).unwrap()
            {
                // Someone gave a reason: it may overlap.
                CalendarEvent::SlotReserved(slot) if slot.overbooked => {
                    overbooked.insert(slot.appointment, (slot.doctor, slot.starts_at));
                }
                CalendarEvent::SlotReserved(slot) => {
                    let day = taken.entry(slot.doctor).or_default();
                    let before = day.range(..slot.ends_at).next_back();
                    assert!(
                        before.is_none_or(|(_, (ends_at, _))| *ends_at <= slot.starts_at),
                        "position {} gives a slot that is taken",
                        event.position
                    );
                    day.insert(slot.starts_at, (slot.ends_at, slot.appointment));
                }
                CalendarEvent::SlotReleased(slot) => {
                    if overbooked.remove(&slot.appointment).is_some() {
                        continue;
                    }
                    let day = taken.entry(slot.doctor).or_default();
                    let released = day.remove(&slot.starts_at);
                    assert_eq!(
                        released.map(|(_, appointment)| appointment),
                        Some(slot.appointment),
                        "at {}",
                        event.position
                    );
                }
                CalendarEvent::WindowOpened(_)
                | CalendarEvent::WindowClosed(_)
                | CalendarEvent::RemindersSet(_) => {}
            }
        }
        taken
            .into_iter()
            .flat_map(|(doctor, day)| {
                day.into_iter()
                    .map(move |(starts_at, (_, appointment))| (appointment, (doctor, starts_at)))
            })
            .chain(overbooked)
            .collect()
    }
}
