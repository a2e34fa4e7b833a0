//! Whom hospitals have invited.

use chrono::{DateTime, Utc};
use medilink_domain::invitation::InvitationEvent;
use medilink_domain::values::{EmailAddress, Language, Role};
use medilink_domain::{DepartmentId, HospitalId, InvitationId, SubjectId, TenantId};
use medilink_log::Position;
use sea_query::{Expr, ExprTrait, Order};

use crate::reads::{Listed, Page, ReadError, Reads, of_tenant};
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::{cell, row};

row! {
    /// One invitation.
    pub struct InvitationRow in "invitation" {
        key {
            /// The invitation.
            invitation: InvitationId,
        }
        clear {
            /// Its tenant.
            tenant: TenantId,
            /// Who was invited.
            person: SubjectId,
            /// Where; nowhere in particular, for whoever runs the platform.
            hospital: Option<HospitalId>,
            /// Where in the hospital, if it is one department in particular.
            department: Option<DepartmentId>,
            /// As what.
            role: Role,
            /// When it was sent.
            issued_at: DateTime<Utc>,
            /// When it stops to work.
            expires_at: DateTime<Utc>,
            /// When it was taken up, if it was.
            accepted_at: Option<DateTime<Utc>>,
            /// When it was taken back, if it was.
            revoked_at: Option<DateTime<Utc>>,
            /// The version of its stream.
            version: u64,
            /// The event that last changed the row.
            position: Position,
        }
        sealed Identity of person {
            /// Where it was sent.
            email: EmailAddress,
            /// In which language.
            language: Language,
        }
    }
}

/// The fold.
pub(crate) struct Invitations;

impl ReadModel for Invitations {
    const VERSION: u16 = 1;
    const INDEXES: &'static [&'static str] = &["(hospital, invitation)"];

    type Source = InvitationEvent;
    type Row = InvitationRow;

    fn keys(fact: &Fact<InvitationEvent>) -> Result<Vec<(InvitationId,)>, FoldError> {
        Ok(vec![(fact.id("invitation")?,)])
    }

    fn fold(
        _: &(InvitationId,),
        row: Option<InvitationRow>,
        fact: &Fact<InvitationEvent>,
    ) -> Result<Option<InvitationRow>, FoldError> {
        // A row that is there no more was somebody's who was erased: it stays away.
        let later = row.map(|row| InvitationRow {
            version: fact.version,
            position: fact.position,
            ..row
        });
        let now = Some(fact.recorded_at);
        Ok(match &fact.body {
            Folded::Clear(InvitationEvent::Issued(issued)) => Some(InvitationRow {
                invitation: issued.invitation,
                tenant: fact.tenant,
                person: issued.person,
                hospital: issued.at.as_ref().map(|place| place.hospital),
                department: issued.at.as_ref().and_then(|place| place.department),
                role: issued.role,
                issued_at: fact.recorded_at,
                expires_at: issued.expires_at,
                accepted_at: None,
                revoked_at: None,
                version: fact.version,
                position: fact.position,
                email: issued.email.clone(),
                language: issued.language,
            }),
            Folded::Clear(InvitationEvent::Accepted(_)) => later.map(|row| InvitationRow {
                accepted_at: now,
                ..row
            }),
            Folded::Clear(InvitationEvent::Revoked(_)) => later.map(|row| InvitationRow {
                revoked_at: now,
                ..row
            }),
            Folded::Erased => None,
        })
    }
}

/// The invitations of a hospital, in the order in which they were sent.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn of_hospital(
    reads: &Reads,
    tenant: TenantId,
    hospital: HospitalId,
    page: Page<InvitationId>,
) -> Result<Listed<InvitationRow, InvitationId>, ReadError> {
    let mut select = of_tenant::<InvitationRow>(tenant);
    select.and_where(Expr::col("hospital").eq(hospital.uuid()));
    if let Some(after) = page.after {
        select.and_where(Expr::col("invitation").gt(after.uuid()));
    }
    select.order_by("invitation", Order::Asc);
    reads
        .page(select, page.bounded(), |cells| {
            cell::<InvitationRow, _>(cells, "invitation")
        })
        .await
}
