//! What people are called who act for a hospital.

use std::collections::HashMap;

use medilink_domain::profile::ProfileEvent;
use medilink_domain::values::PersonName;
use medilink_domain::{SubjectId, TenantId};
use medilink_log::Position;
use uuid::Uuid;

use crate::reads::{ReadError, Reads};
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::row;

row! {
    /// One person.
    pub struct ProfileRow in "profile" {
        key {
            /// Who.
            person: SubjectId,
        }
        clear {
            /// Their tenant.
            tenant: TenantId,
            /// The event that last changed the row.
            position: Position,
        }
        sealed Identity of person {
            /// What they are called.
            name: PersonName,
        }
    }
}

/// The fold.
pub(crate) struct Profiles;

impl ReadModel for Profiles {
    const VERSION: u16 = 1;
    const INDEXES: &'static [&'static str] = &[];

    type Source = ProfileEvent;
    type Row = ProfileRow;

    fn keys(fact: &Fact<ProfileEvent>) -> Result<Vec<(SubjectId,)>, FoldError> {
        Ok(vec![(fact.id("profile")?,)])
    }

    fn fold(
        _: &(SubjectId,),
        _: Option<ProfileRow>,
        fact: &Fact<ProfileEvent>,
    ) -> Result<Option<ProfileRow>, FoldError> {
        let Folded::Clear(ProfileEvent::NameSet(set)) = &fact.body else {
            return Ok(None);
        };
        Ok(Some(ProfileRow {
            person: set.person,
            tenant: fact.tenant,
            position: fact.position,
            name: set.name.clone(),
        }))
    }
}

/// What these people are called, as far as that is known.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn names(
    reads: &Reads,
    tenant: TenantId,
    people: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<SubjectId, PersonName>, ReadError> {
    let rows: Vec<ProfileRow> = reads.among(tenant, "person", people).await?;
    Ok(rows.into_iter().map(|row| (row.person, row.name)).collect())
}
