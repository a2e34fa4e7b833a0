//! Applications: made with a hospital's code, decided by its managers. An approval makes the
//! applicant one of the staff in the same append.

use medilink_domain::account::{self, Account, AccountCommand, AccountError};
use medilink_domain::application::{
    self, Application, ApplicationCommand, ApplicationError, Certificate, Submitted,
};
use medilink_domain::doctor::{self, Doctor, DoctorCommand};
use medilink_domain::values::{
    Code, Language, OneTimeCode, PasswordHash, PersonName, RegistrationNumber, Role, ShortText,
};
use medilink_domain::verification::{Letter, Use};
use medilink_domain::{
    AccountId, ApplicationId, DepartmentId, DoctorId, StaffId, SubjectId, VerificationId,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::EMAIL;
use crate::action::Action;
use crate::authorizer::Resource;
use crate::doctor::{NUMBER, RegistrationError, normalized};
use crate::error::CommandError;
use crate::executor::Operation;
use crate::hospital_code::{self, Typed};
use crate::profile::set_name;
use crate::staff::{self, give_role};
use crate::verification::use_up;
use crate::work::{Instance, Work};

const KIND: &str = "application";

/// The kind of name that an applicant is: one open application each.
const OPEN: &str = "application/open";

/// The application after a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationAnswer {
    /// The application.
    pub application: ApplicationId,
    /// Whose.
    pub applicant: AccountId,
    /// Its version.
    pub version: u64,
}

impl ApplicationAnswer {
    fn of(instance: &Instance<Application>) -> Result<Self, CommandError> {
        let submitted = instance.state().submitted()?;
        Ok(Self {
            application: submitted.application,
            applicant: submitted.applicant,
            version: instance.version(),
        })
    }
}

/// What applicants say of themselves.
#[derive(Clone, Debug)]
pub struct Details {
    /// Their name.
    pub name: PersonName,
    /// Their number in the council's register; doctors have one.
    pub registration_number: Option<RegistrationNumber>,
    /// What they know about.
    pub specialties: Vec<ShortText>,
    /// What they speak.
    pub languages: Vec<Language>,
    /// Where in the hospital they would like to work.
    pub department: Option<DepartmentId>,
}

/// Opens an account for whoever reads an address and has a hospital's code, and applies.
#[derive(Clone, Debug)]
pub struct Register {
    /// What the mailed code was mailed for.
    pub verification: VerificationId,
    /// The mailed code.
    pub code: OneTimeCode,
    /// What their password is checked against.
    pub password_hash: PasswordHash,
    /// The hospital's code.
    pub typed: Typed,
    /// Who they are.
    pub details: Details,
}

impl Operation for Register {
    const NAME: &'static str = "register-provider";
    type Answer = ApplicationAnswer;

    fn target(&self) -> String {
        self.verification.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ApplicationAnswer, CommandError> {
        let anyone = Resource::of_tenant(KIND, work.tenant());
        work.authorize(Action::RegisterProvider, &anyone).await?;
        let usage = Use {
            letter: Letter::Registration,
            code: self.code.clone(),
        };
        let mailed = use_up(work, self.verification, usage).await?;
        let account = AccountId(mailed.person.uuid());
        let mut instance = work.create::<Account>(&account);
        let open = AccountCommand::Open(account::Open {
            account,
            roles: Vec::new(),
            email: mailed.email.clone(),
            language: mailed.language,
            password_hash: self.password_hash.clone(),
        });
        work.decide(&mut instance, open).await?;
        work.claim(&instance, EMAIL, &mailed.email.folded());
        submit(work, account, self.typed, &self.details).await
    }

    fn name_taken(&self, _holder: &str) -> CommandError {
        // Nobody can have applied with an account that is only being opened.
        AccountError::EmailTaken.into()
    }
}

/// Applies with the account that is signed in.
#[derive(Clone, Debug)]
pub struct Apply {
    /// The account.
    pub account: AccountId,
    /// The hospital's code.
    pub typed: Typed,
    /// Who they are.
    pub details: Details,
}

impl Operation for Apply {
    const NAME: &'static str = "apply";
    type Answer = ApplicationAnswer;

    fn target(&self) -> String {
        self.account.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ApplicationAnswer, CommandError> {
        let own = Resource::of_tenant(KIND, work.tenant()).about(self.account.uuid());
        work.authorize(Action::Apply, &own).await?;
        let account = work.existing::<Account>(&self.account, "account").await?;
        account.state().usable()?;
        submit(work, self.account, self.typed, &self.details).await
    }

    fn name_taken(&self, _holder: &str) -> CommandError {
        ApplicationError::OneOpen.into()
    }
}

async fn submit(
    work: &mut Work<'_>,
    applicant: AccountId,
    typed: Typed,
    details: &Details,
) -> Result<ApplicationAnswer, CommandError> {
    let application = ApplicationId(Uuid::now_v7());
    let code = hospital_code::use_up(work, typed, application).await?;
    let mut instance = work.create::<Application>(&application);
    let submit = ApplicationCommand::Submit(application::Submit {
        application,
        applicant,
        hospital: code.hospital,
        code: code.code,
        role: code.role,
        name: details.name.clone(),
        registration_number: details.registration_number.clone(),
        specialties: details.specialties.clone(),
        languages: details.languages.clone(),
        department: details.department,
    });
    work.decide(&mut instance, submit).await?;
    work.claim(&instance, OPEN, &applicant.to_string());
    ApplicationAnswer::of(&instance)
}

/// Takes an applicant on: from then on they act in the role that they applied for.
#[derive(Clone, Debug)]
pub struct Approve {
    /// The application.
    pub application: ApplicationId,
    /// Where in the hospital they work.
    pub department: Option<DepartmentId>,
    /// The papers that were looked at.
    pub certificates: Vec<Certificate>,
}

impl Operation for Approve {
    const NAME: &'static str = "approve-application";
    type Answer = ApplicationAnswer;

    fn target(&self) -> String {
        self.application.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ApplicationAnswer, CommandError> {
        let approve = ApplicationCommand::Approve(application::Approve {
            by: SubjectId(work.context().actor.id),
            department: self.department,
            certificates: self.certificates.clone(),
        });
        let action = Action::ApproveApplication;
        let instance = decide(work, self.application, action, approve).await?;
        let submitted = instance.state().submitted()?.clone();
        let account = work
            .existing::<Account>(&submitted.applicant, "account")
            .await?;
        account.state().usable()?;
        let person = submitted.applicant.uuid();
        let role = staff::GiveRole {
            staff: StaffId(person),
            role: submitted.role,
            hospital: Some(submitted.hospital),
            department: self.department,
            until: None,
        };
        give_role(work, &role).await?;
        set_name(work, SubjectId(person), &submitted.name).await?;
        if let (Role::Doctor, Some(department)) = (submitted.role, self.department) {
            register_doctor(work, &submitted, department).await?;
        }
        ApplicationAnswer::of(&instance)
    }

    fn name_taken(&self, _holder: &str) -> CommandError {
        RegistrationError::NumberTaken.into()
    }
}

/// Somebody who is a doctor here already stays the one that they are.
async fn register_doctor(
    work: &mut Work<'_>,
    submitted: &Submitted,
    department: DepartmentId,
) -> Result<(), CommandError> {
    let doctor = DoctorId(submitted.applicant.uuid());
    let mut instance = work.load::<Doctor>(&doctor, "doctor").await?;
    if instance.state().post.is_some() {
        return Ok(());
    }
    let number = submitted.registration_number.clone();
    let number = number.ok_or(ApplicationError::NeedsRegistrationNumber)?;
    let register = DoctorCommand::Register(doctor::Register {
        doctor,
        hospital: submitted.hospital,
        department,
        name: submitted.name.clone(),
        registration_number: number.clone(),
        languages: submitted.languages.clone(),
    });
    work.decide(&mut instance, register).await?;
    let profile = DoctorCommand::SetProfile(doctor::Profile {
        specialties: submitted.specialties.clone(),
        qualifications: Vec::new(),
        languages: submitted.languages.clone(),
        about: None,
    });
    work.decide(&mut instance, profile).await?;
    work.claim(&instance, NUMBER, &normalized(&number));
    Ok(())
}

/// Doesn't take an applicant on.
#[derive(Clone, Debug)]
pub struct Reject {
    /// The application.
    pub application: ApplicationId,
    /// Why, such as `no-vacancy`.
    pub reason: Code,
}

impl Operation for Reject {
    const NAME: &'static str = "reject-application";
    type Answer = ApplicationAnswer;

    fn target(&self) -> String {
        self.application.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ApplicationAnswer, CommandError> {
        let reject = ApplicationCommand::Reject(application::Reject {
            by: SubjectId(work.context().actor.id),
            reason: self.reason.clone(),
        });
        let action = Action::RejectApplication;
        ApplicationAnswer::of(&decide(work, self.application, action, reject).await?)
    }
}

/// Takes one's own application back.
#[derive(Clone, Copy, Debug)]
pub struct Withdraw {
    /// The application.
    pub application: ApplicationId,
}

impl Operation for Withdraw {
    const NAME: &'static str = "withdraw-application";
    type Answer = ApplicationAnswer;

    fn target(&self) -> String {
        self.application.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ApplicationAnswer, CommandError> {
        let withdraw = ApplicationCommand::Withdraw(application::Withdraw);
        let action = Action::WithdrawApplication;
        ApplicationAnswer::of(&decide(work, self.application, action, withdraw).await?)
    }
}

/// Decides an application for good, whereupon its applicant may make another one.
async fn decide(
    work: &mut Work<'_>,
    application: ApplicationId,
    action: Action,
    command: ApplicationCommand,
) -> Result<Instance<Application>, CommandError> {
    let mut instance = work.existing::<Application>(&application, KIND).await?;
    let submitted = instance.state().submitted()?;
    let applicant = submitted.applicant;
    let resource = Resource::of_tenant(KIND, work.tenant())
        .about(applicant.uuid())
        .at(submitted.hospital)
        .of_role(submitted.role);
    work.authorize(action, &resource).await?;
    work.expect_version(&instance)?;
    work.decide(&mut instance, command).await?;
    work.release(&instance, OPEN, &applicant.to_string());
    Ok(instance)
}
