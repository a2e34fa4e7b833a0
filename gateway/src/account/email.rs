//! Another e-mail address for an account.

use medilink_commands::sign_in::{Refusal, SignInDesk};
use medilink_domain::VerificationId;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::{AskedOut, on_its_way};
use crate::actor::SignedIn;
use crate::answer::{Accepted, ChangedOut, Found};
use crate::api::Tag;
use crate::call::Command;
use crate::input::field;
use crate::json::Json;
use crate::problem::Problem;
use crate::problem_kinds as kinds;
use crate::session::{password, refused};

/// Another address.
#[derive(Object)]
pub struct EmailIn {
    /// The address to sign in with from then on.
    #[oai(validator(min_length = 3, max_length = 254))]
    email: String,
    /// The password of the account.
    #[oai(validator(min_length = 1, max_length = 512))]
    password: String,
}

/// What completes the change.
#[derive(Object)]
pub struct CompleteEmailIn {
    /// The code that was mailed to the new address, such as `K7QM2-X9R4T`.
    #[oai(validator(min_length = 10, max_length = 40))]
    code: String,
}

/// The routes.
pub struct Emails(pub SignInDesk);

#[OpenApi(prefix_path = "/v1/me/email", tag = "Tag::Accounts")]
impl Emails {
    /// Ask for another e-mail address
    ///
    /// Mails a code to the new address and word of it to the old one. The answer is the same
    /// if the new one is somebody else's. Needs a fresh proof, as second factors do.
    #[oai(path = "/", method = "post", operation_id = "requestEmailChange")]
    async fn request(
        &self,
        caller: SignedIn,
        call: Command,
        body: Json<EmailIn>,
    ) -> Result<Accepted<AskedOut>, Problem> {
        let email = field("/email", &body.value.email)?;
        let password = password("/password", &body.value.password)?;
        let context = call.context(&caller);
        let asked = self.0.ask_to_change_email(&context, &password, email).await;
        let at_fault = |refusal| match refusal {
            // Not 401: the caller is signed in, and a client must not sign in anew for it.
            Refusal::Wrong => Problem::new(&kinds::WRONG_PASSWORD).field("/password"),
            other => refused(other),
        };
        Ok(on_its_way(&asked.map_err(at_fault)?))
    }

    /// Have the other e-mail address
    ///
    /// From then on the account signs in with it, and so does nobody else. Sessions go on.
    #[oai(
        path = "/:id/completion",
        method = "post",
        operation_id = "completeEmailChange"
    )]
    async fn complete(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<CompleteEmailIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let code = field("/code", &body.value.code)?;
        let context = call.context(&caller);
        let verification = VerificationId(id.0);
        let done = self.0.change_email(&context, verification, code).await;
        let done = done.map_err(refused)?;
        Ok(ChangedOut::of(done.answer.account.uuid(), &done))
    }
}
