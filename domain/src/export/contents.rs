//! What of the log goes into a copy of a person's data, by event type: where it is told, or why
//! it is not. A test holds this against the registry, so that nothing new is forgotten.

use crate::values::names;

names! {
    /// A part of the copy.
    pub enum Section or UnknownSection {
        /// Who they are and how they are reached, and who has the say for them.
        Profile = "profile",
        /// How they sign in, and have signed in.
        Account = "account",
        /// Visits.
        Visits = "visits",
        /// What they wait for.
        Waitlist = "waitlist",
        /// What they think of visits.
        Feedback = "feedback",
        /// What they were told.
        Notices = "notices",
        /// Whom they let see what.
        Consents = "consents",
        /// When their record was opened in an emergency, and what was found about it.
        Emergencies = "emergencies",
        /// What was asked for about the data itself: erasures and copies.
        Requests = "requests",
        /// What they are to the hospital besides a patient.
        Work = "work",
    }
}

/// What becomes of the events of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// They are in the copy.
    Told {
        /// In this part.
        section: Section,
        /// But for these fields: what opens doors stays with us.
        without: &'static [&'static str],
    },
    /// They are in the list of who read the data.
    Access,
    /// They are not in the copy, for this reason.
    LeftOut(&'static str),
}

const fn told(section: Section) -> Treatment {
    Treatment::Told {
        section,
        without: &[],
    }
}

const fn without(section: Section, fields: &'static [&'static str]) -> Treatment {
    Treatment::Told {
        section,
        without: fields,
    }
}

const HOSPITAL: Treatment = Treatment::LeftOut("about a hospital and nobody in particular");
const DOCTORS_DAY: Treatment = Treatment::LeftOut(
    "how a doctor's day is laid out: what concerns the person is told by the visit",
);
const PROGRAM: Treatment = Treatment::LeftOut(
    "about a program of others and nobody in particular: what it has read is told by the accesses",
);
const PLATFORM: Treatment = Treatment::LeftOut("about the platform and nobody in particular");
const STOPS: Treatment = Treatment::LeftOut(
    "a legal hold: whoever is looked into is told by the court or the officer, and by the erasure that it stops",
);

/// What becomes of events of this type; none if the type is not known here.
pub fn treatment(kind: &str) -> Option<Treatment> {
    Some(match kind {
        "access.denied" | "access.recorded" => Treatment::Access,
        "access-token.issued" => without(Section::Account, &["secret_hash"]),
        "access-token.revoked" => told(Section::Account),
        "account.password-set" => without(Section::Account, &["password_hash"]),
        "account.disabled"
        | "account.email-set"
        | "account.enabled"
        | "account.opened"
        | "account.sessions-ended"
        | "session.described"
        | "session.ended"
        | "session.proven"
        | "session.refreshed"
        | "session.started"
        | "sign-in.refused"
        | "verification.used" => told(Section::Account),
        "second-factor.all-removed"
        | "second-factor.code-used"
        | "second-factor.mail-chosen"
        | "second-factor.mail-removed"
        | "second-factor.mail-used"
        | "second-factor.passkey-removed"
        | "second-factor.passkey-used"
        | "second-factor.phone-given"
        | "second-factor.phone-proven"
        | "second-factor.sms-chosen"
        | "second-factor.sms-removed"
        | "second-factor.sms-used"
        | "second-factor.totp-confirmed"
        | "second-factor.totp-removed"
        | "second-factor.totp-used" => told(Section::Account),
        "second-factor.codes-issued" => without(Section::Account, &["codes"]),
        "second-factor.passkey-added" => without(Section::Account, &["record"]),
        "second-factor.totp-begun" => without(Section::Account, &["secret"]),
        "verification.sms-refused" | "verification.sms-sent" => told(Section::Account),
        "verification.requested" | "verification.sms-requested" => {
            without(Section::Account, &["code"])
        }
        "agenda.visit-added"
        | "agenda.visit-moved"
        | "agenda.visit-removed"
        | "appointment.booked"
        | "appointment.cancelled"
        | "appointment.checked-in"
        | "appointment.completed"
        | "appointment.no-show-recorded"
        | "appointment.rescheduled"
        | "appointment.started"
        | "series.booked" => told(Section::Visits),
        "agenda.wait-added"
        | "agenda.wait-removed"
        | "waitlist.accepted"
        | "waitlist.declined"
        | "waitlist.expired"
        | "waitlist.joined"
        | "waitlist.lapsed"
        | "waitlist.left"
        | "waitlist.offered" => told(Section::Waitlist),
        "consent.denied" | "consent.expired" | "consent.granted" | "consent.requested"
        | "consent.revoked" | "consent.used" => told(Section::Consents),
        "erasure.begun"
        | "erasure.certified"
        | "erasure.held"
        | "erasure.hold-lifted"
        | "erasure.requested"
        | "erasure.scheduled"
        | "erasure.shredded"
        | "erasure.withdrawn"
        | "export.cancelled"
        | "export.completed"
        | "export.deleted"
        | "export.expired"
        | "export.failed"
        | "export.progressed"
        | "export.requested"
        | "export.started" => told(Section::Requests),
        "export.link-given" => without(Section::Requests, &["secret_hash"]),
        "emergency-access.closed"
        | "emergency-access.explained"
        | "emergency-access.opened"
        | "emergency-access.remarked"
        | "emergency-access.reviewed" => told(Section::Emergencies),
        "feedback.given" => told(Section::Feedback),
        "notice.delivered" | "notice.undeliverable" | "notice.written" => told(Section::Notices),
        "patient.email-set"
        | "patient.guardian-dismissed"
        | "patient.guardian-named"
        | "patient.profile-set"
        | "patient.registered"
        | "patient.reminders-chosen"
        | "profile.name-set" => told(Section::Profile),
        // Whose record they opened is another person's to be told.
        "emergency-watch.begun" => without(Section::Work, &["subject"]),
        "invitation.issued" => without(Section::Work, &["code"]),
        "application.approved"
        | "application.certificate-verified"
        | "application.rejected"
        | "application.submitted"
        | "application.withdrawn"
        | "doctor.profile-set"
        | "doctor.registered"
        | "emergency-watch.ended"
        | "invitation.accepted"
        | "invitation.revoked"
        | "staff.permission-given"
        | "staff.permission-taken"
        | "staff.role-given"
        | "staff.role-taken" => told(Section::Work),
        "legal-hold.lifted" | "legal-hold.placed" => STOPS,
        "calendar.reminders-set"
        | "calendar.slot-released"
        | "calendar.slot-reserved"
        | "calendar.window-closed"
        | "calendar.window-opened"
        | "occupancy.occupied"
        | "occupancy.vacated"
        | "queue.called"
        | "queue.joined"
        | "queue.left"
        | "schedule.date-reset"
        | "schedule.date-set"
        | "schedule.leave-granted"
        | "schedule.leave-withdrawn"
        | "schedule.week-set" => DOCTORS_DAY,
        "hospital.asset-added"
        | "hospital.asset-retired"
        | "hospital.booking-policy-set"
        | "hospital.department-added"
        | "hospital.holiday-declared"
        | "hospital.holiday-withdrawn"
        | "hospital.opened"
        | "hospital-code.issued"
        | "hospital-code.revoked"
        | "hospital-code.used"
        | "visit-type.changed"
        | "visit-type.defined"
        | "visit-type.retired" => HOSPITAL,
        "integrator.disabled"
        | "integrator.enabled"
        | "integrator.keys-replaced"
        | "integrator.registered"
        | "integrator.scopes-changed" => PROGRAM,
        "dead-letter.retried" | "dead-letter.skipped" | "read-model.rebuild-requested" => PLATFORM,
        _ => return None,
    })
}

/// Whether events of this type show what took place at a visit, so that a consent to see
/// consultations covers them.
pub fn is_of_a_visit(kind: &str) -> bool {
    kind == "feedback.given" || kind.starts_with("appointment.")
}
