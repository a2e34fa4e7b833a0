//! The codes with which people apply to work at a hospital: issued, rotated, revoked, used.

use chrono::{DateTime, Utc};
use medilink_domain::hospital::Hospital;
use medilink_domain::hospital_code::{
    self, HospitalCode, HospitalCodeCommand, HospitalCodeError, Use,
};
use medilink_domain::values::{Code, JoiningCode, Role, SecretHash};
use medilink_domain::{ApplicationId, Decider, HospitalCodeId, HospitalId};
use rand::RngCore;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::action::Action;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::work::{Instance, Work};

const KIND: &str = "hospital code";

/// The kind of name that a code is: whoever types it is led to the one that it is of.
pub const TYPED: &str = "hospital-code";

/// A new code, of 60 random bits. It is shown once and kept nowhere.
pub fn new_code() -> JoiningCode {
    let mut random = [0; JoiningCode::LENGTH];
    rand::rng().fill_bytes(&mut random);
    JoiningCode::from_random(random)
}

/// The code that was issued or revoked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HospitalCodeAnswer {
    /// The code's id; never the code.
    pub code: HospitalCodeId,
    /// Its version.
    pub version: u64,
}

/// Lets people apply.
#[derive(Clone, Debug)]
pub struct Issue {
    /// Where.
    pub hospital: HospitalId,
    /// To be what.
    pub role: Role,
    /// How many of them.
    pub most_uses: u16,
    /// Until when.
    pub expires_at: DateTime<Utc>,
    /// What they type.
    pub typed: JoiningCode,
}

impl Operation for Issue {
    const NAME: &'static str = "issue-hospital-code";
    type Answer = HospitalCodeAnswer;

    fn target(&self) -> String {
        self.hospital.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<HospitalCodeAnswer, CommandError> {
        let there = Resource::of_tenant("hospital", work.tenant()).at(self.hospital);
        work.authorize(Action::IssueHospitalCode, &there).await?;
        work.existing::<Hospital>(&self.hospital, "hospital")
            .await?;
        issue(work, self).await
    }
}

async fn issue(work: &mut Work<'_>, wish: &Issue) -> Result<HospitalCodeAnswer, CommandError> {
    let code = HospitalCodeId(Uuid::now_v7());
    let typed = wish.typed.shown();
    let mut instance = work.create::<HospitalCode>(&code);
    let issue = HospitalCodeCommand::Issue(hospital_code::Issue {
        code,
        hospital: wish.hospital,
        role: wish.role,
        most_uses: wish.most_uses,
        digest: SecretHash::from(work.name(TYPED, &typed)),
        expires_at: wish.expires_at,
    });
    work.decide(&mut instance, issue).await?;
    work.claim(&instance, TYPED, &typed);
    Ok(HospitalCodeAnswer {
        code,
        version: instance.version(),
    })
}

/// Puts another code in a code's place, as one for the same role and as many people. The old
/// one stops to work in the same moment.
#[derive(Clone, Debug)]
pub struct Rotate {
    /// Whose.
    pub hospital: HospitalId,
    /// The old code.
    pub code: HospitalCodeId,
    /// Until when the new one works.
    pub expires_at: DateTime<Utc>,
    /// What people type from now on.
    pub typed: JoiningCode,
}

impl Operation for Rotate {
    const NAME: &'static str = "rotate-hospital-code";
    type Answer = HospitalCodeAnswer;

    fn target(&self) -> String {
        self.code.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<HospitalCodeAnswer, CommandError> {
        let there = Resource::of_tenant("hospital", work.tenant()).at(self.hospital);
        work.authorize(Action::IssueHospitalCode, &there).await?;
        let old = revoke(work, self.hospital, self.code, "rotated").await?;
        let old = old.state().issued()?;
        let next = Issue {
            hospital: old.hospital,
            role: old.role,
            most_uses: old.most_uses,
            expires_at: self.expires_at,
            typed: self.typed.clone(),
        };
        issue(work, &next).await
    }
}

/// Lets nobody apply with a code any more, at once.
#[derive(Clone, Copy, Debug)]
pub struct Revoke {
    /// Whose.
    pub hospital: HospitalId,
    /// The code.
    pub code: HospitalCodeId,
}

impl Operation for Revoke {
    const NAME: &'static str = "revoke-hospital-code";
    type Answer = HospitalCodeAnswer;

    fn target(&self) -> String {
        self.code.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<HospitalCodeAnswer, CommandError> {
        let revoked = revoke(work, self.hospital, self.code, "revoked").await?;
        Ok(HospitalCodeAnswer {
            code: self.code,
            version: revoked.version(),
        })
    }
}

async fn revoke(
    work: &mut Work<'_>,
    hospital: HospitalId,
    code: HospitalCodeId,
    reason: &str,
) -> Result<Instance<HospitalCode>, CommandError> {
    let there = Resource::of_tenant("hospital", work.tenant()).at(hospital);
    work.authorize(Action::RevokeHospitalCode, &there).await?;
    let mut instance = work.existing::<HospitalCode>(&code, KIND).await?;
    if instance.state().issued()?.hospital != hospital {
        return Err(CommandError::NotFound(KIND));
    }
    work.expect_version(&instance)?;
    let revoke = HospitalCodeCommand::Revoke(hospital_code::Revoke {
        reason: reason_of(reason)?,
    });
    work.decide(&mut instance, revoke).await?;
    Ok(instance)
}

fn reason_of(reason: &str) -> Result<Code, CommandError> {
    let unfit = |_| CommandError::Internal("a reason that is no code".into());
    reason.parse().map_err(unfit)
}

/// A code that somebody typed, as it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Typed {
    /// The one that it is of; none that exists, if there is none.
    pub code: HospitalCodeId,
    /// Its digest.
    pub digest: SecretHash,
}

/// Uses a code for an application, and says where and to be what.
///
/// # Errors
/// When the code doesn't work, or not any more.
pub(crate) async fn use_up(
    work: &mut Work<'_>,
    typed: Typed,
    application: ApplicationId,
) -> Result<hospital_code::Issued, CommandError> {
    let refused = HospitalCodeError::CodeRefused;
    let mut instance = work.load::<HospitalCode>(&typed.code, KIND).await?;
    let usage = HospitalCodeCommand::Use(Use {
        application,
        digest: typed.digest,
    });
    work.decide(&mut instance, usage).await?;
    instance.state().issued.clone().ok_or(refused.into())
}

/// The code that a stream is of.
pub(crate) fn code_of_stream(stream: &str) -> Option<HospitalCodeId> {
    stream
        .strip_prefix(HospitalCode::CATEGORY)?
        .strip_prefix('-')?
        .parse()
        .ok()
}
