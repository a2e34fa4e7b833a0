//! Hospital codes: with one of them people apply to work at a hospital.

use chrono::{DateTime, Utc};
use medilink_commands::hospital_code::{HospitalCodeAnswer, Issue, Revoke, Rotate, new_code};
use medilink_commands::{Action, Committed, Resource};
use medilink_domain::values::JoiningCode;
use medilink_domain::{HospitalCodeId, HospitalId};
use medilink_projections::hospital_code::{self, HospitalCodeRow};
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{ChangedOut, Created, Found};
use crate::api::Tag;
use crate::backend::{Backend, unreadable};
use crate::call::{Command, Read};
use crate::input::page;
use crate::json::Json;
use crate::problem::Problem;
use crate::problem_kinds as kinds;
use crate::wire::RoleCode;

/// A code to issue.
#[derive(Object)]
pub struct HospitalCodeIn {
    /// What people apply to be: doctor, nurse, receptionist, pharmacist or billing.
    role: RoleCode,
    /// How many may apply with it.
    #[oai(validator(minimum(value = "1"), maximum(value = "1000")))]
    most_uses: u16,
    /// Until when, at most 90 days ahead.
    expires_at: DateTime<Utc>,
}

/// Another code in a code's place.
#[derive(Object)]
pub struct RotationIn {
    /// Until when the new one works, at most 90 days ahead.
    expires_at: DateTime<Utc>,
}

/// The code that was issued.
#[derive(Object)]
pub struct HospitalCodeIssuedOut {
    /// The code's id.
    id: Uuid,
    /// What people type, such as `K7QD-9M2X-4T6H`. It is shown this once and kept nowhere.
    code: String,
    /// The version.
    version: u64,
    /// For `Medilink-Min-Position`.
    position: u64,
}

/// A code, without what people type.
#[derive(Object)]
pub struct HospitalCodeOut {
    /// The code's id.
    id: Uuid,
    /// What people apply to be.
    role: RoleCode,
    /// How many may apply with it.
    most_uses: u64,
    /// How many have.
    uses: u64,
    /// When it was issued.
    issued_at: DateTime<Utc>,
    /// When it stops to work.
    expires_at: DateTime<Utc>,
    /// When it was revoked, if it was.
    #[oai(skip_serializing_if_is_none)]
    revoked_at: Option<DateTime<Utc>>,
    /// For `If-Match`.
    version: u64,
}

/// Some codes.
#[derive(Object)]
pub struct HospitalCodesOut {
    /// In the order in which they were issued.
    items: Vec<HospitalCodeOut>,
    /// The `after` of the next page; absent on the last.
    #[oai(skip_serializing_if_is_none)]
    next: Option<String>,
}

impl From<HospitalCodeRow> for HospitalCodeOut {
    fn from(row: HospitalCodeRow) -> Self {
        Self {
            id: row.code.uuid(),
            role: row.role.into(),
            most_uses: row.most_uses,
            uses: row.uses,
            issued_at: row.issued_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            version: row.version,
        }
    }
}

/// The routes.
pub struct HospitalCodes(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Staff")]
impl HospitalCodes {
    /// Issue a code with which people apply
    ///
    /// Give it to those who are to work here. The answer is the only place where it is shown.
    #[oai(
        path = "/hospitals/:id/codes",
        method = "post",
        operation_id = "issueHospitalCode"
    )]
    async fn issue(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<HospitalCodeIn>,
    ) -> Result<Created<HospitalCodeIssuedOut>, Problem> {
        let typed = new_code();
        let issue = Issue {
            hospital: HospitalId(id.0),
            role: body.value.role.into(),
            most_uses: body.value.most_uses,
            expires_at: body.value.expires_at,
            typed: typed.clone(),
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.0.execute(&context, &issue).await?;
        issued(&done, &typed)
    }

    /// List a hospital's codes
    #[oai(
        path = "/hospitals/:id/codes",
        method = "get",
        operation_id = "listHospitalCodes"
    )]
    async fn list(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<HospitalCodesOut>, Problem> {
        let (tenant, hospital) = (caller.actor.tenant, HospitalId(id.0));
        let there = Resource::of_tenant("hospital", tenant).at(hospital);
        self.0
            .authorize(&caller, Action::ListHospitalCodes, &there)?;
        let page = page::<HospitalCodeId>(after.0, limit.0)?;
        let view = self.0.view(&["hospital_code"], &read).await?;
        let listed = hospital_code::of_hospital(self.0.reads(), tenant, hospital, page)
            .await
            .map_err(unreadable)?;
        Ok(view.answer(HospitalCodesOut {
            items: listed.rows.into_iter().map(Into::into).collect(),
            next: listed.next.map(|next| next.to_string()),
        }))
    }

    /// Put another code in a code's place
    ///
    /// For the same role and as many people. The old one stops to work in the same moment.
    #[oai(
        path = "/hospitals/:id/codes/:code/rotate",
        method = "post",
        operation_id = "rotateHospitalCode"
    )]
    async fn rotate(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        code: Path<Uuid>,
        body: Json<RotationIn>,
    ) -> Result<Created<HospitalCodeIssuedOut>, Problem> {
        let typed = new_code();
        let rotate = Rotate {
            hospital: HospitalId(id.0),
            code: HospitalCodeId(code.0),
            expires_at: body.value.expires_at,
            typed: typed.clone(),
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.0.execute(&context, &rotate).await?;
        issued(&done, &typed)
    }

    /// Revoke a code
    ///
    /// Nobody can apply with it any more, at once. Applications that were made stay.
    #[oai(
        path = "/hospitals/:id/codes/:code",
        method = "delete",
        operation_id = "revokeHospitalCode"
    )]
    async fn revoke(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        code: Path<Uuid>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let revoke = Revoke {
            hospital: HospitalId(id.0),
            code: HospitalCodeId(code.0),
        };
        let done = self.0.execute(&call.context(&caller), &revoke).await?;
        Ok(ChangedOut::of(code.0, &done))
    }
}

fn issued(
    done: &Committed<HospitalCodeAnswer>,
    typed: &JoiningCode,
) -> Result<Created<HospitalCodeIssuedOut>, Problem> {
    let answer = &done.answer;
    if done.replayed {
        let shown = Problem::new(&kinds::SHOWN_ONCE);
        return Err(shown.detail(format!("It is the code {}.", answer.code)));
    }
    let body = HospitalCodeIssuedOut {
        id: answer.code.uuid(),
        code: typed.shown(),
        version: answer.version,
        position: done.position.0,
    };
    Ok(Created::done(body, done).tag(answer.version))
}
