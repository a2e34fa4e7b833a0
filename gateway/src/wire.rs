//! Values of the domain as they travel: names from a list, and money.

use medilink_domain::application::ApplicationStatus;
use medilink_domain::appointment::Party;
use medilink_domain::series::Frequency;
use medilink_domain::values::{Gender, Language, Money, Role, VisitMode, Weekday};
use poem_openapi::{Enum, Object};

use crate::input::{field, number};
use crate::problem::Problem;

/// Declares the names of a value of the domain, for the document and for both ways.
macro_rules! codes {
    ($($(#[$meta:meta])* pub enum $name:ident for $value:ident {
        $($(#[$doc:meta])* $variant:ident = $text:tt),+ $(,)?
    })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
        pub enum $name {
            $($(#[$doc])* #[oai(rename = $text)] $variant,)+
        }

        impl From<$name> for $value {
            fn from(code: $name) -> Self {
                match code { $($name::$variant => Self::$variant,)+ }
            }
        }

        impl From<$value> for $name {
            fn from(value: $value) -> Self {
                match value { $($value::$variant => Self::$variant,)+ }
            }
        }
    )+};
}
pub(crate) use codes;

codes! {
    /// A language, by its ISO 639-1 code.
    pub enum LanguageCode for Language {
        /// English.
        English = "en",
        /// Hindi.
        Hindi = "hi",
        /// Punjabi in Gurmukhi script.
        Punjabi = "pa",
    }

    /// How a visit takes place.
    #[derive(Default)]
    pub enum VisitModeCode for VisitMode {
        /// At the hospital.
        #[default]
        InPerson = "in_person",
        /// By video.
        Video = "video",
        /// By phone.
        Phone = "phone",
    }

    /// A day of the week.
    #[allow(missing_docs, reason = "seven names that explain themselves")]
    pub enum WeekdayCode for Weekday {
        Monday = "monday",
        Tuesday = "tuesday",
        Wednesday = "wednesday",
        Thursday = "thursday",
        Friday = "friday",
        Saturday = "saturday",
        Sunday = "sunday",
    }

    /// One of the two who meet.
    #[derive(Default)]
    pub enum PartyCode for Party {
        /// The patient.
        #[default]
        Patient = "patient",
        /// The hospital.
        Hospital = "hospital",
    }

    /// Where an application stands.
    pub enum ApplicationStatusCode for ApplicationStatus {
        /// Waits for a manager.
        Open = "open",
        /// The applicant works there.
        Approved = "approved",
        /// The applicant was not taken on.
        Rejected = "rejected",
        /// The applicant took it back.
        Withdrawn = "withdrawn",
    }

    /// A person's gender for administration, as FHIR names it.
    #[allow(missing_docs, reason = "four names that explain themselves")]
    pub enum GenderCode for Gender {
        Male = "male",
        Female = "female",
        Other = "other",
        Unknown = "unknown",
    }

    /// How often a visit comes back.
    pub enum FrequencyCode for Frequency {
        /// Each day.
        Daily = "daily",
        /// Each week, on the same day of the week.
        Weekly = "weekly",
        /// Each month, on the same day of the month, or its last day.
        Monthly = "monthly",
    }

    /// What a person is to the hospital.
    pub enum RoleCode for Role {
        /// Receives care.
        Patient = "patient",
        /// Gives care.
        Doctor = "doctor",
        /// Books and registers on behalf of patients.
        Receptionist = "receptionist",
        /// Manages a hospital.
        Administrator = "administrator",
        /// Runs the platform.
        Operator = "operator",
        /// Reviews who did and saw what.
        ComplianceOfficer = "compliance-officer",
        /// A background process of the platform.
        Worker = "worker",
        /// A calendar program that shows a person's appointments.
        CalendarFeed = "calendar-feed",
        /// Decides for a patient who can't yet.
        Guardian = "guardian",
        /// Cares for the patients of a department.
        Nurse = "nurse",
        /// Answers for the doctors of a department.
        DepartmentHead = "department-head",
        /// Dispenses what is prescribed.
        Pharmacist = "pharmacist",
        /// Charges for care.
        Billing = "billing",
        /// Studies figures that name nobody.
        Analyst = "analyst",
        /// Another system.
        Integrator = "integrator",
        /// Registers hospitals, and who manages them.
        PlatformAdministrator = "platform-administrator",
    }
}

/// An amount of money.
#[derive(Object)]
pub struct MoneyIn {
    /// How much, in the currency's smallest unit (paise, cents).
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000000000")))]
    minor: u64,
    /// Of what, by its ISO 4217 code.
    #[oai(validator(pattern = "^[A-Z]{3}$"))]
    currency: String,
}

impl MoneyIn {
    /// The amount that stands at `pointer`.
    ///
    /// # Errors
    /// 422, naming the field.
    pub fn read(self, pointer: &str) -> Result<Money, Problem> {
        Ok(Money {
            minor: number(format!("{pointer}/minor"), self.minor)?,
            currency: field(format!("{pointer}/currency"), &self.currency)?,
        })
    }
}

/// An amount of money.
#[derive(Object)]
pub struct MoneyOut {
    /// How much, in the currency's smallest unit (paise, cents).
    minor: u64,
    /// Of what, by its ISO 4217 code.
    currency: String,
}

impl From<Money> for MoneyOut {
    fn from(money: Money) -> Self {
        Self {
            minor: money.minor.get(),
            currency: money.currency.code().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use poem_openapi::types::ToJSON;
    use serde_json::json;

    use super::*;

    #[test]
    fn every_code_is_the_name_that_the_domain_stores() {
        fn check<V: Copy + serde::Serialize, C: From<V> + ToJSON>(values: &[V]) {
            for value in values {
                assert_eq!(C::from(*value).to_json(), Some(json!(value)));
            }
        }
        check::<_, LanguageCode>(Language::ALL);
        check::<_, VisitModeCode>(VisitMode::ALL);
        check::<_, WeekdayCode>(Weekday::ALL);
        check::<_, PartyCode>(&[Party::Patient, Party::Hospital]);
        check::<_, FrequencyCode>(Frequency::ALL);
        check::<_, RoleCode>(Role::ALL);
        check::<_, GenderCode>(Gender::ALL);
        use ApplicationStatus::{Approved, Open, Rejected, Withdrawn};
        check::<_, ApplicationStatusCode>(&[Open, Approved, Rejected, Withdrawn]);
    }
}
