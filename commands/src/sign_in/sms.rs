//! Codes by SMS: sent to prove a telephone number, to sign in with and for a proof, and never more
//! of them than was set.

use std::time::Duration;

use chrono::{DateTime, Utc};
use medilink_domain::account::Account;
use medilink_domain::second_factor::{SecondFactor, SecondFactorError};
use medilink_domain::values::{Code, Language, OneTimeCode, Phone};
use medilink_domain::verification::sms::{self, RequestSms, SmsFate, SmsPurpose, UseSms};
use medilink_domain::verification::{Verification, VerificationCommand, VerificationError};
use medilink_domain::{AccountId, Decider, VerificationId};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::account::CODES;
use super::challenge::Challenged;
use super::config::SmsOffer;
use super::factors::once;
use super::floor::no_earlier;
use super::secrets::{Challenge, Purpose};
use super::{Asked, Refusal, SignInDesk};
use crate::action::Action;
use crate::actor::CommandContext;
use crate::attempts::{Budget, Pace};
use crate::error::CommandError;
use crate::executor::Committed;
use crate::invitation::new_code;
use crate::second_factor::{ChooseSms, GivePhone, ProvePhone, SecondFactorAnswer};
use crate::verification::RequestBySms;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// What became of a code that was sent by SMS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SmsState {
    /// It is on its way to whoever sends it.
    Pending,
    /// Whoever sends it has taken it.
    Sent,
    /// Whoever sends it has refused it for good.
    Refused(Code),
    /// The code was used.
    Used,
    /// It is too old.
    Expired,
}

impl SmsState {
    fn of(verification: &Verification, now: DateTime<Utc>) -> Self {
        match (&verification.sms, &verification.fate) {
            (None, _) => Self::Used,
            (_, SmsFate::Refused(cause)) => Self::Refused(cause.clone()),
            (Some(sms), _) if now >= sms.expires_at => Self::Expired,
            (_, SmsFate::Sent) => Self::Sent,
            (_, SmsFate::Pending) => Self::Pending,
        }
    }
}

impl SignInDesk {
    /// Whether codes are sent by SMS.
    pub fn offers_sms(&self) -> bool {
        self.0.config.sms.is_some()
    }

    fn sms_offer(&self) -> Result<&SmsOffer, Refusal> {
        let offer = self.0.config.sms.as_ref();
        offer.ok_or_else(|| CommandError::from(SecondFactorError::SmsNotOffered).into())
    }

    /// The number that codes go to which count, if they do.
    pub(super) fn sms_phone(&self, factors: &SecondFactor) -> Option<Phone> {
        let offer = self.0.config.sms.as_ref()?;
        let phone = factors.proven_phone().filter(|_| factors.takes_sms())?;
        offer.serves(phone).then(|| phone.clone())
    }

    /// Has a code sent to a telephone number, to see whether it is theirs. From now on codes by
    /// SMS count no more until that is shown.
    ///
    /// # Errors
    /// When none are sent there, [`Refusal::Wait`], or without a fresh proof.
    pub async fn ask_to_prove_phone(
        &self,
        context: &CommandContext,
        phone: Phone,
    ) -> Result<Asked, Refusal> {
        self.may(context, Action::AddSecondFactor)?;
        let offer = self.sms_offer()?;
        let (account, known) = self.own_account(context).await?;
        if !offer.serves(&phone) {
            return Err(CommandError::from(SecondFactorError::CountryRefused).into());
        }
        let factors: SecondFactor = self.state(&account).await?.unwrap_or_default();
        if factors.proven_phone() == Some(&phone) {
            return Err(CommandError::from(SecondFactorError::PhoneThere).into());
        }
        self.spend_sms(offer, account, &phone).await?;
        let verification = VerificationId(Uuid::now_v7());
        let code = request(verification, account, SmsPurpose::Phone, phone, &known);
        let give = GivePhone { account, code };
        let done = self.0.executor.execute(&once(context), &give).await?;
        Ok(Asked {
            verification,
            expires_at: context.now + sms::VALID,
            position: done.position,
        })
    }

    /// Notes that whoever is signed in has read the code that was sent to the number.
    ///
    /// # Errors
    /// The code is wrong, [`Refusal::Wait`], or without a fresh proof.
    pub async fn prove_phone(
        &self,
        context: &CommandContext,
        verification: VerificationId,
        code: OneTimeCode,
    ) -> Result<Committed<SecondFactorAnswer>, Refusal> {
        self.may(context, Action::AddSecondFactor)?;
        self.sms_offer()?;
        no_earlier(self.is_sent(context, verification, &code)).await?;
        let prove = ProvePhone {
            account: AccountId(context.actor.id),
            verification,
            code,
        };
        Ok(self.0.executor.execute(&once(context), &prove).await?)
    }

    /// Whether this is the code; looked at before it is used up, and counted.
    async fn is_sent(
        &self,
        context: &CommandContext,
        verification: VerificationId,
        code: &OneTimeCode,
    ) -> Result<(), Refusal> {
        self.pace("verification/code", &verification.to_string(), CODES)
            .await?;
        let state: Verification = self.state(&verification).await?.unwrap_or_default();
        let wrong = || CommandError::from(VerificationError::CodeWrong);
        if state.person.map(|person| person.uuid()) != Some(context.actor.id) {
            return Err(wrong().into());
        }
        let usage = VerificationCommand::UseSms(UseSms {
            purpose: SmsPurpose::Phone,
            code: code.clone(),
        });
        let used = state.decide(usage, context.now);
        used.map(drop).map_err(|_| wrong().into())
    }

    /// Lets codes by SMS count.
    ///
    /// # Errors
    /// When they aren't offered, without a proven number, or without a fresh proof.
    pub async fn choose_sms(
        &self,
        context: &CommandContext,
    ) -> Result<Committed<SecondFactorAnswer>, Refusal> {
        let choose = ChooseSms {
            account: AccountId(context.actor.id),
            offered: self.offers_sms(),
        };
        Ok(self.0.executor.execute(context, &choose).await?)
    }

    /// What became of a code that was sent to whoever is signed in. Ask for leave first.
    ///
    /// # Errors
    /// When there is none, or it is somebody else's.
    pub async fn sms_state(
        &self,
        context: &CommandContext,
        verification: VerificationId,
    ) -> Result<SmsState, Refusal> {
        let missing = || Refusal::from(CommandError::NotFound("verification"));
        let (account, _) = self.own_account(context).await?;
        let state: Verification = self.state(&verification).await?.ok_or_else(missing)?;
        let mailed = state.open.is_some();
        if mailed || state.person.map(|person| person.uuid()) != Some(account.uuid()) {
            return Err(missing());
        }
        Ok(SmsState::of(&state, context.now))
    }

    /// Sends a code by SMS that answers the challenge, to who has chosen that.
    ///
    /// # Errors
    /// [`Refusal::Wait`], a challenge that can't be answered so, or a message that was refused for
    /// good.
    pub async fn send_code(
        &self,
        context: &CommandContext,
        token: &str,
    ) -> Result<DateTime<Utc>, Refusal> {
        let (challenge, id) = self.challenged(context, token)?;
        self.send(context, id, &challenge).await
    }

    /// Sends a code by SMS to whoever is signed in, to prove with it who they are.
    ///
    /// # Errors
    /// [`Refusal::Wait`], or when they have not chosen codes by SMS.
    pub async fn send_proof(&self, context: &CommandContext) -> Result<Challenged, Refusal> {
        let (challenge, factors) = self.to_prove(context).await?;
        let (id, _) = self.own_account(context).await?;
        let expires_at = self.send(context, id, &challenge).await?;
        Ok(Challenged {
            challenge: self.given_out(Purpose::Proof, &challenge)?,
            methods: self.methods(&factors),
            expires_at,
            message: Some(VerificationId(challenge.id)),
        })
    }

    async fn send(
        &self,
        context: &CommandContext,
        id: AccountId,
        challenge: &Challenge,
    ) -> Result<DateTime<Utc>, Refusal> {
        let offer = self.sms_offer()?;
        let factors: SecondFactor = self.state(&id).await?.unwrap_or_default();
        let account: Account = self.state(&id).await?.unwrap_or_default();
        let none = || CommandError::from(SecondFactorError::NoSuchFactor);
        let phone = self.sms_phone(&factors).ok_or_else(none)?;
        // One code for a challenge, and for nothing else.
        let verification = VerificationId(challenge.id);
        if let Some(earlier) = self.state::<Verification>(&verification).await? {
            let told = match earlier.fate {
                SmsFate::Refused(_) => SecondFactorError::SmsRefused.into(),
                SmsFate::Pending | SmsFate::Sent => {
                    CommandError::from(VerificationError::AlreadyRequested)
                }
            };
            return Err(told.into());
        }
        self.spend_sms(offer, id, &phone).await?;
        let purpose = SmsPurpose::SignIn;
        let wish = RequestBySms(request(verification, id, purpose, phone, &account));
        self.0.executor.execute(&once(context), &wish).await?;
        Ok(challenge.expires_at)
    }

    /// Counts a message that is to be sent, in one statement each, so that wishes side by side
    /// get no further than one after the other. An account's own bounds come first: who reaches
    /// them takes nothing from others.
    async fn spend_sms(
        &self,
        offer: &SmsOffer,
        account: AccountId,
        phone: &Phone,
    ) -> Result<(), Refusal> {
        let cooldown = Duration::from_secs(offer.cooldown_seconds.into());
        let cooldown = Pace {
            free: 0,
            first: cooldown,
            longest: cooldown,
            forget: DAY,
        };
        let (secrets, account) = (&self.0.secrets, account.to_string());
        for (whose, which) in [("account", account.as_str()), ("number", phone.as_str())] {
            let index = |what: &str| secrets.index(&format!("sms/{whose}/{what}"), which);
            if !cooldown.first.is_zero() {
                self.pace_of(&index("cooldown"), cooldown).await?;
            }
            self.spend(index("hour"), offer.hourly, HOUR).await?;
            self.spend(index("day"), offer.daily, DAY).await?;
        }
        let network = |what: &str| secrets.index("sms/network", what);
        self.spend(network("hour"), offer.network_hourly, HOUR)
            .await?;
        self.spend(network("day"), offer.network_daily, DAY).await?;
        // Not under the network's key: all of them count here.
        let total = |what: &str| Sha256::digest(format!("medilink/sms/total/{what}")).into();
        self.spend(total("hour"), offer.total_hourly, HOUR).await?;
        self.spend(total("day"), offer.total_daily, DAY).await
    }

    async fn spend(&self, key: [u8; 32], most: u32, within: Duration) -> Result<(), Refusal> {
        let budget = Budget { most, within };
        match self.0.attempts.spend(&key, budget).await? {
            Some(wait) => Err(Refusal::Wait(wait)),
            None => Ok(()),
        }
    }
}

fn request(
    verification: VerificationId,
    person: AccountId,
    purpose: SmsPurpose,
    phone: Phone,
    account: &Account,
) -> RequestSms {
    RequestSms {
        verification,
        person: person.into(),
        purpose,
        phone,
        language: account.language.unwrap_or(Language::English),
        code: new_code(),
    }
}
