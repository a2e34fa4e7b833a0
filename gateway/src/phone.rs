//! One's telephone number for codes by SMS, and what became of a code.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use medilink_commands::sign_in::{SignInDesk, SmsState};
use medilink_commands::{Action, Resource};
use medilink_domain::{SubjectId, VerificationId};
use poem_openapi::param::Path;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{Accepted, Found};
use crate::api::Tag;
use crate::backend::Backend;
use crate::call::Command;
use crate::input::field;
use crate::json::Json;
use crate::problem::Problem;
use crate::session::refused;

/// A telephone number.
#[derive(Object)]
pub struct PhoneIn {
    /// The number with its country code, such as `+919876543210`.
    #[oai(validator(min_length = 4, max_length = 40))]
    phone: String,
}

/// A code is on its way.
#[derive(Object)]
pub struct PhoneAskedOut {
    /// What the code completes.
    id: Uuid,
    /// When the code stops to work.
    expires_at: DateTime<Utc>,
}

/// What shows that the telephone is one's own.
#[derive(Object)]
pub struct CompletePhoneIn {
    /// The code that was sent there, such as `K7QM2-X9R4T`.
    #[oai(validator(min_length = 10, max_length = 40))]
    code: String,
}

/// The number is proven.
#[derive(Object)]
pub struct PhoneProvenOut {
    /// What the code was sent for.
    id: Uuid,
    /// For `Medilink-Min-Position`.
    position: u64,
}

/// What became of a code that was sent by SMS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum MessageCode {
    /// It is on its way to whoever sends it.
    Pending,
    /// Whoever sends it has taken it.
    Sent,
    /// Whoever sends it has refused it: it will not arrive.
    Refused,
    /// The code was used.
    Used,
    /// The code is too old.
    Expired,
}

/// What became of a code that was sent by SMS.
#[derive(Object)]
pub struct MessageOut {
    /// The message.
    id: Uuid,
    /// What became of it.
    state: MessageCode,
    /// Why it was refused, such as `sms-21211`: the provider's own number of it.
    #[oai(skip_serializing_if_is_none)]
    cause: Option<String>,
}

impl MessageOut {
    fn new(id: Uuid, state: SmsState) -> Self {
        let (state, cause) = match state {
            SmsState::Pending => (MessageCode::Pending, None),
            SmsState::Sent => (MessageCode::Sent, None),
            SmsState::Refused(cause) => (MessageCode::Refused, Some(cause)),
            SmsState::Used => (MessageCode::Used, None),
            SmsState::Expired => (MessageCode::Expired, None),
        };
        Self {
            id,
            state,
            cause: cause.map(|cause| cause.as_str().to_owned()),
        }
    }
}

/// The routes.
pub struct Phones {
    /// Carries out commands.
    pub backend: Backend,
    /// Lets people in.
    pub desk: SignInDesk,
}

#[OpenApi(prefix_path = "/v1/me/phone", tag = "Tag::SecondFactors")]
impl Phones {
    /// Give a telephone number for codes by SMS
    ///
    /// Sends a code there. From now on codes by SMS count no more until it is shown. Needs a fresh
    /// proof, as all second factors do.
    #[oai(path = "/", method = "post", operation_id = "requestPhone")]
    async fn request(
        &self,
        caller: SignedIn,
        call: Command,
        body: Json<PhoneIn>,
    ) -> Result<Accepted<PhoneAskedOut>, Problem> {
        let phone = field("/phone", &body.value.phone)?;
        let context = call.context(&caller);
        let asked = self.desk.ask_to_prove_phone(&context, phone).await;
        let asked = asked.map_err(refused)?;
        Ok(Accepted::new(PhoneAskedOut {
            id: asked.verification.uuid(),
            expires_at: asked.expires_at,
        }))
    }

    /// Show the code that was sent to the telephone
    #[oai(
        path = "/:id/completion",
        method = "post",
        operation_id = "completePhone"
    )]
    async fn complete(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<CompletePhoneIn>,
    ) -> Result<Found<PhoneProvenOut>, Problem> {
        let code = field("/code", &body.value.code)?;
        let context = call.context(&caller);
        let proven = self.desk.prove_phone(&context, VerificationId(id.0), code);
        let done = proven.await.map_err(refused)?;
        let body = PhoneProvenOut {
            id: id.0,
            position: done.position.0,
        };
        Ok(Found::done(body, &done))
    }

    /// See what became of a code by SMS
    #[oai(path = "/:id", method = "get", operation_id = "readMessage")]
    async fn read(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
    ) -> Result<Found<MessageOut>, Problem> {
        let (tenant, person) = (caller.actor.tenant, caller.actor.id);
        let own = Resource::of_tenant("second factor", tenant).about(person);
        let permitted = self
            .backend
            .permit(&caller, Action::ListSecondFactors, own)
            .await?;
        let context = call.context(&caller);
        let state = self.desk.sms_state(&context, VerificationId(id.0)).await;
        let state = state.map_err(refused)?;
        let subjects = BTreeSet::from([SubjectId(person)]);
        let disclosed = self.backend.disclose(permitted, subjects, "second-factors");
        disclosed.await?;
        Ok(Found::new(MessageOut::new(id.0, state)))
    }
}
