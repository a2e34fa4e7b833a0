//! Whom notices are written to, and of whom they speak: read from the log, because read
//! models may lag behind what a notice is about.

use medilink_domain::account::{Account, AccountEvent};
use medilink_domain::doctor::{Doctor, DoctorEvent, Registered};
use medilink_domain::hospital::{Hospital, HospitalEvent};
use medilink_domain::notice::words::Words;
use medilink_domain::notice::{About, Channel, NoticeKind, Write};
use medilink_domain::patient::{Patient, PatientEvent};
use medilink_domain::values::{EmailAddress, Language, ShortText};
use medilink_domain::{
    AccountId, Decider, DepartmentId, DoctorId, HospitalId, NoticeId, PatientId, SubjectId,
    TenantId,
};

use crate::job::{JobError, Tools};

/// A patient who is told something.
pub(crate) struct Recipient {
    patient: PatientId,
    email: Option<EmailAddress>,
    /// In which language.
    pub(crate) language: Language,
}

impl Recipient {
    /// None when the patient was erased. Their e-mail address counts only if e-mail can be
    /// sent.
    pub(crate) async fn of(
        tools: &Tools,
        tenant: TenantId,
        patient: PatientId,
        by_email: bool,
    ) -> Result<Option<Self>, JobError> {
        let stream = Patient::stream(&patient);
        let history = tools.history::<PatientEvent>(tenant, &stream).await?;
        let mut known: Option<Self> = None;
        for event in history.into_iter().flatten() {
            match (event, &mut known) {
                (PatientEvent::Registered(registered), _) => {
                    known = Some(Self {
                        patient,
                        email: registered.email,
                        language: registered.language,
                    });
                }
                (PatientEvent::EmailSet(set), Some(known)) => known.email = Some(set.email),
                (PatientEvent::ProfileSet(set), Some(known)) => {
                    known.language = set.profile.language;
                }
                (_, _) => {}
            }
        }
        Ok(known.map(|known| Self {
            email: known.email.filter(|_| by_email),
            ..known
        }))
    }

    /// Who they are.
    pub(crate) fn person(&self) -> SubjectId {
        self.patient.into()
    }

    /// Somebody who is told something by what they sign in with, patient or not. None when they
    /// have no account, or were erased.
    pub(crate) async fn with_account(
        tools: &Tools,
        tenant: TenantId,
        account: AccountId,
        by_email: bool,
    ) -> Result<Option<Self>, JobError> {
        let stream = Account::stream(&account);
        let history = tools.history::<AccountEvent>(tenant, &stream).await?;
        let mut known = Account::default();
        for event in history.into_iter().flatten() {
            known.evolve(&event);
        }
        Ok(known.language.map(|language| Self {
            patient: PatientId(account.uuid()),
            email: known.email.filter(|_| by_email),
            language,
        }))
    }

    /// A notice to them.
    pub(crate) fn notice(
        self,
        notice: NoticeId,
        kind: NoticeKind,
        about: About,
        words: Words,
    ) -> Write {
        Write {
            notice,
            recipient: self.patient.into(),
            kind,
            about,
            language: self.language,
            channel: match self.email {
                Some(_) => Channel::Email,
                None => Channel::InApp,
            },
            address: self.email,
            title: words.title,
            text: words.text,
        }
    }
}

/// A doctor as they registered.
pub(crate) async fn doctor_of(
    tools: &Tools,
    tenant: TenantId,
    doctor: DoctorId,
) -> Result<Registered, JobError> {
    let stream = Doctor::stream(&doctor);
    let history = tools.history::<DoctorEvent>(tenant, &stream).await?;
    let registered = history.into_iter().flatten().find_map(|event| match event {
        DoctorEvent::Registered(known) => Some(known),
        DoctorEvent::ProfileSet(_) => None,
    });
    registered.ok_or_else(|| JobError::permanent("doctor-unknown"))
}

/// The name of a department.
pub(crate) async fn department_of(
    tools: &Tools,
    tenant: TenantId,
    hospital: HospitalId,
    department: DepartmentId,
) -> Result<ShortText, JobError> {
    let stream = Hospital::stream(&hospital);
    let mut hospital = Hospital::default();
    for event in tools
        .history::<HospitalEvent>(tenant, &stream)
        .await?
        .into_iter()
        .flatten()
    {
        hospital.evolve(&event);
    }
    let name = hospital.department(department).cloned();
    name.map_err(|_| JobError::permanent("department-unknown"))
}
