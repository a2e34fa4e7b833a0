//! Accounts: how people come to have one, and what becomes of their password.
//!
//! Whether an address has an account is told to nobody but its mailbox.

mod email;

use chrono::{DateTime, NaiveDate, Utc};
use medilink_commands::account::{Disable, Enable};
use medilink_commands::second_factor::RemoveAll;
use medilink_commands::sign_in::{Asked, Refusal, Registration, SignInDesk};
use medilink_domain::values::BirthDate;
use medilink_domain::{AccountId, VerificationId};
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

pub use email::Emails;

use crate::actor::SignedIn;
use crate::answer::{Accepted, ChangedOut, Created, Found};
use crate::api::Tag;
use crate::backend::Backend;
use crate::call::Command;
use crate::challenge::{EntryAnswer, entered};
use crate::input::{field, invalid_field};
use crate::json::Json;
use crate::keeping::Keeping;
use crate::problem::Problem;
use crate::problem_kinds as kinds;
use crate::session::{password, refused};
use crate::visitor::Visitor;
use crate::wire::LanguageCode;

/// Whoever wants an account.
#[derive(Object)]
pub struct RegistrationIn {
    /// An e-mail address that they can read.
    #[oai(validator(min_length = 3, max_length = 254))]
    email: String,
    /// The language to write to them in.
    language: LanguageCode,
}

/// Whoever has forgotten their password.
#[derive(Object)]
pub struct RecoveryIn {
    /// The e-mail address of the account.
    #[oai(validator(min_length = 3, max_length = 254))]
    email: String,
}

/// A code may be on its way: the mailbox tells.
#[derive(Object)]
pub struct AskedOut {
    /// What the code completes.
    id: Uuid,
    /// When the code stops to work.
    expires_at: DateTime<Utc>,
}

/// What completes a registration: the code, and who the new patient is.
#[derive(Object)]
pub struct CompleteRegistrationIn {
    /// The code that was mailed, such as `K7QM2-X9R4T`.
    #[oai(validator(min_length = 10, max_length = 40))]
    code: String,
    /// The password to sign in with: at least 12 characters that can't be guessed.
    #[oai(validator(min_length = 1, max_length = 512))]
    password: String,
    /// Their name.
    #[oai(validator(min_length = 1, max_length = 120))]
    name: String,
    /// A telephone number with its country code, such as `+919876543210`.
    #[oai(validator(min_length = 4, max_length = 40))]
    phone: String,
    /// The date of birth.
    date_of_birth: Option<NaiveDate>,
}

/// What completes a recovery.
#[derive(Object)]
pub struct CompleteRecoveryIn {
    /// The code that was mailed, such as `K7QM2-X9R4T`.
    #[oai(validator(min_length = 10, max_length = 40))]
    code: String,
    /// The new password: at least 12 characters that can't be guessed.
    #[oai(validator(min_length = 1, max_length = 512))]
    password: String,
}

/// Another password.
#[derive(Object)]
pub struct PasswordIn {
    /// The one until now.
    #[oai(validator(min_length = 1, max_length = 512))]
    current: String,
    /// The new one: at least 12 characters that can't be guessed.
    #[oai(validator(min_length = 1, max_length = 512))]
    new: String,
}

/// Why an account lets nobody in.
#[derive(Object)]
pub struct DisableIn {
    /// A code, such as `left-the-hospital`.
    #[oai(validator(min_length = 1, max_length = 64))]
    reason: String,
}

/// Why somebody's second factors are taken away.
#[derive(Object)]
pub struct RemoveSecondFactorsIn {
    /// A code, such as `telephone-lost`.
    #[oai(validator(min_length = 1, max_length = 64))]
    reason: String,
}

/// The routes.
pub struct Accounts {
    /// Carries out commands.
    pub backend: Backend,
    /// Lets people in.
    pub desk: SignInDesk,
}

#[OpenApi(prefix_path = "/v1", tag = "Tag::Accounts")]
impl Accounts {
    /// Ask for an account
    ///
    /// Mails a code to the address. The answer is the same whether it has an account or not.
    #[oai(
        path = "/registrations",
        method = "post",
        operation_id = "requestRegistration"
    )]
    async fn request_registration(
        &self,
        visitor: Visitor,
        body: Json<RegistrationIn>,
    ) -> Result<Accepted<AskedOut>, Problem> {
        let email = field("/email", &body.value.email)?;
        let language = body.value.language.into();
        let context = visitor.context(self.desk.tenant());
        let asked = self.desk.ask_to_register(&context, email, language).await;
        Ok(on_its_way(&asked.map_err(refused)?))
    }

    /// Open the account
    ///
    /// Makes the person a patient of the network, who may then sign in.
    #[oai(
        path = "/registrations/:id/completion",
        method = "post",
        operation_id = "completeRegistration"
    )]
    async fn complete_registration(
        &self,
        visitor: Visitor,
        id: Path<Uuid>,
        body: Json<CompleteRegistrationIn>,
    ) -> Result<Created<ChangedOut>, Problem> {
        let given = body.value;
        let born = given.date_of_birth.map(BirthDate::try_from).transpose();
        let registration = Registration {
            verification: VerificationId(id.0),
            code: field("/code", &given.code)?,
            password: password("/password", &given.password)?,
            name: field("/name", &given.name)?,
            phone: field("/phone", &given.phone)?,
            date_of_birth: born.map_err(|error| invalid_field("/date_of_birth", error))?,
        };
        let context = visitor.context(self.desk.tenant());
        let done = self.desk.register(&context, registration).await;
        let done = done.map_err(refused)?;
        let patient = done.answer.account.uuid();
        let answer = ChangedOut::of(patient, &done);
        Ok(answer.location(&format!("/v1/patients/{patient}")))
    }

    /// Ask for a new password
    ///
    /// Mails a code, if the address has an account. The answer is the same if it has none.
    #[oai(
        path = "/recoveries",
        method = "post",
        operation_id = "requestRecovery"
    )]
    async fn request_recovery(
        &self,
        visitor: Visitor,
        body: Json<RecoveryIn>,
    ) -> Result<Accepted<AskedOut>, Problem> {
        let email = field("/email", &body.value.email)?;
        let context = visitor.context(self.desk.tenant());
        let asked = self.desk.ask_to_recover(&context, email).await;
        Ok(on_its_way(&asked.map_err(refused)?))
    }

    /// Set the new password
    ///
    /// Every session of the account ends; the answer is that of signing in with the new password.
    #[oai(
        path = "/recoveries/:id/completion",
        method = "post",
        operation_id = "completeRecovery"
    )]
    async fn complete_recovery(
        &self,
        visitor: Visitor,
        id: Path<Uuid>,
        keeping: Keeping,
        body: Json<CompleteRecoveryIn>,
    ) -> Result<EntryAnswer<200>, Problem> {
        let code = field("/code", &body.value.code)?;
        let new = password("/password", &body.value.password)?;
        let context = visitor.context(self.desk.tenant());
        let verification = VerificationId(id.0);
        let entry = self.desk.recover(&context, verification, code, &new).await;
        Ok(entered(entry.map_err(refused)?, &keeping))
    }

    /// Change one's password
    ///
    /// Every session ends; the answer holds the tokens of a new one. It is a challenge (202) when
    /// this session has not seen the second factor that there is by now.
    #[oai(path = "/me/password", method = "put", operation_id = "changePassword")]
    async fn change_password(
        &self,
        caller: SignedIn,
        call: Command,
        keeping: Keeping,
        body: Json<PasswordIn>,
    ) -> Result<EntryAnswer<200>, Problem> {
        let current = password("/current", &body.value.current)?;
        let new = password("/new", &body.value.new)?;
        let context = call.context(&caller);
        let entry = self.desk.change_password(&context, &current, &new).await;
        let at_fault = |refusal| match refusal {
            // Not 401: the caller is signed in, and a client must not sign in anew for it.
            Refusal::Wrong => Problem::new(&kinds::WRONG_PASSWORD).field("/current"),
            Refusal::Weak(_) => refused(refusal).field("/new"),
            other => refused(other),
        };
        Ok(entered(entry.map_err(at_fault)?, &keeping))
    }

    /// Disable an account
    ///
    /// Nobody signs in with it any more, and its sessions let nobody in from now on. Whoever has
    /// signed in needs a fresh proof for it.
    #[oai(
        path = "/accounts/:id/disable",
        method = "post",
        operation_id = "disableAccount"
    )]
    async fn disable(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<DisableIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let disable = Disable {
            account: AccountId(id.0),
            reason: field("/reason", &body.value.reason)?,
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.backend.execute(&context, &disable).await?;
        Ok(ChangedOut::of(id.0, &done))
    }

    /// Enable an account again
    ///
    /// Its person signs in anew: sessions from before stay over. Whoever has signed in needs a
    /// fresh proof for it.
    #[oai(
        path = "/accounts/:id/enable",
        method = "post",
        operation_id = "enableAccount"
    )]
    async fn enable(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let enable = Enable {
            account: AccountId(id.0),
        };
        let done = self
            .backend
            .execute(&call.context(&caller), &enable)
            .await?;
        Ok(ChangedOut::of(id.0, &done))
    }

    /// Remove all second factors of somebody who has lost them
    ///
    /// Make sure first who asks for it. Never one's own; needs a fresh proof. All sessions of the
    /// account end at once and its person is told by mail. Where their roles need a second factor,
    /// they do nothing before they have set one up.
    #[oai(
        path = "/accounts/:id/remove-second-factors",
        method = "post",
        operation_id = "removeSecondFactors"
    )]
    async fn remove_second_factors(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<RemoveSecondFactorsIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let reason = field("/reason", &body.value.reason)?;
        let remove = RemoveAll::new(AccountId(id.0), reason);
        let context = call.with_body(&caller, &body.hash);
        let done = self.backend.execute(&context, &remove).await?;
        Ok(ChangedOut::of(id.0, &done))
    }
}

fn on_its_way(asked: &Asked) -> Accepted<AskedOut> {
    Accepted::new(AskedOut {
        id: asked.verification.uuid(),
        expires_at: asked.expires_at,
    })
}
