//! Everything that can be asked of the platform, as the policies name it.

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// Something that an actor may or may not do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action { $($(#[$doc])* $variant),+ }

        impl Action {
            /// All of them, in alphabetical order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The action of this name.
            pub fn of_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }

            /// The name that policies use.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

actions! {
    /// Take up an invitation.
    AcceptInvitation = "accept-invitation",
    /// Take a slot that the waitlist offers.
    AcceptOffer = "accept-offer",
    /// Add a room or device to a hospital.
    AddAsset = "add-asset",
    /// Add a department to a hospital.
    AddDepartment = "add-department",
    /// Add a second factor of one's own.
    AddSecondFactor = "add-second-factor",
    /// Apply to work at a hospital.
    Apply = "apply",
    /// Take an applicant on.
    ApproveApplication = "approve-application",
    /// Be denied a person's data, which is recorded.
    BeDenied = "be-denied",
    /// Book an appointment for a patient.
    BookAppointment = "book-appointment",
    /// Book visits that come back.
    BookSeries = "book-series",
    /// Cancel an appointment.
    CancelAppointment = "cancel-appointment",
    /// Give up a copy of a person's data that was asked for.
    CancelExport = "cancel-export",
    /// Call a visit off on the hospital's part, which costs the patient nothing.
    CancelForHospital = "cancel-for-hospital",
    /// Cancel what is left of a series.
    CancelSeries = "cancel-series",
    /// Erase what is to be erased, and certify it.
    CarryOutErasure = "carry-out-erasure",
    /// Have another e-mail address.
    ChangeEmail = "change-email",
    /// Choose another password.
    ChangePassword = "change-password",
    /// Change a kind of visit.
    ChangeVisitType = "change-visit-type",
    /// Check a patient in.
    CheckIn = "check-in",
    /// Choose the rooms and devices of a visit.
    ChooseAssets = "choose-assets",
    /// Choose when a patient is reminded.
    ChooseReminders = "choose-reminders",
    /// Close such a feed.
    CloseCalendarFeed = "close-calendar-feed",
    /// Close a record that one opened in an emergency.
    CloseEmergencyAccess = "close-emergency-access",
    /// Close a window of a doctor's calendar.
    CloseWindow = "close-window",
    /// Set a new password with a code that was mailed.
    CompleteRecovery = "complete-recovery",
    /// Open an account with a code that was mailed.
    CompleteRegistration = "complete-registration",
    /// End a visit.
    CompleteVisit = "complete-visit",
    /// Declare a holiday.
    DeclareHoliday = "declare-holiday",
    /// Pass a slot that the waitlist offers on.
    DeclineOffer = "decline-offer",
    /// Offer a kind of visit.
    DefineVisitType = "define-visit-type",
    /// Refuse what was asked for.
    DenyConsent = "deny-consent",
    /// Let nobody in with an account.
    DisableAccount = "disable-account",
    /// Let a program of others in no more.
    DisableIntegrator = "disable-integrator",
    /// Take the say for a minor from their guardian.
    DismissGuardian = "dismiss-guardian",
    /// Fetch a copy of a person's data.
    DownloadExport = "download-export",
    /// Let its person in again.
    EnableAccount = "enable-account",
    /// Let it in again.
    EnableIntegrator = "enable-integrator",
    /// End a session.
    EndSession = "end-session",
    /// Note that a consent's time is over.
    ExpireConsent = "expire-consent",
    /// Take a patient off the waitlist whose wish is over.
    ExpireWait = "expire-wait",
    /// Get a link to a copy of a person's data.
    GiveExportLink = "give-export-link",
    /// Say how a visit was.
    GiveFeedback = "give-feedback",
    /// Allow a member of staff one thing.
    GivePermission = "give-permission",
    /// Let a member of staff act in a role.
    GiveRole = "give-role",
    /// Let somebody see a part of a record.
    GrantConsent = "grant-consent",
    /// Grant a doctor leave.
    GrantLeave = "grant-leave",
    /// Invite somebody to a role.
    InviteStaff = "invite-staff",
    /// Give a person an access token.
    IssueAccessToken = "issue-access-token",
    /// Give out backup codes of one's own.
    IssueBackupCodes = "issue-backup-codes",
    /// Issue a code with which people apply.
    IssueHospitalCode = "issue-hospital-code",
    /// Put a patient on the waitlist.
    JoinWaitlist = "join-waitlist",
    /// Pass on an offer whose time is up.
    LapseOffer = "lapse-offer",
    /// Take a patient off the waitlist.
    LeaveWaitlist = "leave-waitlist",
    /// Lift a legal hold.
    LiftLegalHold = "lift-legal-hold",
    /// List who read a patient's data.
    ListAccesses = "list-accesses",
    /// Read who applies at a hospital.
    ListApplications = "list-applications",
    /// List a patient's appointments.
    ListAppointments = "list-appointments",
    /// List one's feeds.
    ListCalendarFeeds = "list-calendar-feeds",
    /// See who may, or wants to, see a record.
    ListConsents = "list-consents",
    /// List the minors for whom one has the say.
    ListDependants = "list-dependants",
    /// See the tenant's hospitals, doctors and free slots.
    ListDirectory = "list-directory",
    /// List which records were opened in emergencies.
    ListEmergencyAccesses = "list-emergency-accesses",
    /// List erasures of the tenant.
    ListErasures = "list-erasures",
    /// See which records one may see.
    ListGrantedConsents = "list-granted-consents",
    /// See a hospital's codes, which are not shown again.
    ListHospitalCodes = "list-hospital-codes",
    /// Read whom a hospital has invited.
    ListInvitations = "list-invitations",
    /// Read a person's notices.
    ListNotices = "list-notices",
    /// List which records one opened in emergencies.
    ListOwnEmergencyAccesses = "list-own-emergency-accesses",
    /// List one's second factors.
    ListSecondFactors = "list-second-factors",
    /// List one's sessions.
    ListSessions = "list-sessions",
    /// Read what a patient waits for.
    ListWaitlist = "list-waitlist",
    /// Make copies of people's data, and delete them.
    MakeExport = "make-export",
    /// Give somebody the say for a minor.
    NameGuardian = "name-guardian",
    /// Offer a freed slot to the next in line.
    OfferSlot = "offer-slot",
    /// Open a feed of one's appointments for calendar programs.
    OpenCalendarFeed = "open-calendar-feed",
    /// Open a patient's record in an emergency.
    OpenEmergencyAccess = "open-emergency-access",
    /// Open a hospital.
    OpenHospital = "open-hospital",
    /// Open a window of a doctor's calendar.
    OpenWindow = "open-window",
    /// Book beyond what is free and what is allowed.
    OverbookAppointment = "overbook-appointment",
    /// Keep a person's data from being erased.
    PlaceLegalHold = "place-legal-hold",
    /// Show again who one is.
    ProveSession = "prove-session",
    /// Read one's own application.
    ReadApplication = "read-application",
    /// Read one appointment.
    ReadAppointment = "read-appointment",
    /// Read a hospital's day.
    ReadBoard = "read-board",
    /// Read such a feed.
    ReadCalendarFeed = "read-calendar-feed",
    /// Read the newest signed checkpoint of the log.
    ReadCheckpoint = "read-checkpoint",
    /// See one consent.
    ReadConsent = "read-consent",
    /// Read a doctor's day.
    ReadDay = "read-day",
    /// See one of the tenant's hospitals, doctors or visit types.
    ReadDirectory = "read-directory",
    /// See how a record was opened in an emergency.
    ReadEmergencyAccess = "read-emergency-access",
    /// Follow an erasure, and read its certificate.
    ReadErasure = "read-erasure",
    /// Follow a copy of a person's data that was asked for.
    ReadExport = "read-export",
    /// Read what a patient thought of a visit.
    ReadFeedback = "read-feedback",
    /// Read a hospital's figures, which name no patient.
    ReadFigures = "read-figures",
    /// Follow one's own changes.
    ReadOwnChanges = "read-own-changes",
    /// Read who a patient is.
    ReadPatient = "read-patient",
    /// See how the platform is doing, and what it could not process.
    ReadPlatform = "read-platform",
    /// Read the policies.
    ReadPolicies = "read-policies",
    /// See who works at a hospital, and as what.
    ReadStaff = "read-staff",
    /// Have a read model built anew.
    RebuildReadModel = "rebuild-read-model",
    /// Record what became of a notice.
    RecordDelivery = "record-delivery",
    /// Record that a patient did not come.
    RecordNoShow = "record-no-show",
    /// Keep a session alive.
    RefreshSession = "refresh-session",
    /// Register one's child as a patient.
    RegisterDependant = "register-dependant",
    /// Register a doctor.
    RegisterDoctor = "register-doctor",
    /// Let a program of others in.
    RegisterIntegrator = "register-integrator",
    /// Register a patient.
    RegisterPatient = "register-patient",
    /// Open an account to apply with.
    RegisterProvider = "register-provider",
    /// Not take an applicant on.
    RejectApplication = "reject-application",
    /// Take all second factors of somebody away who has lost them.
    RemoveLostSecondFactors = "remove-lost-second-factors",
    /// Take a second factor of one's own away.
    RemoveSecondFactor = "remove-second-factor",
    /// Give it other keys.
    ReplaceIntegratorKeys = "replace-integrator-keys",
    /// Ask to see a part of a record.
    RequestConsent = "request-consent",
    /// Ask that a person's data be erased.
    RequestErasure = "request-erasure",
    /// Ask for a copy of a person's data.
    RequestExport = "request-export",
    /// Have a code mailed to an address.
    RequestVerification = "request-verification",
    /// Move an appointment.
    RescheduleAppointment = "reschedule-appointment",
    /// Move a visit on the hospital's part, which costs the patient nothing.
    RescheduleForHospital = "reschedule-for-hospital",
    /// Let a date follow a doctor's week again.
    ResetDate = "reset-date",
    /// Retry or skip what could not be processed.
    ResolveDeadLetter = "resolve-dead-letter",
    /// Take a room or device out of use.
    RetireAsset = "retire-asset",
    /// Offer a kind of visit no more.
    RetireVisitType = "retire-visit-type",
    /// Say whether it was justified to open a record in an emergency.
    ReviewEmergencyAccess = "review-emergency-access",
    /// Take an access token back.
    RevokeAccessToken = "revoke-access-token",
    /// Take a consent back.
    RevokeConsent = "revoke-consent",
    /// Let nobody apply with a code any more.
    RevokeHospitalCode = "revoke-hospital-code",
    /// Take an invitation back.
    RevokeInvitation = "revoke-invitation",
    /// Search who read whose data.
    SearchAccesses = "search-accesses",
    /// Search the consents of all patients.
    SearchConsents = "search-consents",
    /// Set a hospital's rules for bookings.
    SetBookingPolicy = "set-booking-policy",
    /// Set a doctor's hours of one date.
    SetDate = "set-date",
    /// Say who a doctor is.
    SetDoctorProfile = "set-doctor-profile",
    /// Give it other scopes.
    SetIntegratorScopes = "set-integrator-scopes",
    /// Say more of who a patient is.
    SetPatientProfile = "set-patient-profile",
    /// Set a doctor's weekly hours.
    SetWeek = "set-week",
    /// Sign in.
    StartSession = "start-session",
    /// Begin a visit.
    StartVisit = "start-visit",
    /// Allow a member of staff one thing no more.
    TakePermission = "take-permission",
    /// Let a member of staff act in a role no more.
    TakeRole = "take-role",
    /// Ask what the policies say of somebody.
    TestPolicies = "test-policies",
    /// Waive a fee.
    WaiveFee = "waive-fee",
    /// Take a patient who comes without a booking.
    WalkIn = "walk-in",
    /// Take an application back.
    WithdrawApplication = "withdraw-application",
    /// Give an erasure up.
    WithdrawErasure = "withdraw-erasure",
    /// Withdraw a holiday.
    WithdrawHoliday = "withdraw-holiday",
    /// Withdraw a doctor's leave.
    WithdrawLeave = "withdraw-leave",
    /// Write a notice to a person.
    WriteNotice = "write-notice",
}
