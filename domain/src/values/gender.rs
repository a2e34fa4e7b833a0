//! Genders, as FHIR names them.

use super::names::names;

names! {
    /// A person's gender for administration (FHIR AdministrativeGender).
    pub enum Gender or UnknownGender {
        /// `male`.
        Male = "male",
        /// `female`.
        Female = "female",
        /// `other`.
        Other = "other",
        /// Not told.
        Unknown = "unknown",
    }
}
