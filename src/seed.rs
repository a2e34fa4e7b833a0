//! The demo hospital. Every step is a command with an idempotency key of its own, so seeding
//! may be killed anywhere and done again: what is there already answers as it did the first
//! time.

mod accounts;
mod demo;
mod visits;

use std::path::Path;

use chrono::{DateTime, Days, Utc};
use chrono_tz::Asia::Kolkata;
use medilink_commands::access_token::{hash, new_secret};
use medilink_commands::{Actor, CommandContext, Executor, Idempotency, Operation};
use medilink_commands::{access_token, doctor, hospital, patient, schedule, visit_type};
use medilink_domain::schedule::{Hours, WeeklyHours};
use medilink_domain::values::Role;
use medilink_domain::visit_type::VisitTypeTerms;
use medilink_domain::{DepartmentId, DoctorId, HospitalId, PatientId, TenantId};
use medilink_servers::write_private;
use medilink_vault::Vault;
use uuid::Uuid;

pub use self::accounts::SIGN_INS;
use self::demo::{DEPARTMENTS, DOCTORS, HOURS, PATIENTS, SLOT_MINUTES, VISIT_TYPES, WORKDAYS};
use crate::outcome::{Outcome, fail};
use crate::parts::Commanding;

/// Who has an access token, and how the tokens file calls them.
const TOKENS: [(&str, Role); 5] = [
    ("patient", Role::Patient),
    ("doctor", Role::Doctor),
    ("receptionist", Role::Receptionist),
    ("administrator", Role::Administrator),
    ("operator", Role::Operator),
];
const TOKEN_DAYS: u64 = 30;

/// The demo as it now is.
pub struct Demo {
    /// Dr. Asha Verma, whom the walk books.
    pub doctor: DoctorId,
    /// Gurleen Kaur Sandhu, whose token is the patient's.
    pub patient: PatientId,
    /// Role and token.
    pub tokens: Vec<(&'static str, String)>,
    /// The password of all of [`SIGN_INS`].
    pub password: String,
}

struct Seeder<'a> {
    executor: &'a Executor,
    vault: &'a Vault,
    tenant: TenantId,
}

impl Seeder<'_> {
    async fn once<O: Operation>(&self, key: String, operation: &O) -> Outcome<O::Answer> {
        self.once_as(Actor::console(self.tenant), key, operation)
            .await
    }

    async fn once_as<O: Operation>(
        &self,
        actor: Actor,
        key: String,
        operation: &O,
    ) -> Outcome<O::Answer> {
        let mut context = CommandContext::new(actor);
        context.idempotency = Some(Idempotency {
            key: format!("demo/{key}"),
            body_hash: [0; 32],
        });
        match self.executor.execute(&context, operation).await {
            Ok(done) => Ok(done.answer),
            Err(error) => fail(format!("the demo could not be set up at `{key}`: {error}")),
        }
    }

    async fn hospital(&self) -> Outcome<(HospitalId, Vec<DepartmentId>)> {
        let open = hospital::Open {
            name: "Sanjeevani Hospital, Ludhiana".parse()?,
            time_zone: Kolkata.into(),
            manager: None,
        };
        let hospital = self.once("hospital".to_owned(), &open).await?.hospital;
        let mut departments = Vec::new();
        for (name, specialty) in DEPARTMENTS {
            let add = hospital::AddDepartment {
                hospital,
                name: name.parse()?,
                specialty: specialty.parse()?,
            };
            departments.push(
                self.once(format!("department/{name}"), &add)
                    .await?
                    .department,
            );
        }
        Ok((hospital, departments))
    }

    async fn doctors(
        &self,
        hospital: HospitalId,
        departments: &[DepartmentId],
    ) -> Outcome<Vec<DoctorId>> {
        let mut doctors = Vec::new();
        for (name, department, number, languages) in DOCTORS {
            let register = doctor::Register {
                hospital,
                department: departments[department],
                name: name.parse()?,
                registration_number: number.parse()?,
                languages: languages.to_vec(),
            };
            doctors.push(
                self.once(format!("doctor/{number}"), &register)
                    .await?
                    .doctor,
            );
        }
        Ok(doctors)
    }

    async fn hours(&self, doctors: &[DoctorId]) -> Outcome {
        let mut week = Vec::new();
        for weekday in WORKDAYS {
            for (opens, closes) in HOURS {
                let hours = Hours {
                    opens: opens.parse()?,
                    closes: closes.parse()?,
                    slot_minutes: SLOT_MINUTES.try_into()?,
                    modes: Vec::new(),
                    visit_types: Vec::new(),
                };
                week.push(WeeklyHours { weekday, hours });
            }
        }
        for doctor in doctors {
            let set = schedule::SetWeek {
                doctor: *doctor,
                from: Utc::now().with_timezone(&Kolkata).date_naive(),
                hours: week.clone(),
                most_visits: None,
            };
            self.once(format!("week/{doctor}"), &set).await?;
        }
        Ok(())
    }

    async fn visit_types(&self, hospital: HospitalId) -> Outcome {
        for (name, minutes, buffer_after, modes) in VISIT_TYPES {
            let terms = VisitTypeTerms {
                name: name.parse()?,
                minutes: minutes.try_into()?,
                buffer_before: 0.try_into()?,
                buffer_after: buffer_after.try_into()?,
                modes: modes.to_vec(),
                price: None,
                needs: Vec::new(),
            };
            let define = visit_type::Define { hospital, terms };
            self.once(format!("visit-type/{name}"), &define).await?;
        }
        Ok(())
    }

    async fn patients(&self) -> Outcome<Vec<PatientId>> {
        let mut patients = Vec::new();
        for (number, (name, phone, language, born)) in PATIENTS.into_iter().enumerate() {
            let register = patient::Register {
                name: name.parse()?,
                phone: phone.parse()?,
                email: None,
                language,
                date_of_birth: Some(born.parse()?),
            };
            // By number: an idempotency key is no place for a name or a phone.
            patients.push(
                self.once(format!("patient/{number}"), &register)
                    .await?
                    .patient,
            );
        }
        Ok(patients)
    }

    async fn issue(&self, person: Uuid, role: Role, token: &Token) -> Outcome {
        let secret_hash = hash(&token.secret);
        let issue = access_token::Issue {
            person,
            roles: vec![role],
            secret_hash,
            expires_at: token.expires_at,
        };
        // The secret's own hash in the key: another secret is another token.
        self.once(format!("token/{secret_hash:?}"), &issue).await?;
        Ok(())
    }
}

/// Sets up the demo, or what is missing of it. Tokens and password are kept in the folder, so that
/// every `up` prints the same ones until they expire.
///
/// # Errors
/// When a command is refused, or the file can't be written.
pub async fn seed(parts: &Commanding, tenant: TenantId, folder: &Path) -> Outcome<Demo> {
    let seeder = Seeder {
        executor: &parts.executor,
        vault: parts.codec.vault(),
        tenant,
    };
    let (hospital, departments) = seeder.hospital().await?;
    let mut doctors = seeder.doctors(hospital, &departments).await?;
    let password = accounts::password(&folder.join("demo-password"))?;
    let place = accounts::Workplace {
        hospital,
        department: departments[0],
    };
    doctors.push(seeder.accounts(&password, &place).await?);
    let patients = seeder.patients().await?;
    seeder.visit_types(hospital).await?;
    seeder.hours(&doctors).await?;

    if let Some(doctor) = doctors.last() {
        // The first patient is free for the walk, which books the first free slot.
        seeder.visits(*doctor, &patients[1..]).await?;
    }

    let secrets = load_tokens(&folder.join("demo-tokens"))?;
    for ((_, role), token) in TOKENS.iter().zip(&secrets) {
        let person = match role {
            Role::Patient => patients[0].uuid(),
            Role::Doctor => doctors[0].uuid(),
            other => staff(*other),
        };
        seeder.issue(person, *role, token).await?;
    }
    let tokens = TOKENS
        .iter()
        .zip(secrets)
        .map(|((name, _), token)| (*name, token.secret))
        .collect();
    Ok(Demo {
        doctor: doctors[0],
        patient: patients[0],
        tokens,
        password,
    })
}

/// Staff have no record of their own yet, so their ids are made up, the same ones each time.
const fn staff(role: Role) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0001_0000 + role as u128)
}

struct Token {
    secret: String,
    expires_at: DateTime<Utc>,
}

/// The tokens in the file, one line each: role, token, expiry. Made anew, and written before
/// they are issued, when the file is missing, incomplete or about to expire.
fn load_tokens(path: &Path) -> Outcome<Vec<Token>> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let kept: Option<Vec<Token>> = TOKENS
        .iter()
        .map(|(name, _)| token_of(&text, name))
        .collect();
    if let Some(kept) = kept {
        return Ok(kept);
    }
    // Whole seconds, so that the file says the very instant that the event does.
    let now = DateTime::from_timestamp(Utc::now().timestamp(), 0).unwrap_or_default();
    let made: Vec<Token> = TOKENS
        .iter()
        .map(|_| Token {
            secret: new_secret().0,
            expires_at: now + Days::new(TOKEN_DAYS),
        })
        .collect();
    let lines: String = TOKENS
        .iter()
        .zip(&made)
        .map(|((name, _), token)| {
            format!(
                "{name} {} {}\n",
                token.secret,
                token.expires_at.to_rfc3339()
            )
        })
        .collect();
    write_private(path, lines.as_bytes())?;
    Ok(made)
}

fn token_of(text: &str, name: &str) -> Option<Token> {
    let mut words = text
        .lines()
        .map(str::split_whitespace)
        .find_map(|mut words| (words.next()? == name).then_some(words))?;
    let secret = words.next()?.to_owned();
    let expires_at: DateTime<Utc> = words.next()?.parse().ok()?;
    (expires_at > Utc::now() + Days::new(1)).then_some(Token { secret, expires_at })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn tokens_stay_the_same_until_the_day_before_they_expire() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("demo-tokens");
        let secrets = || {
            load_tokens(&path)
                .unwrap()
                .into_iter()
                .map(|token| token.secret)
                .collect::<Vec<_>>()
        };
        let first = secrets();
        assert_eq!(first.len(), TOKENS.len());
        assert_eq!(secrets(), first);
        let text = std::fs::read_to_string(&path).unwrap();
        let soon = (Utc::now() + chrono::TimeDelta::hours(3)).to_rfc3339();
        let line = text.lines().next().unwrap();
        let expiry = line.rsplit(' ').next().unwrap();
        std::fs::write(&path, text.replace(expiry, &soon)).unwrap();
        assert_ne!(secrets(), first);
    }
}
