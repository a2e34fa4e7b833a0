//! Typed identifiers. All are UUIDv7, generated outside this crate because generating one
//! reads a clock.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
        )]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The identifier as a plain UUID, for adapters.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(value: Uuid) -> Self {
                Self(value)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

ids! {
    /// One hospital network: nothing is ever shared across tenants.
    TenantId,
    /// A person whose data is kept; owns the encryption keys of that data.
    SubjectId,
    /// A patient. A patient's subject id is the same UUID.
    PatientId,
    /// A doctor. A doctor's subject id is the same UUID.
    DoctorId,
    /// A hospital of a tenant.
    HospitalId,
    /// A department of a hospital.
    DepartmentId,
    /// One appointment, through all its reschedulings.
    AppointmentId,
    /// A consent, from the request to its end.
    ConsentId,
    /// A program of others that works with the platform.
    IntegratorId,
    /// A room or a device that visits need.
    AssetId,
    /// A kind of visit that a hospital offers.
    VisitTypeId,
    /// A doctor's stretch of leave.
    LeaveId,
    /// Visits that were booked together, one after the other.
    SeriesId,
    /// A patient's wish for a slot that is not free yet.
    WaitlistEntryId,
    /// A notice written to a person.
    NoticeId,
    /// An access token; the secret itself is never stored.
    AccessTokenId,
    /// A person's means to sign in. Their subject id is the same UUID, and so is their patient
    /// or doctor id.
    AccountId,
    /// Somebody who works for hospitals. Their account id is the same UUID, and so is their
    /// doctor id.
    StaffId,
    /// One sign-in, until it ends.
    SessionId,
    /// What a person is to answer with a second factor.
    ChallengeId,
    /// A passkey of a person.
    PasskeyId,
    /// One refused sign-in.
    SignInId,
    /// A code that was mailed to an address, to see who reads it.
    VerificationId,
    /// An access to a patient's record in an emergency.
    EmergencyAccessId,
    /// A code with which people apply to work at a hospital; the code itself is never stored.
    HospitalCodeId,
    /// One person's wish to work at a hospital.
    ApplicationId,
    /// One invitation to work at a hospital, or to run the platform.
    InvitationId,
    /// One recorded read of a person's data.
    AccessId,
    /// One erasure of a person's data, from the request to the certificate.
    ErasureId,
    /// One copy of a person's data that somebody takes away.
    ExportId,
    /// A stretch of a doctor's day that is open for booking.
    WindowId,
}

impl From<PatientId> for SubjectId {
    fn from(value: PatientId) -> Self {
        Self(value.0)
    }
}

impl From<DoctorId> for SubjectId {
    fn from(value: DoctorId) -> Self {
        Self(value.0)
    }
}

impl From<StaffId> for SubjectId {
    fn from(value: StaffId) -> Self {
        Self(value.0)
    }
}

impl From<AccountId> for SubjectId {
    fn from(value: AccountId) -> Self {
        Self(value.0)
    }
}

impl From<SubjectId> for PatientId {
    fn from(value: SubjectId) -> Self {
        Self(value.0)
    }
}
