//! Why a record is opened in an emergency.

use super::names::names;

names! {
    /// Why somebody opens a patient's record who may not see it otherwise. What is to be said
    /// beyond that is said in words.
    pub enum EmergencyReason or UnknownEmergencyReason {
        /// The patient may die or be harmed for good.
        DangerToLife = "danger-to-life",
        /// The patient can't be asked, being unconscious or confused.
        UnableToConsent = "unable-to-consent",
        /// The treatment can't wait until somebody has been asked.
        UrgentTreatment = "urgent-treatment",
        /// Whoever has the say for the patient can't be reached.
        GuardianUnreachable = "guardian-unreachable",
        /// What the explanation says.
        Other = "other",
    }
}
