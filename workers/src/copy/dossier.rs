//! What is known of a person, from the read models, opened.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use medilink_domain::account::{Account, AccountEvent};
use medilink_domain::consent::{Consent, ConsentEvent, Grantee};
use medilink_domain::export::ExportGround;
use medilink_domain::values::PersonName;
use medilink_domain::{
    AccountId, AppointmentId, ConsentId, Decider, HospitalId, PatientId, SubjectId,
};
use medilink_projections::appointment::{self, AppointmentRow};
use medilink_projections::consent::{self, ConsentRow};
use medilink_projections::doctor::{self, DoctorRow};
use medilink_projections::emergency_access::{self, EmergencyAccessRow};
use medilink_projections::erasure::{self, ErasureRow};
use medilink_projections::export::{self, ExportRow};
use medilink_projections::extent::Extent;
use medilink_projections::feedback::{self, FeedbackRow};
use medilink_projections::hospital::{self, HospitalRow};
use medilink_projections::names::Names;
use medilink_projections::notice::{self, NoticeRow};
use medilink_projections::patient::{self, PatientRow};
use medilink_projections::staff::{self, StaffRow};
use medilink_projections::waitlist::{self, WaitlistRow};
use medilink_projections::{MAX_PAGE, Page};
use uuid::Uuid;

use super::Wish;
use crate::job::{JobError, Tools};

/// What is copied must have seen the request, and so all that came before it.
const MODELS: [&str; 14] = [
    "access",
    "appointment",
    "consent",
    "doctor",
    "emergency_access",
    "erasure",
    "feedback",
    "hospital",
    "integrator",
    "notice",
    "patient",
    "profile",
    "staff",
    "waitlist",
];

/// How much of the record is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// All of it.
    Whole,
    /// The visits in a period, both ends included, and what was said of them: what a consent to
    /// keep consultations covers.
    Visits {
        consent: ConsentId,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    },
}

/// What is known of a person.
pub(super) struct Dossier {
    pub(super) scope: Scope,
    pub(super) profile: Option<PatientRow>,
    /// What whoever has the say for them is called.
    pub(super) guardian: Option<PersonName>,
    pub(super) account: Option<Account>,
    pub(super) staff: Option<StaffRow>,
    /// What they are as a doctor.
    pub(super) practice: Option<DoctorRow>,
    pub(super) visits: Vec<AppointmentRow>,
    pub(super) feedback: BTreeMap<AppointmentId, FeedbackRow>,
    pub(super) waits: Vec<WaitlistRow>,
    pub(super) notices: Vec<NoticeRow>,
    pub(super) consents: Vec<ConsentRow>,
    pub(super) emergencies: Vec<EmergencyAccessRow>,
    pub(super) erasures: Vec<ErasureRow>,
    pub(super) exports: Vec<ExportRow>,
    pub(super) doctors: BTreeMap<Uuid, DoctorRow>,
    pub(super) hospitals: BTreeMap<HospitalId, HospitalRow>,
    /// What people and programs are called that appear in it.
    pub(super) names: Names,
}

/// All pages of a list.
macro_rules! all {
    ($rows:expr, |$page:ident| $list:expr) => {{
        let mut after = None;
        loop {
            let $page = Page {
                after,
                limit: MAX_PAGE,
            };
            let listed = $list.await?;
            $rows.extend(listed.rows);
            match listed.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
    }};
}

impl Dossier {
    pub(super) async fn gather(tools: &Tools, wish: Wish<'_>) -> Result<Self, JobError> {
        for model in MODELS {
            tools.reached(model, wish.requested).await?;
        }
        let mut dossier = Self {
            scope: scope(tools, wish).await?,
            profile: None,
            guardian: None,
            account: None,
            staff: None,
            practice: None,
            visits: Vec::new(),
            feedback: BTreeMap::new(),
            waits: Vec::new(),
            notices: Vec::new(),
            consents: Vec::new(),
            emergencies: Vec::new(),
            erasures: Vec::new(),
            exports: Vec::new(),
            doctors: BTreeMap::new(),
            hospitals: BTreeMap::new(),
            names: Names::default(),
        };
        dossier.read_visits(tools, wish).await?;
        if dossier.scope == Scope::Whole {
            dossier.read_rest(tools, wish).await?;
        }
        dossier.read_names(tools, wish).await?;
        Ok(dossier)
    }

    async fn read_visits(&mut self, tools: &Tools, wish: Wish<'_>) -> Result<(), JobError> {
        let (reads, tenant) = (&tools.reads, wish.tenant);
        let patient = PatientId(wish.asked.person.uuid());
        let extent = match self.scope {
            Scope::Whole => Extent::Whole,
            Scope::Visits { from, to, .. } => Extent::Parts {
                hospitals: Vec::new(),
                periods: vec![(from, to)],
                periods_at: None,
            },
        };
        all!(self.visits, |page| appointment::for_patient(
            reads, tenant, patient, &extent, page
        ));
        for visit in self
            .visits
            .iter()
            .filter(|visit| visit.completed_at.is_some())
        {
            let given = feedback::get(reads, tenant, visit.appointment).await?;
            self.feedback
                .extend(given.map(|row| (row.appointment, row)));
        }
        Ok(())
    }

    async fn read_rest(&mut self, tools: &Tools, wish: Wish<'_>) -> Result<(), JobError> {
        let (reads, tenant, person) = (&tools.reads, wish.tenant, wish.asked.person);
        let patient = PatientId(person.uuid());
        self.profile = patient::get(reads, tenant, patient).await?;
        let guardian = self.profile.as_ref().and_then(|row| row.guardian);
        if let Some(guardian) = guardian.map(PatientId::from) {
            let known = patient::get(reads, tenant, guardian).await?;
            self.guardian = known.map(|row| row.name);
        }
        self.account = account(tools, wish).await?;
        self.staff = staff::among(reads, tenant, [person.uuid()]).await?.pop();
        self.practice = doctor::among(reads, tenant, [person.uuid()]).await?.pop();
        all!(self.waits, |page| waitlist::for_patient(
            reads,
            tenant,
            patient,
            &Extent::Whole,
            page
        ));
        all!(self.notices, |page| notice::for_recipient(
            reads, tenant, person, page
        ));
        let now = Utc::now();
        all!(self.consents, |page| consent::for_patient(
            reads, tenant, patient, None, now, page
        ));
        all!(self.emergencies, |page| emergency_access::of_patient(
            reads, tenant, patient, page
        ));
        all!(self.erasures, |page| erasure::list(
            reads,
            tenant,
            Some(person),
            page
        ));
        all!(self.exports, |page| export::of_person(
            reads, tenant, person, page
        ));
        Ok(())
    }

    async fn read_names(&mut self, tools: &Tools, wish: Wish<'_>) -> Result<(), JobError> {
        let mut people: BTreeSet<Uuid> = BTreeSet::new();
        let mut places: BTreeSet<HospitalId> = BTreeSet::new();
        for visit in &self.visits {
            people.insert(visit.doctor.uuid());
            places.insert(visit.hospital);
        }
        for emergency in &self.emergencies {
            people.insert(emergency.clinician.uuid());
            people.extend(emergency.reviewer.map(SubjectId::uuid));
            places.insert(emergency.hospital);
        }
        for consent in &self.consents {
            people.extend(consent.requester.map(SubjectId::uuid));
            match consent.grantee.0 {
                Grantee::Person { id } => people.extend([id.uuid()]),
                Grantee::Integrator { id } => people.extend([id.uuid()]),
                Grantee::Hospital { id: hospital } | Grantee::Department { hospital, .. } => {
                    places.insert(hospital);
                }
            }
        }
        let given = self.staff.iter().flat_map(|row| &row.roles.0);
        places.extend(given.filter_map(|given| given.hospital));
        places.extend(self.practice.iter().map(|row| row.hospital));
        places.extend(self.waits.iter().map(|wait| wait.hospital));
        self.know(tools, wish, people).await?;
        let known = hospital::among(&tools.reads, wish.tenant, places).await?;
        self.hospitals = known.into_iter().map(|row| (row.hospital, row)).collect();
        Ok(())
    }

    /// Learns what these are called, and who of them are doctors.
    pub(super) async fn know(
        &mut self,
        tools: &Tools,
        wish: Wish<'_>,
        people: BTreeSet<Uuid>,
    ) -> Result<(), JobError> {
        let (reads, tenant) = (&tools.reads, wish.tenant);
        let known = doctor::among(reads, tenant, people.iter().copied()).await?;
        let known = known.into_iter().map(|row| (row.doctor.uuid(), row));
        self.doctors.extend(known);
        self.names.extend(Names::of(reads, tenant, people).await?);
        Ok(())
    }

    /// What somebody is called who gives care.
    pub(super) fn person(&self, id: Uuid) -> Option<&str> {
        self.names.person(id).map(PersonName::as_str)
    }

    pub(super) fn hospital(&self, id: HospitalId) -> Option<&str> {
        self.hospitals
            .get(&id)
            .map(|hospital| hospital.name.as_str())
    }

    /// What somebody is called to whom something is granted.
    pub(super) fn grantee(&self, grantee: Grantee) -> Option<String> {
        match grantee {
            Grantee::Person { id } => self.person(id.uuid()).map(str::to_owned),
            Grantee::Integrator { id } => {
                let name = self.names.program(id.uuid());
                name.map(|name| name.as_str().to_owned())
            }
            Grantee::Hospital { id } => self.hospital(id).map(str::to_owned),
            Grantee::Department { id, hospital } => {
                let hospital = self.hospitals.get(&hospital)?;
                let department = hospital.departments.0.iter();
                let department = department
                    .into_iter()
                    .find(|known| known.department == id)?;
                let (name, place) = (department.name.as_str(), hospital.name.as_str());
                Some(format!("{name}, {place}"))
            }
        }
    }

    /// Whether an event of a visit is of one that is copied.
    pub(super) fn covers_stream(&self, stream: &str) -> bool {
        let id = ["appointment-", "feedback-"]
            .iter()
            .find_map(|category| stream.strip_prefix(category));
        let id = id.and_then(|id| id.parse::<AppointmentId>().ok());
        id.is_some_and(|id| self.visits.iter().any(|visit| visit.appointment == id))
    }
}

/// How much is copied, by the ground on which it was asked for.
async fn scope(tools: &Tools, wish: Wish<'_>) -> Result<Scope, JobError> {
    let ExportGround::Consent { consent } = wish.asked.ground else {
        return Ok(Scope::Whole);
    };
    let stream = Consent::stream(&consent);
    let history = tools.history::<ConsentEvent>(wish.tenant, &stream).await?;
    let mut state = Consent::default();
    for event in history.into_iter().flatten() {
        state.evolve(&event);
    }
    let matter = state
        .matter()
        .map_err(|_| JobError::permanent("no-consent"))?;
    if matter.subject != wish.asked.person {
        return Err(JobError::permanent("no-consent"));
    }
    Ok(Scope::Visits {
        consent,
        from: matter.terms.from,
        to: matter.terms.to,
    })
}

/// What the person signs in with, if there is such a thing.
async fn account(tools: &Tools, wish: Wish<'_>) -> Result<Option<Account>, JobError> {
    let stream = Account::stream(&AccountId(wish.asked.person.uuid()));
    let history = tools.history::<AccountEvent>(wish.tenant, &stream).await?;
    let known = history.into_iter().flatten().fold(None, |known, event| {
        let mut account = known.unwrap_or_else(Account::default);
        account.evolve(&event);
        Some(account)
    });
    Ok(known)
}

/// Whose data it is, as the read models name people.
pub(super) const fn subject(wish: &Wish<'_>) -> SubjectId {
    wish.asked.person
}
