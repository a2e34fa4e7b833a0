//! How a patient and a doctor meet.

use super::names::names;

names! {
    /// How a visit takes place.
    #[derive(Default)]
    pub enum VisitMode or UnknownVisitMode {
        /// At the hospital.
        #[default]
        InPerson = "in_person",
        /// By video.
        Video = "video",
        /// By phone.
        Phone = "phone",
    }
}
