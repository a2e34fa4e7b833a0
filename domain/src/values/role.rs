//! What a person or a process is to the hospital; policies grant by it.

use super::names::names;

names! {
    /// A role. Its name is stored in tokens and in the log, and used in policies: stable for ever.
    pub enum Role or UnknownRole {
        /// Receives care, and owns the record of it.
        Patient = "patient",
        /// Gives care.
        Doctor = "doctor",
        /// Books and registers on behalf of patients: a hospital's front desk.
        Receptionist = "receptionist",
        /// Manages a hospital: departments, staff, opening times.
        Administrator = "administrator",
        /// Runs the platform: dead letters, rebuilds. Sees no record.
        Operator = "operator",
        /// Reviews who did and saw what.
        ComplianceOfficer = "compliance-officer",
        /// A background process of the platform itself.
        Worker = "worker",
        /// A calendar program that shows a person's appointments, and nothing else.
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
        /// Another system, in which somebody reads or writes.
        Integrator = "integrator",
        /// Registers hospitals, and who manages them.
        PlatformAdministrator = "platform-administrator",
    }
}
