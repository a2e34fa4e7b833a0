//! Tells those whom it concerns that a record was opened in an emergency: whose it is, who has the
//! say for them, and the compliance officers who look into it.
//!
//! Each notice's id follows from the emergency access and from who is told, so that however often
//! the event comes, each is written one.

use chrono::Utc;
use medilink_commands::emergency_access::reviewers;
use medilink_commands::notice::WriteEmergency;
use medilink_domain::doctor::{Doctor, DoctorEvent};
use medilink_domain::emergency_access::{EmergencyAccessEvent, Opened};
use medilink_domain::hospital::{Hospital, HospitalEvent};
use medilink_domain::notice::words::{Emergency, Words};
use medilink_domain::notice::{About, NoticeKind};
use medilink_domain::patient::{Patient, PatientEvent};
use medilink_domain::profile::{Profile, ProfileEvent};
use medilink_domain::values::{Language, PersonName};
use medilink_domain::{
    Decider, DoctorId, EmergencyAccessId, HospitalId, NoticeId, PatientId, SubjectId, TenantId,
    hospital,
};
use medilink_log::RecordedEvent;
use uuid::Uuid;

use super::recipient::Recipient;
use crate::job::{EventJob, JobError, NOT_FOUND, Tools};

/// The job.
pub(crate) struct EmergencyNotice {
    /// Whether e-mail can be sent.
    pub(crate) email: bool,
}

/// Refusals after which nothing is left to be said: it is written, or whose record it is was
/// erased.
const SAID_OR_VOID: &[&str] = &[NOT_FOUND, "notice-already-written"];

impl EventJob for EmergencyNotice {
    const NAME: &'static str = "emergency";
    const EVENTS: &'static [&'static str] = &["emergency-access.opened"];

    async fn handle(&self, tools: &Tools, event: &RecordedEvent) -> Result<(), JobError> {
        let decoded = tools.decode::<EmergencyAccessEvent>(event).await?;
        let Some(EmergencyAccessEvent::Opened(opened)) = decoded else {
            return Ok(());
        };
        let tenant = event.tenant;
        let place = place_of(tools, tenant, opened.hospital).await?;
        let name = name_of(tools, tenant, opened.clinician).await?;
        let emergency = Emergency {
            clinician: name.as_ref(),
            hospital: &place.name,
            reason: opened.reason,
            opened_at: event.recorded_at,
            until: opened.until,
            time_zone: place.time_zone,
        };
        let telling = Telling {
            tools,
            event,
            access: opened.access,
        };
        let concerned = self.concerned(tools, tenant, &opened).await?;
        for (recipient, part) in concerned {
            telling.tell(recipient, part, &emergency).await?;
        }
        Ok(())
    }
}

/// What somebody has to do with it.
#[derive(Clone, Copy)]
enum Part {
    Patient,
    Guardian,
    Reviewer,
}

impl Part {
    const fn kind(self) -> NoticeKind {
        match self {
            Self::Patient | Self::Guardian => NoticeKind::EmergencyAccessOpened,
            Self::Reviewer => NoticeKind::EmergencyAccessToReview,
        }
    }

    fn words(self, emergency: &Emergency<'_>, language: Language) -> Words {
        match self {
            Self::Patient => emergency.to_patient(language),
            Self::Guardian => emergency.to_guardian(language),
            Self::Reviewer => emergency.to_reviewer(language),
        }
    }
}

impl EmergencyNotice {
    /// Everyone who is told, each once for each part that they have in it. Whoever opened the
    /// record doesn't look into it.
    async fn concerned(
        &self,
        tools: &Tools,
        tenant: TenantId,
        opened: &Opened,
    ) -> Result<Vec<(Recipient, Part)>, JobError> {
        let patient = PatientId::from(opened.subject);
        let mut concerned = Vec::new();
        let mut known = Patient::default();
        let stream = Patient::stream(&patient);
        let history = tools.history::<PatientEvent>(tenant, &stream).await?;
        for event in history.into_iter().flatten() {
            known.evolve(&event);
        }
        let guardian = known.guardian(Utc::now()).map(PatientId::from);
        for (person, part) in [(Some(patient), Part::Patient), (guardian, Part::Guardian)] {
            let Some(person) = person else { continue };
            let found = Recipient::of(tools, tenant, person, self.email).await?;
            concerned.extend(found.map(|recipient| (recipient, part)));
        }
        let officers = reviewers(&tools.database, tenant, opened.hospital, Utc::now()).await?;
        for account in officers {
            if SubjectId::from(account) == opened.clinician {
                continue;
            }
            let found = Recipient::with_account(tools, tenant, account, self.email).await?;
            concerned.extend(found.map(|recipient| (recipient, Part::Reviewer)));
        }
        Ok(concerned)
    }
}

/// The writing of the notices.
struct Telling<'a> {
    tools: &'a Tools,
    event: &'a RecordedEvent,
    access: EmergencyAccessId,
}

impl Telling<'_> {
    async fn tell(
        &self,
        recipient: Recipient,
        part: Part,
        emergency: &Emergency<'_>,
    ) -> Result<(), JobError> {
        let Self {
            tools,
            event,
            access,
        } = *self;
        let words = part.words(emergency, recipient.language);
        let notice = notice_of(access, recipient.person(), part.kind());
        let about = About::Emergency(access);
        let write = WriteEmergency(recipient.notice(notice, part.kind(), about, words));
        let context = tools.because_of(EmergencyNotice::NAME, event.tenant, event.position);
        tools
            .carry_out(&context, &write, SAID_OR_VOID)
            .await
            .map(drop)
    }
}

fn notice_of(access: EmergencyAccessId, person: SubjectId, kind: NoticeKind) -> NoticeId {
    const NAMESPACE: Uuid = Uuid::from_u128(0x019a_ad51_3c0e_7b1f_8d42_6f0e_91c3_77aa);
    let told = format!("{access}:{person}:{}", kind.name());
    NoticeId(Uuid::new_v5(&NAMESPACE, told.as_bytes()))
}

/// The hospital as it was opened.
async fn place_of(
    tools: &Tools,
    tenant: TenantId,
    hospital: HospitalId,
) -> Result<hospital::Opened, JobError> {
    let stream = Hospital::stream(&hospital);
    let history = tools.history::<HospitalEvent>(tenant, &stream).await?;
    let mut events = history.into_iter().flatten();
    let opened = events.find_map(|event| match event {
        HospitalEvent::Opened(opened) => Some(opened),
        _ => None,
    });
    opened.ok_or_else(|| JobError::permanent("hospital-unknown"))
}

/// What somebody who gives care is called, if that is known: a doctor as patients know them,
/// others by their profile.
async fn name_of(
    tools: &Tools,
    tenant: TenantId,
    clinician: SubjectId,
) -> Result<Option<PersonName>, JobError> {
    let stream = Doctor::stream(&DoctorId(clinician.uuid()));
    let history = tools.history::<DoctorEvent>(tenant, &stream).await?;
    let registered = history.into_iter().flatten().find_map(|event| match event {
        DoctorEvent::Registered(registered) => Some(registered.name),
        DoctorEvent::ProfileSet(_) => None,
    });
    if registered.is_some() {
        return Ok(registered);
    }
    let stream = Profile::stream(&clinician);
    let history = tools.history::<ProfileEvent>(tenant, &stream).await?;
    let last = history.into_iter().flatten().last();
    Ok(last.map(|ProfileEvent::NameSet(set)| set.name))
}
