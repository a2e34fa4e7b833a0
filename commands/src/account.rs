//! Accounts: opened with a code that was mailed, given another password, disabled and enabled.
//! What decides who is let in is kept in a read model that is written with the log itself.

mod email;

use std::collections::{BTreeSet, HashSet};

use medilink_database::{Database, DatabaseError};
use medilink_domain::account::{self, Account, AccountCommand, AccountEvent};
use medilink_domain::patient::{self, Patient, PatientCommand};
use medilink_domain::session::{Session, SessionError};
use medilink_domain::staff::Staff;
use medilink_domain::values::{
    BirthDate, Code, OneTimeCode, PasswordHash, PersonName, Phone, Role,
};
use medilink_domain::verification::{Letter, Use, VerificationError};
use medilink_domain::{
    AccountId, Decider, PatientId, SessionId, StaffId, TenantId, VerificationId,
};
use medilink_log::InlineEvent;
use serde::{Deserialize, Serialize};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::action::Action;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::inline::Inline;
use crate::verification::use_up;
use crate::work::Work;

pub(crate) use email::ChangeEmail;

const KIND: &str = "account";

/// The kind of name that an address is: one account each.
pub(crate) const EMAIL: &str = "account/email";

/// The account that was opened or changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountAnswer {
    /// The account; its person's id, too.
    pub account: AccountId,
    /// Its version.
    pub version: u64,
}

/// Makes whoever reads an address a patient, with an account.
#[derive(Clone, Debug)]
pub struct Register {
    /// What the code was mailed for.
    pub verification: VerificationId,
    /// The code.
    pub code: OneTimeCode,
    /// What their password is checked against.
    pub password_hash: PasswordHash,
    /// Their name.
    pub name: PersonName,
    /// Their telephone number.
    pub phone: Phone,
    /// When they were born, if they say.
    pub date_of_birth: Option<BirthDate>,
}

impl Operation for Register {
    const NAME: &'static str = "complete-registration";
    type Answer = AccountAnswer;

    fn target(&self) -> String {
        self.verification.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<AccountAnswer, CommandError> {
        work.authorize(
            Action::CompleteRegistration,
            &Resource::of_tenant(KIND, work.tenant()),
        )
        .await?;
        let usage = Use {
            letter: Letter::Registration,
            code: self.code.clone(),
        };
        let mailed = use_up(work, self.verification, usage).await?;
        let patient = PatientId(mailed.person.uuid());
        let mut record = work.create::<Patient>(&patient);
        let register = PatientCommand::Register(patient::Register {
            patient,
            name: self.name.clone(),
            phone: self.phone.clone(),
            email: Some(mailed.email.clone()),
            language: mailed.language,
            date_of_birth: self.date_of_birth,
        });
        work.decide(&mut record, register).await?;
        let account = AccountId(mailed.person.uuid());
        let mut instance = work.create::<Account>(&account);
        let open = AccountCommand::Open(account::Open {
            account,
            roles: vec![Role::Patient],
            email: mailed.email.clone(),
            language: mailed.language,
            password_hash: self.password_hash.clone(),
        });
        work.decide(&mut instance, open).await?;
        work.claim(&instance, EMAIL, &mailed.email.folded());
        Ok(AccountAnswer {
            account,
            version: instance.version(),
        })
    }

    fn name_taken(&self, _holder: &str) -> CommandError {
        account::AccountError::EmailTaken.into()
    }
}

/// Sets a new password with a code that was mailed. Every session ends.
#[derive(Clone, Debug)]
pub(crate) struct Recover {
    /// What the code was mailed for.
    pub verification: VerificationId,
    /// The code.
    pub code: OneTimeCode,
    /// What the new password is checked against.
    pub password_hash: PasswordHash,
}

impl Operation for Recover {
    const NAME: &'static str = "complete-recovery";
    type Answer = AccountAnswer;

    fn target(&self) -> String {
        self.verification.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<AccountAnswer, CommandError> {
        work.authorize(
            Action::CompleteRecovery,
            &Resource::of_tenant(KIND, work.tenant()),
        )
        .await?;
        let usage = Use {
            letter: Letter::Recovery,
            code: self.code.clone(),
        };
        let mailed = use_up(work, self.verification, usage).await?;
        let account = AccountId(mailed.person.uuid());
        let instance = work.existing::<Account>(&account, KIND).await?;
        // Another code, or whoever has the password, was faster; or it has another address since.
        let state = instance.state();
        if mailed.passwords != Some(state.passwords) || !state.is_at(&mailed.email) {
            return Err(VerificationError::CodeWrong.into());
        }
        set_password(work, account, &self.password_hash, true).await
    }
}

/// Sets a new password, its person having shown the old one. Every session ends.
#[derive(Clone, Debug)]
pub(crate) struct ChangePassword {
    /// The account.
    pub account: AccountId,
    /// How many passwords it had had when the last of them was shown.
    pub passwords: u32,
    /// What the new password is checked against.
    pub password_hash: PasswordHash,
}

impl Operation for ChangePassword {
    const NAME: &'static str = "change-password";
    type Answer = AccountAnswer;

    fn target(&self) -> String {
        self.account.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<AccountAnswer, CommandError> {
        let resource = Resource::of_tenant(KIND, work.tenant()).about(self.account.uuid());
        work.authorize(Action::ChangePassword, &resource).await?;
        let account = work.existing::<Account>(&self.account, KIND).await?;
        account.state().usable()?;
        // Recovered meanwhile: what was shown is not the password any more.
        if account.state().passwords != self.passwords {
            return Err(CommandError::Contention);
        }
        if let Some(session) = work.context().actor.session {
            let session = work.load::<Session>(&SessionId(session), "session").await?;
            if session.state().ended {
                return Err(SessionError::Over.into());
            }
        }
        set_password(work, self.account, &self.password_hash, false).await
    }
}

async fn set_password(
    work: &mut Work<'_>,
    account: AccountId,
    password_hash: &PasswordHash,
    recovered: bool,
) -> Result<AccountAnswer, CommandError> {
    let mut instance = work.existing::<Account>(&account, KIND).await?;
    let set = AccountCommand::SetPassword(account::SetPassword {
        password_hash: password_hash.clone(),
        recovered,
    });
    work.decide(&mut instance, set).await?;
    Ok(AccountAnswer {
        account,
        version: instance.version(),
    })
}

/// Lets nobody in with an account any more: its sessions are over at once.
#[derive(Clone, Debug)]
pub struct Disable {
    /// The account.
    pub account: AccountId,
    /// Why, such as `left-the-hospital`.
    pub reason: Code,
}

impl Operation for Disable {
    const NAME: &'static str = "disable-account";
    type Answer = AccountAnswer;

    fn target(&self) -> String {
        self.account.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<AccountAnswer, CommandError> {
        let disable = AccountCommand::Disable(account::Disable {
            reason: self.reason.clone(),
        });
        change(work, self.account, Action::DisableAccount, disable).await
    }
}

/// Lets its person in again; sessions from before it was disabled stay over.
#[derive(Clone, Debug)]
pub struct Enable {
    /// The account.
    pub account: AccountId,
}

impl Operation for Enable {
    const NAME: &'static str = "enable-account";
    type Answer = AccountAnswer;

    fn target(&self) -> String {
        self.account.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<AccountAnswer, CommandError> {
        let enable = AccountCommand::Enable(account::Enable);
        change(work, self.account, Action::EnableAccount, enable).await
    }
}

async fn change(
    work: &mut Work<'_>,
    account: AccountId,
    action: Action,
    command: AccountCommand,
) -> Result<AccountAnswer, CommandError> {
    let mut instance = work.existing::<Account>(&account, KIND).await?;
    authorize_for_all_of(work, action, account, instance.state()).await?;
    work.expect_version(&instance)?;
    work.decide(&mut instance, command).await?;
    Ok(AccountAnswer {
        account,
        version: instance.version(),
    })
}

/// Goes on if the actor may do this to everything that the person is, wherever they are it: nobody
/// is to have a say over more than they could give.
pub(crate) async fn authorize_for_all_of(
    work: &mut Work<'_>,
    action: Action,
    id: AccountId,
    account: &Account,
) -> Result<(), CommandError> {
    let staff = StaffId(id.uuid());
    let staff = work.load::<Staff>(&staff, "member of staff").await?;
    let them = Resource::of_tenant(KIND, work.tenant()).about(id.uuid());
    let own = account.roles.iter().map(|role| (*role, None));
    let now = work.now();
    let given = staff.state().roles.iter();
    let given = given
        .filter(|given| given.holds(now))
        .map(|given| (given.role, given.hospital));
    let everything: Vec<Resource> = own
        .chain(given)
        .map(|(role, hospital)| {
            let them = them.clone().of_role(role);
            hospital.map_or(them.clone(), |hospital| them.at(hospital))
        })
        .collect();
    if everything.is_empty() {
        return work.authorize(action, &them).await;
    }
    for them in &everything {
        work.authorize(action, them).await?;
    }
    Ok(())
}

/// The stream that holds an address, if an account does.
pub(crate) fn account_of_stream(stream: &str) -> Option<AccountId> {
    stream
        .strip_prefix(Account::CATEGORY)?
        .strip_prefix('-')?
        .parse()
        .ok()
}

/// Those of these people whose accounts let nobody in.
///
/// # Errors
/// When the database doesn't answer.
pub async fn disabled_among(
    database: &Database,
    tenant: TenantId,
    people: &BTreeSet<Uuid>,
) -> Result<HashSet<Uuid>, DatabaseError> {
    let client = database.client().await?;
    let sql = "SELECT account FROM inline.accounts
               WHERE account = ANY($1) AND tenant = $2 AND disabled_at IS NOT NULL";
    let statement = client.prepare_cached(sql).await?;
    let people: Vec<Uuid> = people.iter().copied().collect();
    let rows = client.query(&statement, &[&people, &tenant.uuid()]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Writes `inline.accounts`.
pub(crate) struct AccountTable;

impl Inline for AccountTable {
    const NAME: &'static str = "account";
    type Event = AccountEvent;
    const SEALED: &'static [&'static str] = &["account.password-set"];

    async fn take(
        client: &Client,
        event: AccountEvent,
        at: &InlineEvent<'_>,
    ) -> Result<(), DatabaseError> {
        let position = at.position.sql();
        match event {
            AccountEvent::Opened(opened) => {
                let roles: Vec<&str> = opened.roles.iter().map(|role| role.name()).collect();
                let sql = "INSERT INTO inline.accounts (account, tenant, roles, position)
                           VALUES ($1, $2, $3, $4)";
                let tenant = at.tenant.uuid();
                client
                    .execute(sql, &[&opened.account.uuid(), &tenant, &roles, &position])
                    .await?;
            }
            AccountEvent::Disabled(disabled) => {
                let sql =
                    "UPDATE inline.accounts SET disabled_at = $2, era = era + 1, position = $3
                     WHERE account = $1";
                client
                    .execute(sql, &[&disabled.account.uuid(), &at.recorded_at, &position])
                    .await?;
            }
            AccountEvent::SessionsEnded(ended) => {
                let sql =
                    "UPDATE inline.accounts SET era = era + 1, position = $2 WHERE account = $1";
                client
                    .execute(sql, &[&ended.account.uuid(), &position])
                    .await?;
            }
            AccountEvent::Enabled(enabled) => {
                let sql = "UPDATE inline.accounts SET disabled_at = NULL, position = $2 WHERE account = $1";
                client
                    .execute(sql, &[&enabled.account.uuid(), &position])
                    .await?;
            }
            AccountEvent::EmailSet(_) | AccountEvent::PasswordSet(_) => {}
        }
        Ok(())
    }

    /// A password was set; sessions of an earlier one are over.
    async fn take_sealed(client: &Client, at: &InlineEvent<'_>) -> Result<(), DatabaseError> {
        let account = account_of_stream(at.stream)
            .ok_or_else(|| DatabaseError::Statement("a password of no account".to_owned()))?;
        let sql = "UPDATE inline.accounts SET passwords = passwords + 1, position = $2 WHERE account = $1";
        client
            .execute(sql, &[&account.uuid(), &at.position.sql()])
            .await?;
        Ok(())
    }
}
