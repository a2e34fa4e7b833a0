//! Values that are parsed once, at the edge, and trusted inside.
//!
//! Each accepts the same text from a request and from the log, so a rule here may later be
//! widened but never narrowed: what was once accepted must decode for ever. Values that can
//! hold personal data show nothing of it in `Debug` and have no `Display`, because both end
//! in logs; reading one takes an explicit `as_str`.

mod birth_date;
mod buffer_minutes;
mod code;
mod consent;
mod contact;
mod emergency;
mod gender;
mod jwk_text;
mod language;
mod local_time;
mod money;
mod names;
mod numbers;
mod one_time_code;
mod passkey_record;
mod password_hash;
mod rating;
mod reminder_lead;
mod role;
mod rule_minutes;
mod secret_hash;
mod slot_minutes;
mod smart_scope;
mod text;
mod time_zone;
mod totp_code;
mod totp_secret;
mod tree_root;
mod visit_mode;
mod weekday;

pub use birth_date::BirthDate;
pub use buffer_minutes::BufferMinutes;
pub use code::{Code, StreamName};
pub use consent::{
    ConsentAccessMode, ConsentPurpose, FrequencyCount, FrequencyUnit, HealthInformationType,
};
pub use contact::{EmailAddress, Phone};
pub use emergency::EmergencyReason;
pub use gender::Gender;
pub use jwk_text::{KeyId, KeyNumber};
pub use language::Language;
pub use local_time::LocalTime;
pub use money::{Currency, MinorUnits, Money};
pub use one_time_code::{JoiningCode, OneTimeCode};
pub use passkey_record::PasskeyRecord;
pub use password_hash::PasswordHash;
pub use rating::Rating;
pub use reminder_lead::ReminderLead;
pub use role::Role;
pub use rule_minutes::RuleMinutes;
pub use secret_hash::SecretHash;
pub use slot_minutes::SlotMinutes;
pub use smart_scope::SmartScope;
pub use text::{FreeText, PersonName, RegistrationNumber, ShortText};
pub use time_zone::TimeZone;
pub use totp_code::TotpCode;
pub use totp_secret::TotpSecret;
pub use tree_root::TreeRoot;
pub use visit_mode::VisitMode;
pub use weekday::Weekday;

use thiserror::Error;

use crate::problem::{Problem, ProblemClass, ProblemDetail};

/// Why a text or number is not the value it should be. Never quotes what was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ValueError {
    /// Nothing but white space.
    #[error("must not be empty")]
    Empty,
    /// More characters than the field holds.
    #[error("must have at most {max} characters")]
    TooLong {
        /// The most characters allowed.
        max: usize,
    },
    /// NUL, another control character, or one that reverses the direction of writing.
    #[error("must not contain control characters")]
    ControlCharacter,
    /// Not a machine-readable name.
    #[error("must be a lower-case name of letters, digits and hyphens or underscores")]
    NotACode,
    /// Not the name of a stream of the log.
    #[error("must be the name of a stream")]
    NotAStreamName,
    /// Not an E.164 number.
    #[error("must be a phone number with country code, such as +919812345678")]
    NotAPhoneNumber,
    /// Not an address of the form name@domain.
    #[error("must be an e-mail address")]
    NotAnEmailAddress,
    /// Not a date on which a living person can have been born.
    #[error("must be a date of birth, as YYYY-MM-DD")]
    NotABirthDate,
    /// Not a language in which people are written to.
    #[error("must be one of en, hi, pa")]
    UnknownLanguage,
    /// Not a code of ISO 4217.
    #[error("must be the code of a currency, such as INR")]
    UnknownCurrency,
    /// Not a way in which patients and doctors meet.
    #[error("must be one of in_person, video, phone")]
    UnknownVisitMode,
    /// Not a way of coming back.
    #[error("must be one of daily, weekly, monthly")]
    UnknownFrequency,
    /// Not a kind of health information.
    #[error(
        "must be one of prescription, diagnostic-report, op-consultation, discharge-summary, immunization-record, health-document-record, wellness-record"
    )]
    UnknownHealthInformationType,
    /// Not what consent is asked for.
    #[error("must be one of CAREMGT, BTG, PUBHLTH, HPAYMT, DSRCH, PATRQT")]
    UnknownConsentPurpose,
    /// Not what may be done with information.
    #[error("must be one of view, store, query, stream")]
    UnknownConsentAccessMode,
    /// Not a state of a consent.
    #[error("must be one of requested, granted, denied, revoked, expired")]
    UnknownConsentStatus,
    /// Not a reason to open a record in an emergency.
    #[error(
        "must be one of danger-to-life, unable-to-consent, urgent-treatment, guardian-unreachable, other"
    )]
    UnknownEmergencyReason,
    /// Not a length of time.
    #[error("must be one of hour, day, week, month")]
    UnknownFrequencyUnit,
    /// Too few or too many.
    #[error("must be from 1 to 1000")]
    NotAFrequencyCount,
    /// Not a day of the week.
    #[error("must be a day of the week, such as monday")]
    UnknownWeekday,
    /// Not an amount of money that anything costs.
    #[error("must be a whole number of the currency's smallest unit, from 0 to 1000000000000")]
    NotAnAmount,
    /// Too short or too long before an appointment.
    #[error("must be from 5 to 43200 minutes")]
    NotAReminderLead,
    /// Not a number of stars.
    #[error("must be from 1 to 5")]
    NotARating,
    /// More minutes than a visit needs around it.
    #[error("must be from 0 to 120 minutes")]
    NotBufferMinutes,
    /// Longer than any rule about bookings.
    #[error("must be from 0 to 129600 minutes")]
    NotRuleMinutes,
    /// Not one of the platform's roles.
    #[error("must be the name of a role")]
    UnknownRole,
    /// Not a form in which data is taken away.
    #[error("must be one of json, fhir, pdf")]
    UnknownExportFormat,
    /// Not a part of a copy of data.
    #[error("must be the name of a part of an export")]
    UnknownSection,
    /// Not a zone of the IANA database.
    #[error("must be an IANA time zone, such as Asia/Kolkata")]
    UnknownTimeZone,
    /// Not a whole minute of the day.
    #[error("must be a time of day, as HH:MM")]
    NotALocalTime,
    /// Too short or too long for an appointment.
    #[error("must be from 5 to 240 minutes")]
    NotSlotMinutes,
    /// Not 32 bytes in hexadecimal.
    #[error("must be a SHA-256 hash in hexadecimal")]
    NotAHash,
    /// Not a PHC string.
    #[error("must be the hash of a password")]
    NotAPasswordHash,
    /// Not ten letters and digits.
    #[error("must be a code such as K7QM2-X9R4T")]
    NotAOneTimeCode,
    /// Not a code with which people apply at a hospital.
    #[error("must be a code of twelve letters and digits, such as K7QD-9M2X-4T6H")]
    NotAJoiningCode,
    /// Not one of the genders of FHIR.
    #[error("must be one of male, female, other, unknown")]
    UnknownGender,
    /// Not six digits.
    #[error("must be the six digits that the app shows")]
    NotATotpCode,
    /// Not 20 bytes in hexadecimal.
    #[error("must be the secret of an authenticator app in hexadecimal")]
    NotATotpSecret,
    /// Not what is kept of a passkey.
    #[error("must be a passkey")]
    NotAPasskey,
    /// Not a scope of SMART App Launch 2 that a program can have.
    #[error("must be a scope such as system/Appointment.rs")]
    NotASmartScope,
    /// Not a part of a JWK.
    #[error("must be the text of a JWK's member")]
    NotKeyText,
    /// Not `<id>:<date>`.
    #[error("must be an id, a colon and a date")]
    NotADayId,
}

impl Problem for ValueError {
    fn detail(&self) -> ProblemDetail {
        ProblemDetail::new(
            ProblemClass::Invalid,
            "invalid-value",
            "Send the field in the form that the API's schema describes.",
        )
    }
}

/// Makes a value travel as a JSON string that is parsed when it comes in.
macro_rules! string_value {
    ($name:ident, $schema:tt) => {
        impl TryFrom<String> for $name {
            type Error = $crate::values::ValueError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&$crate::values::AsText::as_text(self))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}
pub(crate) use names::names;
pub(crate) use string_value;

/// The text that a string value is stored as; kept inside the crate so that personal values
/// have no `Display`.
pub(crate) trait AsText {
    /// What can be displayed.
    type Text<'a>: std::fmt::Display
    where
        Self: 'a;

    /// The stored text.
    fn as_text(&self) -> Self::Text<'_>;
}

#[cfg(test)]
mod tests;
