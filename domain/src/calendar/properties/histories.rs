//! Whatever can be asked of a calendar, in any order, while its doctor's schedule changes.

use super::*;
use crate::ids::VisitTypeId;
use crate::schedule::{Hours, Schedule, ScheduleCommand, SetWeek, WeeklyHours};
use crate::values::{VisitMode, Weekday};

/// Berlin's two days of clock changes and an ordinary one: commands must hold on each.
const DAYS: [&str; 3] = ["2026-08-04", "2026-10-25", "2027-03-28"];

pub(super) fn date(day: usize) -> NaiveDate {
    text(DAYS[day])
}

pub(super) fn midnight(day: usize) -> DateTime<Utc> {
    at(&format!("{}T00:00:00Z", DAYS[day]))
}

/// A clock that stands in the middle of the day, so that some slots are past.
pub(super) fn noon(day: usize) -> DateTime<Utc> {
    midnight(day) + TimeDelta::hours(8)
}

/// Instants from a day before to a day after, on quarters of an hour.
pub(super) fn instants(day: usize) -> impl Strategy<Value = DateTime<Utc>> + Clone {
    (-96_i64..192).prop_map(move |quarter| midnight(day) + TimeDelta::minutes(15 * quarter))
}

/// The time of day after so many steps of five minutes; after all of them it is midnight.
fn local_time(step: u32) -> LocalTime {
    text(&format!("{:02}:{:02}", step / 12 % 24, step % 12 * 5))
}

fn lengths() -> impl Strategy<Value = SlotMinutes> {
    prop::sample::select(vec![5_u64, 15, 20, 30, 60]).prop_map(number)
}

fn buffers() -> impl Strategy<Value = BufferMinutes> + Clone {
    prop::sample::select(vec![0_u64, 0, 5, 10, 30]).prop_map(number)
}

/// Visits of no kind, and of kinds with a length of their own and time around them.
pub(super) fn visits() -> impl Strategy<Value = Visit> {
    let kinds = prop::option::of((0_u128..2).prop_map(id::<VisitTypeId>));
    let modes = prop::sample::select(VisitMode::ALL);
    let minutes = prop::option::of(prop::sample::select(vec![10_u64, 25, 45, 90]));
    (kinds, modes, minutes, buffers(), buffers()).prop_map(
        |(visit_type, mode, minutes, buffer_before, buffer_after)| Visit {
            visit_type,
            mode,
            minutes: minutes.map(number),
            buffer_before,
            buffer_after,
        },
    )
}

/// Hours of any kind, whose times don't matter yet.
fn kinds_of_hours() -> impl Strategy<Value = Hours> {
    let modes = prop_oneof![
        3 => Just(vec![]),
        1 => Just(vec![VisitMode::InPerson, VisitMode::Video]),
    ];
    let visit_types = prop_oneof![3 => Just(vec![]), 1 => Just(vec![id(0)])];
    (lengths(), modes, visit_types).prop_map(|(slot_minutes, modes, visit_types)| Hours {
        opens: local_time(0),
        closes: local_time(0),
        slot_minutes,
        modes,
        visit_types,
    })
}

/// Up to three stretches of a day that don't overlap.
fn hours() -> impl Strategy<Value = Vec<Hours>> {
    let edges = prop::collection::btree_set(0_u32..=288, 0..=6);
    let kinds = prop::collection::vec(kinds_of_hours(), 3);
    (edges, kinds).prop_map(|(edges, kinds)| {
        let edges: Vec<_> = edges.into_iter().collect();
        let stretches = edges.chunks_exact(2).zip(kinds);
        let long_enough = stretches.filter(|(edges, kind)| {
            5 * (edges[1] - edges[0]) >= u32::from(kind.slot_minutes.get())
        });
        long_enough
            .map(|(edges, kind)| Hours {
                opens: local_time(edges[0]),
                closes: local_time(edges[1]),
                ..kind
            })
            .collect()
    })
}

/// What a doctor's schedule says of the day, sometimes with a limit, a holiday or leave.
pub(super) fn plans(day: usize) -> impl Strategy<Value = DayPlan> {
    let limits = prop_oneof![1 => Just(None), 1 => (0_u16..6).prop_map(Some)];
    let unusual = || prop::bool::weighted(0.1);
    (hours(), limits, unusual(), unusual()).prop_map(
        move |(hours, most_visits, holiday, on_leave)| {
            let weekday = Weekday::of(date(day));
            let hours = hours
                .into_iter()
                .map(|hours| WeeklyHours { weekday, hours });
            let set_week = ScheduleCommand::SetWeek(SetWeek {
                doctor: id(100),
                hospital: id(101),
                time_zone: text("Europe/Berlin"),
                from: date(day),
                hours: hours.collect(),
                most_visits,
            });
            let leave = ScheduleCommand::GrantLeave(crate::schedule::GrantLeave {
                leave: id(1),
                from: date(day),
                until: date(day),
            });
            let mut schedule = Schedule::default();
            for command in [Some(set_week), on_leave.then_some(leave)]
                .into_iter()
                .flatten()
            {
                for event in schedule.decide(command, midnight(day)).unwrap() {
                    schedule.evolve(&event);
                }
            }
            schedule.day(date(day), holiday)
        },
    )
}

/// What visits of other days take, as if they could reach anywhere.
pub(super) fn neighbours(day: usize) -> impl Strategy<Value = Vec<Stretch>> {
    let stretch = (instants(day), 1_i64..9);
    let stretch = stretch.prop_map(|(from, quarters)| {
        let length = TimeDelta::minutes(15 * quarters);
        (from, from + length)
    });
    prop::collection::vec(stretch, 0..3)
}

fn claims(day: usize) -> impl Strategy<Value = SlotClaim> {
    let overbook = prop::bool::weighted(0.2);
    (instants(day), visits(), neighbours(day), overbook).prop_map(
        |(starts_at, visit, neighbours, overbook)| SlotClaim {
            starts_at,
            visit,
            plan: DayPlan::default(),
            neighbours,
            overbook,
            reminders: None,
        },
    )
}

fn commands(day: usize) -> impl Strategy<Value = CalendarCommand> {
    let times = || (0_u32..288).prop_map(local_time);
    let window = 0_u128..5;
    let appointment = 0_u128..8;
    prop_oneof![
        1 => (window.clone(), times(), times(), lengths()).prop_map(
            move |(window, opens, closes, slot_minutes)| CalendarCommand::OpenWindow(OpenWindow {
                window: id(window),
                doctor: id(100),
                hospital: id(101),
                date: date(day),
                opens,
                closes,
                time_zone: text("Europe/Berlin"),
                slot_minutes,
            })
        ),
        1 => window.prop_map(|window| CalendarCommand::CloseWindow(CloseWindow { window: id(window) })),
        4 => (appointment.clone(), claims(day)).prop_map(move |(appointment, claim)| {
            CalendarCommand::Reserve(Reserve {
                appointment: id(appointment),
                doctor: id(100),
                date: date(day),
                claim,
            })
        }),
        2 => (appointment, instants(day)).prop_map(|(appointment, starts_at)| {
            CalendarCommand::Release(Release { appointment: id(appointment), starts_at })
        }),
    ]
}

/// A day, what its doctor's schedule says of it at different times, and what is asked.
#[derive(Clone, Debug)]
pub(super) struct History {
    pub(super) day: usize,
    pub(super) plans: Vec<DayPlan>,
    asked: Vec<(CalendarCommand, usize)>,
}

pub(super) fn histories() -> impl Strategy<Value = History> {
    (0..DAYS.len()).prop_flat_map(|day| {
        let plans = prop::collection::vec(plans(day), 1..3);
        let asked = prop::collection::vec((commands(day), any::<usize>()), 1..80);
        (Just(day), plans, asked).prop_map(|(day, plans, asked)| History { day, plans, asked })
    })
}

impl History {
    /// Plays it; shows each step that was not refused: what was, what was asked, what happened.
    pub(super) fn play(
        self,
        mut step: impl FnMut(&Calendar, &CalendarCommand, &[CalendarEvent]) -> TestCaseResult,
    ) -> Result<Calendar, TestCaseError> {
        let mut calendar = Calendar::default();
        for (command, luck) in self.asked {
            let plan = &self.plans[luck % self.plans.len()];
            let command = aim(&calendar, command, plan, luck / 2);
            let decided = calendar.decide(command.clone(), noon(self.day));
            let events = decided.unwrap_or_default();
            step(&calendar, &command, &events)?;
            events.iter().for_each(|event| calendar.evolve(event));
        }
        Ok(calendar)
    }
}

/// Points each command at something that exists, where it can: random instants would nearly
/// always be refused, and a rule that always refuses keeps every promise.
fn aim(
    calendar: &Calendar,
    command: CalendarCommand,
    plan: &DayPlan,
    luck: usize,
) -> CalendarCommand {
    let claim = |claim: SlotClaim| {
        let openings = openings(plan, &calendar.windows);
        let slots = openings
            .iter()
            .flat_map(|opening| opening.slots(&claim.visit));
        let slots: Vec<_> = slots.collect();
        let slot = slots.get(luck % (slots.len() + 1));
        SlotClaim {
            starts_at: slot.map_or(claim.starts_at, |slot| slot.starts_at),
            plan: plan.clone(),
            ..claim
        }
    };
    let taken = calendar
        .reservations
        .get(luck % (calendar.reservations.len() + 1));
    match (command, taken) {
        (CalendarCommand::Reserve(reserve), _) => CalendarCommand::Reserve(Reserve {
            claim: claim(reserve.claim),
            ..reserve
        }),
        (CalendarCommand::Release(_), Some(taken)) => CalendarCommand::Release(Release {
            appointment: taken.appointment,
            starts_at: taken.starts_at,
        }),
        (command, _) => command,
    }
}

/// Any events at all, also such as no rule allows.
pub(super) fn events() -> impl Strategy<Value = CalendarEvent> {
    let window =
        (0_u128..4, instants(0), instants(0)).prop_map(|(window, opens, closes)| WindowOpened {
            window: id(window),
            doctor: id(100),
            hospital: id(101),
            date: date(0),
            opens,
            closes,
            time_zone: text("Europe/Berlin"),
            slot_minutes: number(15),
        });
    let reservation = (0_u128..8, instants(0), instants(0), buffers(), buffers()).prop_map(
        |(appointment, starts_at, ends_at, buffer_before, buffer_after)| SlotReserved {
            appointment: id(appointment),
            doctor: id(100),
            date: Some(date(0)),
            starts_at,
            ends_at,
            buffer_before,
            buffer_after,
            overbooked: false,
            reminders: None,
        },
    );
    prop_oneof![
        window.prop_map(CalendarEvent::from),
        (0_u128..4).prop_map(|window| WindowClosed { window: id(window) }.into()),
        reservation.clone().prop_map(CalendarEvent::from),
        reservation.prop_map(|taken| {
            let SlotReserved {
                appointment,
                doctor,
                starts_at,
                reminders,
                ..
            } = taken;
            SlotReleased {
                appointment,
                doctor,
                starts_at,
                reminders,
            }
            .into()
        }),
    ]
}
