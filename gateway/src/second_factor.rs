//! One's own second factors: an authenticator app, passkeys, codes by mail or SMS, and backup
//! codes.

use std::collections::BTreeSet;

use medilink_commands::second_factor::{ChooseMail, RemoveFactor, SecondFactorAnswer};
use medilink_commands::sign_in::{BackupCodes, SignInDesk};
use medilink_commands::{Action, Committed, Resource};
use medilink_domain::second_factor::{KeptPhone, Remove};
use medilink_domain::{AccountId, PasskeyId, SubjectId};
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde_json::Value;
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{Created, Found};
use crate::api::Tag;
use crate::backend::Backend;
use crate::call::Command;
use crate::challenge::{FactorCode, PasskeyQuestionOut, not_shown};
use crate::input::field;
use crate::json::Json;
use crate::problem::Problem;
use crate::session::refused;

/// One's second factors.
#[derive(Object)]
pub struct SecondFactorsOut {
    /// Whether signing in takes more than the password.
    on: bool,
    /// Whether codes of an authenticator app count.
    totp: bool,
    /// Whether codes by mail were chosen. They count where there is neither app nor passkey.
    mail: bool,
    /// Whether codes by SMS were chosen. They count where there is neither app nor passkey: they
    /// are the weakest factor, because numbers can be taken over.
    sms: bool,
    /// Whether codes by SMS are offered here at all.
    sms_offered: bool,
    /// The telephone number for codes by SMS, but for its end not shown.
    #[oai(skip_serializing_if_is_none)]
    phone: Option<PhoneOut>,
    /// The passkeys.
    passkeys: Vec<PasskeyOut>,
    /// How many backup codes are left.
    backup_codes_left: usize,
}

/// A telephone number for codes by SMS.
#[derive(Object)]
pub struct PhoneOut {
    /// Its last two digits.
    ends_with: String,
    /// Whether a code that was sent there was shown.
    proven: bool,
}

impl From<&KeptPhone> for PhoneOut {
    fn from(phone: &KeptPhone) -> Self {
        let digits: Vec<char> = phone.number.as_str().chars().rev().take(2).collect();
        Self {
            ends_with: digits.into_iter().rev().collect(),
            proven: phone.proven,
        }
    }
}

/// A passkey.
#[derive(Object)]
pub struct PasskeyOut {
    /// The passkey.
    id: Uuid,
    /// What it was called.
    name: String,
}

/// What an authenticator app is given.
#[derive(Object)]
pub struct TotpBegunOut {
    /// What apps understand.
    url: String,
    /// The same as a QR code: an SVG image.
    picture: String,
    /// The secret alone, to be typed into the app.
    secret: String,
    /// For `Medilink-Min-Position`.
    position: u64,
}

/// A code of the app.
#[derive(Object)]
pub struct TotpConfirmationIn {
    /// The six digits that it shows.
    #[oai(validator(min_length = 6, max_length = 20))]
    code: String,
}

/// A factor was changed.
#[derive(Object)]
pub struct SecondFactorChangedOut {
    /// Backup codes, if any were given out with it. They are shown this once: keep them on
    /// paper. Each works once.
    #[oai(skip_serializing_if_is_empty)]
    backup_codes: Vec<String>,
    /// The passkey that was added.
    #[oai(skip_serializing_if_is_none)]
    passkey: Option<Uuid>,
    /// For `Medilink-Min-Position`.
    position: u64,
}

/// A passkey that a browser has made.
#[derive(Object)]
pub struct NewPasskeyIn {
    /// The `challenge` of the question.
    #[oai(validator(min_length = 1, max_length = 16384))]
    challenge: String,
    /// What `navigator.credentials.create()` gave, as JSON.
    passkey: Value,
    /// What you call it, such as `My phone`.
    #[oai(validator(min_length = 1, max_length = 120))]
    name: String,
}

/// The routes.
pub struct SecondFactors {
    /// Carries out commands.
    pub backend: Backend,
    /// Lets people in.
    pub desk: SignInDesk,
}

#[OpenApi(prefix_path = "/v1/me/second-factors", tag = "Tag::SecondFactors")]
impl SecondFactors {
    /// List one's second factors
    #[oai(path = "/", method = "get", operation_id = "listSecondFactors")]
    async fn list(
        &self,
        caller: SignedIn,
        call: Command,
    ) -> Result<Found<SecondFactorsOut>, Problem> {
        let (tenant, person) = (caller.actor.tenant, caller.actor.id);
        let own = Resource::of_tenant("second factor", tenant).about(person);
        let permitted = self
            .backend
            .permit(&caller, Action::ListSecondFactors, own)
            .await?;
        let factors = self.desk.factors(&call.context(&caller)).await;
        let factors = factors.map_err(refused)?;
        let subjects = BTreeSet::from([SubjectId(person)]);
        let disclosed = self.backend.disclose(permitted, subjects, "second-factors");
        disclosed.await?;
        let passkeys = factors.passkeys.iter().map(|(id, passkey)| PasskeyOut {
            id: id.uuid(),
            name: passkey.name.as_str().to_owned(),
        });
        Ok(Found::new(SecondFactorsOut {
            on: factors.is_on(),
            totp: factors.has_totp(),
            mail: factors.mail,
            sms: factors.sms,
            sms_offered: self.desk.offers_sms(),
            phone: factors.phone.as_ref().map(PhoneOut::from),
            passkeys: passkeys.collect(),
            backup_codes_left: factors.codes_left(),
        }))
    }

    /// Set up an authenticator app
    ///
    /// Nothing counts on it before it has shown a code.
    #[oai(path = "/totp", method = "post", operation_id = "beginTotp")]
    async fn begin_totp(
        &self,
        caller: SignedIn,
        call: Command,
    ) -> Result<Found<TotpBegunOut>, Problem> {
        let begun = self.desk.begin_totp(&call.context(&caller)).await;
        let begun = begun.map_err(refused)?;
        let body = TotpBegunOut {
            url: begun.totp.url,
            picture: begun.totp.picture,
            secret: begun.totp.secret,
            position: begun.done.position.0,
        };
        Ok(Found::done(body, &begun.done))
    }

    /// Count on the app
    ///
    /// From now on signing in takes a code of it. The session has a second factor, too. With
    /// the first factor come backup codes.
    #[oai(
        path = "/totp/confirmation",
        method = "post",
        operation_id = "confirmTotp"
    )]
    async fn confirm_totp(
        &self,
        caller: SignedIn,
        call: Command,
        body: Json<TotpConfirmationIn>,
    ) -> Result<Found<SecondFactorChangedOut>, Problem> {
        let code = field("/code", &body.value.code)?;
        let confirmed = self.desk.confirm_totp(&call.context(&caller), code).await;
        Ok(changed(confirmed.map_err(refused)?, None))
    }

    /// Remove the app
    #[oai(path = "/totp", method = "delete", operation_id = "removeTotp")]
    async fn remove_totp(
        &self,
        caller: SignedIn,
        call: Command,
    ) -> Result<Found<SecondFactorChangedOut>, Problem> {
        self.remove(caller, call, Remove::Totp).await
    }

    /// Choose codes by mail
    ///
    /// For who has nothing better: they count only where there is neither app nor passkey.
    #[oai(path = "/mail", method = "put", operation_id = "chooseMailedCodes")]
    async fn choose_mail(
        &self,
        caller: SignedIn,
        call: Command,
    ) -> Result<Found<SecondFactorChangedOut>, Problem> {
        let choose = ChooseMail {
            account: AccountId(caller.actor.id),
        };
        let context = call.context(&caller);
        let done = self.backend.execute(&context, &choose).await?;
        Ok(plainly(&done))
    }

    /// Have no more codes by mail
    #[oai(path = "/mail", method = "delete", operation_id = "removeMailedCodes")]
    async fn remove_mail(
        &self,
        caller: SignedIn,
        call: Command,
    ) -> Result<Found<SecondFactorChangedOut>, Problem> {
        self.remove(caller, call, Remove::Mail).await
    }

    /// Choose codes by SMS
    ///
    /// For who has nothing better, and has shown that the telephone is theirs (`/v1/me/phone`).
    #[oai(path = "/sms", method = "put", operation_id = "chooseTextedCodes")]
    async fn choose_sms(
        &self,
        caller: SignedIn,
        call: Command,
    ) -> Result<Found<SecondFactorChangedOut>, Problem> {
        let done = self.desk.choose_sms(&call.context(&caller)).await;
        Ok(plainly(&done.map_err(refused)?))
    }

    /// Have no more codes by SMS
    ///
    /// The telephone number is let go of, too.
    #[oai(path = "/sms", method = "delete", operation_id = "removeTextedCodes")]
    async fn remove_sms(
        &self,
        caller: SignedIn,
        call: Command,
    ) -> Result<Found<SecondFactorChangedOut>, Problem> {
        self.remove(caller, call, Remove::Sms).await
    }

    /// Get new backup codes
    ///
    /// Earlier ones work no more.
    #[oai(
        path = "/backup-codes",
        method = "post",
        operation_id = "issueBackupCodes"
    )]
    async fn issue_codes(
        &self,
        caller: SignedIn,
        call: Command,
    ) -> Result<Found<SecondFactorChangedOut>, Problem> {
        let issued = self.desk.issue_codes(&call.context(&caller)).await;
        Ok(changed(issued.map_err(refused)?, None))
    }

    /// Ask for a new passkey
    ///
    /// What to give `navigator.credentials.create()`.
    #[oai(
        path = "/passkey-question",
        method = "post",
        operation_id = "askNewPasskey"
    )]
    async fn ask_passkey(
        &self,
        caller: SignedIn,
        call: Command,
    ) -> Result<Found<PasskeyQuestionOut>, Problem> {
        let question = self.desk.ask_new_passkey(&call.context(&caller)).await;
        Ok(Found::new(question.map_err(refused)?.into()))
    }

    /// Add a passkey
    ///
    /// It signs in alone, or as a second factor. The session has one, too. With the first
    /// factor come backup codes.
    #[oai(path = "/passkeys", method = "post", operation_id = "addPasskey")]
    async fn add_passkey(
        &self,
        caller: SignedIn,
        call: Command,
        body: Json<NewPasskeyIn>,
    ) -> Result<Created<SecondFactorChangedOut>, Problem> {
        let given = body.value;
        let name = field("/name", &given.name)?;
        let context = call.context(&caller);
        let (token, made) = (&given.challenge, given.passkey);
        let added = self.desk.add_passkey(&context, token, made, name).await;
        let (passkey, codes) = added.map_err(|refusal| not_shown(FactorCode::Passkey, refusal))?;
        Ok(changed(codes, Some(passkey.uuid())))
    }

    /// Remove a passkey
    #[oai(
        path = "/passkeys/:id",
        method = "delete",
        operation_id = "removePasskey"
    )]
    async fn remove_passkey(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
    ) -> Result<Found<SecondFactorChangedOut>, Problem> {
        self.remove(caller, call, Remove::Passkey(PasskeyId(id.0)))
            .await
    }
}

impl SecondFactors {
    async fn remove(
        &self,
        caller: SignedIn,
        call: Command,
        factor: Remove,
    ) -> Result<Found<SecondFactorChangedOut>, Problem> {
        let remove = RemoveFactor {
            account: AccountId(caller.actor.id),
            factor,
        };
        let context = call.context(&caller);
        let done = self.backend.execute(&context, &remove).await?;
        Ok(plainly(&done))
    }
}

fn plainly<const STATUS: u16>(
    done: &Committed<SecondFactorAnswer>,
) -> crate::answer::Answer<SecondFactorChangedOut, STATUS> {
    let body = SecondFactorChangedOut {
        backup_codes: Vec::new(),
        passkey: None,
        position: done.position.0,
    };
    crate::answer::Answer::done(body, done)
}

fn changed<const STATUS: u16>(
    issued: BackupCodes,
    passkey: Option<Uuid>,
) -> crate::answer::Answer<SecondFactorChangedOut, STATUS> {
    let body = SecondFactorChangedOut {
        backup_codes: issued.codes.iter().map(|code| code.shown()).collect(),
        passkey,
        position: issued.done.position.0,
    };
    crate::answer::Answer::done(body, &issued.done)
}
