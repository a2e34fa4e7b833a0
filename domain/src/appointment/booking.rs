//! What is known of an appointment once it is booked.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AppointmentError, Booked, Rescheduled};
use crate::ids::{
    AppointmentId, AssetId, DepartmentId, DoctorId, HospitalId, PatientId, SeriesId, VisitTypeId,
};
use crate::values::{Code, FreeText, TimeZone, VisitMode};

/// What is known of a booked appointment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Booking {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Who comes.
    pub patient: PatientId,
    /// Who receives.
    pub doctor: DoctorId,
    /// Where.
    pub hospital: HospitalId,
    /// Where in the hospital.
    pub department: DepartmentId,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// The zone of the hospital's clock.
    pub time_zone: TimeZone,
    /// What else is agreed on.
    #[serde(default)]
    pub terms: Terms,
    /// Where it stands.
    pub status: AppointmentStatus,
}

/// Where an appointment stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AppointmentStatus {
    /// It is to come.
    Booked,
    /// The patient waits.
    CheckedIn,
    /// The patient is seen.
    InProgress,
    /// It is over.
    Completed,
    /// The patient did not come.
    NoShow,
    /// It was called off.
    Cancelled,
}

impl AppointmentStatus {
    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::CheckedIn => "checked_in",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::NoShow => "no_show",
            Self::Cancelled => "cancelled",
        }
    }

    /// Why what is asked for can't be done any more, in this state.
    pub(super) const fn refusal(self) -> AppointmentError {
        match self {
            Self::CheckedIn => AppointmentError::AlreadyCheckedIn,
            Self::Booked | Self::InProgress => AppointmentError::AppointmentStarted,
            Self::Completed => AppointmentError::AppointmentCompleted,
            Self::NoShow => AppointmentError::AppointmentMissed,
            Self::Cancelled => AppointmentError::AppointmentCancelled,
        }
    }
}

/// What is agreed on for a visit besides who, where and when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Terms {
    /// Its kind, if it is of one that the hospital has defined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visit_type: Option<VisitTypeId>,
    /// How it takes place.
    pub mode: VisitMode,
    /// What it costs, as the hospital's price list names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Code>,
    /// The rooms and devices it has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assets: Vec<AssetId>,
    /// Those of them that somebody chose; the others its type needs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub chosen: Vec<AssetId>,
    /// The series it is one of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<SeriesId>,
    /// Why it has a slot that was taken, if it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overbooking: Option<FreeText>,
    /// Whether the patient came without a booking.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub walk_in: bool,
}

impl Terms {
    /// The rooms and devices that somebody chose for the visit, which it keeps when it moves.
    pub fn chosen(&self) -> &[AssetId] {
        match self.visit_type {
            Some(_) => &self.chosen,
            // Nothing is needed by no type, also in the first events, which don't say it.
            None => &self.assets,
        }
    }
}

/// A doctor and where they receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// Who receives.
    pub doctor: DoctorId,
    /// Where.
    pub hospital: HospitalId,
    /// Where in the hospital.
    pub department: DepartmentId,
    /// The zone of the hospital's clock.
    pub time_zone: TimeZone,
}

/// One of the two who meet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The patient.
    #[default]
    Patient,
    /// The hospital.
    Hospital,
}

impl From<&Booked> for Booking {
    fn from(booked: &Booked) -> Self {
        Self {
            appointment: booked.appointment,
            patient: booked.patient,
            doctor: booked.doctor,
            hospital: booked.hospital,
            department: booked.department,
            starts_at: booked.starts_at,
            ends_at: booked.ends_at,
            time_zone: booked.time_zone,
            terms: booked.terms.clone(),
            status: AppointmentStatus::Booked,
        }
    }
}

impl Booking {
    /// Whether giving it up at the instant `now` leaves a gap in the doctor's day: not when the
    /// patient came without a booking, nor when they came and waited beyond its time.
    pub fn leaves_a_gap(&self, now: DateTime<Utc>) -> bool {
        let waited = self.status == AppointmentStatus::CheckedIn && now >= self.starts_at;
        !self.terms.walk_in && !waited
    }

    /// Takes a move into account.
    pub(super) fn follow(&mut self, moved: &Rescheduled) {
        self.starts_at = moved.starts_at;
        self.ends_at = moved.ends_at;
        self.terms.mode = moved.mode;
        self.terms.assets.clone_from(&moved.assets);
        self.terms.chosen.clone_from(&moved.chosen);
        if let Some(place) = moved.to {
            self.doctor = place.doctor;
            self.hospital = place.hospital;
            self.department = place.department;
            self.time_zone = place.time_zone;
        }
    }
}
