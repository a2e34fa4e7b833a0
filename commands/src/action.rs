//! Everything that can be asked of the platform, as the policies name it.

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// Something that an actor may or may not do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action { $($(#[$doc])* $variant),+ }

        impl Action {
            /// All of them, in alphabetical order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name that policies use.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

actions! {
    /// Add a department to a hospital.
    AddDepartment = "add-department",
    /// Book an appointment for a patient.
    BookAppointment = "book-appointment",
    /// Cancel an appointment.
    CancelAppointment = "cancel-appointment",
    /// Close a window of a doctor's calendar.
    CloseWindow = "close-window",
    /// Give a person an access token.
    IssueAccessToken = "issue-access-token",
    /// List a patient's appointments.
    ListAppointments = "list-appointments",
    /// See the tenant's hospitals, doctors and free slots.
    ListDirectory = "list-directory",
    /// Read a person's notices.
    ListNotices = "list-notices",
    /// Open a hospital.
    OpenHospital = "open-hospital",
    /// Open a window of a doctor's calendar.
    OpenWindow = "open-window",
    /// Read one appointment.
    ReadAppointment = "read-appointment",
    /// Read a doctor's day.
    ReadDay = "read-day",
    /// Follow one's own changes.
    ReadOwnChanges = "read-own-changes",
    /// Read who a patient is.
    ReadPatient = "read-patient",
    /// Record what became of a notice.
    RecordDelivery = "record-delivery",
    /// Register a doctor.
    RegisterDoctor = "register-doctor",
    /// Register a patient.
    RegisterPatient = "register-patient",
    /// Move an appointment.
    RescheduleAppointment = "reschedule-appointment",
    /// Retry or skip what could not be processed.
    ResolveDeadLetter = "resolve-dead-letter",
    /// Take an access token back.
    RevokeAccessToken = "revoke-access-token",
    /// Write a notice to a person.
    WriteNotice = "write-notice",
}
