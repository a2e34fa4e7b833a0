//! Patients: who they are and how to reach them.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use medilink_domain::patient::{PatientEvent, Profile};
use medilink_domain::values::{BirthDate, EmailAddress, Language, PersonName, Phone, ReminderLead};
use medilink_domain::{PatientId, SubjectId, TenantId};
use medilink_log::Position;
use sea_query::{Expr, ExprTrait, Order};

use crate::reads::{ReadError, Reads, of_tenant};
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::row;

row! {
    /// One patient.
    pub struct PatientRow in "patient" {
        key {
            /// The patient.
            patient: PatientId,
        }
        clear {
            /// Their tenant.
            tenant: TenantId,
            /// The version of their stream.
            version: u64,
            /// The event that last changed the row.
            position: Position,
            /// Who was last named to have the say for them, unless dismissed.
            guardian: Option<SubjectId>,
        }
        sealed Identity of patient {
            /// Their name.
            name: PersonName,
            /// Their phone.
            phone: Phone,
            /// Their e-mail address, if they have one.
            email: Option<EmailAddress>,
            /// The language they want to be written to in.
            language: Language,
            /// When they were born, if they say.
            date_of_birth: Option<BirthDate>,
            /// How long before visits they want to be reminded; as usual, if nothing was chosen.
            reminders: Option<Vec<ReminderLead>>,
            /// What else they said of themselves.
            profile: Option<Profile>,
            /// Until when they have it.
            guardian_until: Option<NaiveDate>,
        }
    }
}

/// The fold.
pub(crate) struct Patients;

impl ReadModel for Patients {
    const VERSION: u16 = 6;
    const INDEXES: &'static [&'static str] = &["(guardian)"];

    type Source = PatientEvent;
    type Row = PatientRow;

    fn keys(fact: &Fact<PatientEvent>) -> Result<Vec<(PatientId,)>, FoldError> {
        Ok(vec![(fact.id("patient")?,)])
    }

    fn fold(
        _: &(PatientId,),
        row: Option<PatientRow>,
        fact: &Fact<PatientEvent>,
    ) -> Result<Option<PatientRow>, FoldError> {
        let Folded::Clear(event) = &fact.body else {
            return Ok(None);
        };
        if let PatientEvent::Registered(registered) = event {
            return Ok(Some(PatientRow {
                patient: registered.patient,
                tenant: fact.tenant,
                version: fact.version,
                position: fact.position,
                name: registered.name.clone(),
                phone: registered.phone.clone(),
                email: registered.email.clone(),
                language: registered.language,
                date_of_birth: registered.date_of_birth,
                reminders: None,
                profile: None,
                guardian: None,
                guardian_until: None,
            }));
        }
        let row = PatientRow {
            version: fact.version,
            position: fact.position,
            ..row.ok_or(FoldError("patient-not-registered"))?
        };
        Ok(Some(match event {
            PatientEvent::Registered(_) => row,
            PatientEvent::RemindersChosen(chosen) => PatientRow {
                reminders: chosen.leads.clone(),
                ..row
            },
            PatientEvent::ProfileSet(set) => PatientRow {
                language: set.profile.language,
                profile: Some(set.profile.clone()),
                ..row
            },
            PatientEvent::EmailSet(set) => PatientRow {
                email: Some(set.email.clone()),
                ..row
            },
            PatientEvent::GuardianNamed(named) => PatientRow {
                guardian: Some(named.guardian),
                guardian_until: Some(named.until),
                ..row
            },
            PatientEvent::GuardianDismissed(_) => PatientRow {
                guardian: None,
                guardian_until: None,
                ..row
            },
        }))
    }
}

/// One patient.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn get(
    reads: &Reads,
    tenant: TenantId,
    patient: PatientId,
) -> Result<Option<PatientRow>, ReadError> {
    let mut select = of_tenant::<PatientRow>(tenant);
    select.and_where(Expr::col("patient").eq(patient.uuid()));
    reads.row(&select).await
}

/// The patients for whom somebody was last named to have the say, in the order in which they were
/// registered; also those who are of age by now.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn with_guardian(
    reads: &Reads,
    tenant: TenantId,
    guardian: SubjectId,
) -> Result<Vec<PatientRow>, ReadError> {
    let mut select = of_tenant::<PatientRow>(tenant);
    select
        .and_where(Expr::col("guardian").eq(guardian.uuid()))
        .order_by("patient", Order::Asc);
    reads.rows(&select).await
}

/// What these patients are called, as far as that is known.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn names(
    reads: &Reads,
    tenant: TenantId,
    patients: impl IntoIterator<Item = PatientId>,
) -> Result<HashMap<PatientId, PersonName>, ReadError> {
    let patients = patients.into_iter().map(PatientId::uuid);
    let rows: Vec<PatientRow> = reads
        .among(tenant, "patient", patients.collect::<BTreeSet<_>>())
        .await?;
    let named = rows.into_iter().map(|row| (row.patient, row.name));
    Ok(named.collect())
}
