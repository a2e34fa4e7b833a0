//! When the patient is reminded, as long as the slot is theirs.

use super::*;

fn leads(minutes: &[u64]) -> Option<Vec<ReminderLead>> {
    Some(minutes.iter().map(|minutes| number(*minutes)).collect())
}

fn with_reminders(reminders: Option<Vec<ReminderLead>>) -> CalendarEvent {
    SlotReserved {
        reminders,
        ..reservation(5, "04:00", "04:30")
    }
    .into()
}

fn set(appointment: u128, time: &str, reminders: Option<Vec<ReminderLead>>) -> CalendarCommand {
    CalendarCommand::SetReminders(SetReminders {
        appointment: id(appointment),
        starts_at: hour(time),
        reminders,
    })
}

fn were_set(
    previous: Option<Vec<ReminderLead>>,
    reminders: Option<Vec<ReminderLead>>,
) -> CalendarEvent {
    RemindersSet {
        appointment: id(5),
        doctor: id(2),
        starts_at: hour("04:00"),
        previous,
        reminders,
    }
    .into()
}

#[tokio::test]
async fn a_reservation_keeps_when_its_patient_is_reminded_until_it_is_released() {
    let claim = SlotClaim {
        reminders: leads(&[120, 30]),
        ..claim(hour("04:00"))
    };
    let event = with_reminders(leads(&[120, 30]));
    decides(vec![opened()], reserve_with(5, claim), vec![event.clone()]).await;
    let gone = |reminders| {
        SlotReleased {
            appointment: id(5),
            doctor: id(2),
            starts_at: hour("04:00"),
            reminders,
        }
        .into()
    };
    let known = vec![opened(), event];
    let events = vec![gone(leads(&[120, 30]))];
    decides(known.clone(), release(5, "04:00"), events).await;
    let known = [known, vec![were_set(leads(&[120, 30]), leads(&[60]))]].concat();
    decides(known, release(5, "04:00"), vec![gone(leads(&[60]))]).await;
}

#[tokio::test]
async fn reminders_change_for_a_slot_that_is_taken_and_only_if_they_differ() {
    for (before, now) in [
        (None, leads(&[60])),
        (leads(&[60]), leads(&[])),
        (leads(&[60]), None),
        (leads(&[]), None),
    ] {
        let known = || vec![opened(), with_reminders(before.clone())];
        let events = vec![were_set(before.clone(), now.clone())];
        decides(known(), set(5, "04:00", now.clone()), events).await;
        decides(known(), set(5, "04:00", before.clone()), vec![]).await;
    }
    for command in [set(5, "04:30", None), set(6, "04:00", None)] {
        let known = vec![opened(), with_reminders(None)];
        refuses(known, command, CalendarError::NotReserved).await;
    }
}
