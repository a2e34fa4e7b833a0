//! Patients: who they are and how to reach them.

use medilink_domain::patient::{PatientEvent, Profile};
use medilink_domain::values::{BirthDate, EmailAddress, Language, PersonName, Phone, ReminderLead};
use medilink_domain::{PatientId, TenantId};
use medilink_log::Position;
use sea_query::{Expr, ExprTrait};

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
        }
    }
}

/// The fold.
pub(crate) struct Patients;

impl ReadModel for Patients {
    const VERSION: u16 = 4;
    const INDEXES: &'static [&'static str] = &[];

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
        let registered = match &fact.body {
            Folded::Clear(PatientEvent::Registered(registered)) => registered,
            Folded::Clear(later) => {
                let row = row.ok_or(FoldError("patient-not-registered"))?;
                return Ok(Some(changed(row, fact, later)));
            }
            Folded::Erased => return Ok(None),
        };
        Ok(Some(PatientRow {
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
        }))
    }
}

fn changed(row: PatientRow, fact: &Fact<PatientEvent>, event: &PatientEvent) -> PatientRow {
    let mut row = PatientRow {
        version: fact.version,
        position: fact.position,
        ..row
    };
    match event {
        // Only ever the first one.
        PatientEvent::Registered(_) => {}
        PatientEvent::RemindersChosen(chosen) => row.reminders.clone_from(&chosen.leads),
        PatientEvent::ProfileSet(set) => {
            row.language = set.profile.language;
            row.profile = Some(set.profile.clone());
        }
        PatientEvent::EmailSet(set) => row.email = Some(set.email.clone()),
    }
    row
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
