//! People of the demo who sign in with a password: one for each kind of person, so that every
//! page of the web application can be seen. The password is made anew for each folder.

use std::path::Path;

use chrono::{TimeDelta, Utc};
use medilink_commands::hospital_code::{TYPED, Typed};
use medilink_commands::invitation::{self, Invite, InvitePlatformAdministrator, Invitee};
use medilink_commands::sign_in::{HashingConfig, Password, PasswordHashing};
use medilink_commands::{
    Actor, account, application, hospital_code, second_factor, staff, verification,
};
use medilink_domain::values::{EmailAddress, Language, OneTimeCode, PasswordHash, Role};
use medilink_domain::verification::Letter;
use medilink_domain::{
    AccountId, DepartmentId, DoctorId, HospitalId, InvitationId, StaffId, SubjectId, VerificationId,
};
use medilink_servers::write_private;
use uuid::Uuid;

use super::Seeder;
use crate::outcome::Outcome;

/// What the demo's codes are: each is used up at once, before anybody can reach the platform.
const CODE: &str = "K7QM2-X9R4T";
const JOINING_CODE: &str = "K7QD-9M2X-4T6H";

/// Somebody who can sign in.
pub struct SignIn {
    /// What they are, in words.
    pub what: &'static str,
    /// Their address.
    pub email: &'static str,
}

/// Who can sign in, in the order in which they are named.
pub const SIGN_INS: [SignIn; 6] = [
    SignIn {
        what: "patient",
        email: "jaspreet@demo.example",
    },
    SignIn {
        what: "doctor",
        email: "navjot@demo.example",
    },
    SignIn {
        what: "front desk",
        email: "sunita@demo.example",
    },
    SignIn {
        what: "manager",
        email: "arjun@demo.example",
    },
    SignIn {
        what: "compliance officer",
        email: "meera@demo.example",
    },
    SignIn {
        what: "administrator, operator",
        email: "vikram@demo.example",
    },
];

/// The place where they work.
pub struct Workplace {
    /// The hospital.
    pub hospital: HospitalId,
    /// The doctor's department.
    pub department: DepartmentId,
}

/// The password of all of them, kept in a file; made if there is none.
///
/// # Errors
/// When the file can't be written.
pub fn password(path: &Path) -> Outcome<String> {
    if let Ok(kept) = std::fs::read_to_string(path) {
        return Ok(kept.trim().to_owned());
    }
    let made = format!("demo-{}", hospital_code::new_code().shown());
    write_private(path, format!("{made}\n").as_bytes())?;
    Ok(made)
}

impl Seeder<'_> {
    /// Opens the accounts that are not there yet, and answers the doctor's id.
    pub(super) async fn accounts(&self, password: &str, place: &Workplace) -> Outcome<DoctorId> {
        let hash = PasswordHashing::new(HashingConfig::default())?
            .hash(&password.parse::<Password>()?)
            .await?;
        let hash: PasswordHash = hash.as_str().parse()?;
        let [patient, doctor, desk, manager, officer, administrator] =
            SIGN_INS.map(|one| one.email);
        self.register(1, patient, "Jaspreet Kaur Gill", &hash)
            .await?;
        let officer_id = self.register(2, officer, "Meera Nair", &hash).await?;
        self.appoint(officer_id, Role::ComplianceOfficer).await?;
        for (email, name, role) in [
            (desk, "Sunita Devi", Role::Receptionist),
            (manager, "Arjun Mehta", Role::Administrator),
        ] {
            let invite = Invite {
                hospital: place.hospital,
                department: None,
                role,
                invitee: invitee(email)?,
            };
            let invited = self.once(format!("invitation/{role}"), &invite).await?;
            self.take_up(invited.invitation, name, &hash).await?;
        }
        let invite = InvitePlatformAdministrator(invitee(administrator)?);
        let invited = self
            .once("invitation/administrator-of-all".to_owned(), &invite)
            .await?;
        let administrator = self
            .take_up(invited.invitation, "Vikram Rao", &hash)
            .await?;
        self.appoint(administrator, Role::Operator).await?;
        self.apply(doctor, place, &hash).await
    }

    /// A patient with an account: everybody who works for the network alone is one, too.
    async fn register(
        &self,
        number: u128,
        email: &'static str,
        name: &str,
        hash: &PasswordHash,
    ) -> Outcome<Uuid> {
        let person = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0002_0000 + number);
        let register = account::Register {
            verification: self.verify(person, email).await?,
            code: CODE.parse()?,
            password_hash: hash.clone(),
            name: name.parse()?,
            phone: format!("+91980000010{number}").parse()?,
            date_of_birth: Some("1988-06-02".parse()?),
        };
        self.once(format!("account/{person}"), &register).await?;
        Ok(person)
    }

    /// A doctor who applies with the hospital's code and is taken on.
    async fn apply(
        &self,
        email: &'static str,
        place: &Workplace,
        hash: &PasswordHash,
    ) -> Outcome<DoctorId> {
        let person = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0002_0009);
        let issue = hospital_code::Issue {
            hospital: place.hospital,
            role: Role::Doctor,
            most_uses: 1,
            expires_at: Utc::now() + TimeDelta::days(1),
            typed: JOINING_CODE.parse()?,
        };
        let issued = self.once(format!("code/{person}"), &issue).await?;
        let index = self.vault.blind_index(self.tenant, TYPED, JOINING_CODE);
        let register = application::Register {
            verification: self.verify(person, email).await?,
            code: CODE.parse()?,
            password_hash: hash.clone(),
            typed: Typed {
                code: issued.code,
                digest: index.into(),
            },
            details: application::Details {
                name: "Dr. Navjot Kaur Dhillon".parse()?,
                registration_number: Some("DEMO-PMC-31107".parse()?),
                specialties: vec!["General medicine".parse()?],
                languages: vec![Language::English, Language::Punjabi, Language::Hindi],
                department: Some(place.department),
            },
        };
        let applied = self
            .once(format!("application/{person}"), &register)
            .await?;
        let approve = application::Approve {
            application: applied.application,
            department: Some(place.department),
            certificates: Vec::new(),
        };
        self.once(format!("approval/{person}"), &approve).await?;
        self.mail_codes(person).await?;
        Ok(DoctorId(person))
    }

    /// As if they had been mailed the code. (It is good for half an hour: whoever was killed
    /// right after this, and comes back later than that, begins in a new folder.)
    async fn verify(&self, person: Uuid, email: &str) -> Outcome<VerificationId> {
        let verification = VerificationId(person);
        let request = verification::Request(medilink_domain::verification::Request {
            verification,
            person: SubjectId(person),
            letter: Letter::Registration,
            email: email.parse()?,
            language: Language::English,
            code: CODE.parse()?,
            passwords: None,
        });
        self.once(format!("verification/{person}"), &request)
            .await?;
        Ok(verification)
    }

    async fn take_up(
        &self,
        invitation: InvitationId,
        name: &str,
        hash: &PasswordHash,
    ) -> Outcome<Uuid> {
        let open = invitation::Open {
            invitation,
            code: CODE.parse()?,
            name: name.parse()?,
            password_hash: hash.clone(),
        };
        let opened = self.once(format!("account/{invitation}"), &open).await?;
        let person = opened.account.uuid();
        self.mail_codes(person).await?;
        Ok(person)
    }

    async fn appoint(&self, person: Uuid, role: Role) -> Outcome {
        let give = staff::GiveRole {
            staff: StaffId(person),
            role,
            hospital: None,
            department: None,
            until: None,
        };
        self.once(format!("role/{person}/{role}"), &give).await?;
        self.mail_codes(person).await
    }

    /// Has codes mailed, without which nobody who sees others' data comes in.
    async fn mail_codes(&self, person: Uuid) -> Outcome {
        let choose = second_factor::ChooseMail {
            account: AccountId(person),
        };
        let actor = Actor {
            second_factor: true,
            proven_at: Some(Utc::now()),
            ..Actor::new(person, self.tenant, Vec::new())
        };
        self.once_as(actor, format!("mailed-codes/{person}"), &choose)
            .await?;
        Ok(())
    }
}

fn invitee(email: &'static str) -> Outcome<Invitee> {
    Ok(Invitee {
        email: email.parse::<EmailAddress>()?,
        language: Language::English,
        code: CODE.parse::<OneTimeCode>()?,
    })
}
