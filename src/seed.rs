//! The demo hospital. Every step is a command with an idempotency key of its own, so seeding
//! may be killed anywhere and done again: what is there already answers as it did the first
//! time.

use std::path::Path;

use chrono::{DateTime, Days, Utc};
use chrono_tz::Asia::Kolkata;
use medilink_commands::access_token::{hash, new_secret};
use medilink_commands::{Actor, CommandContext, Executor, Idempotency, Operation};
use medilink_commands::{access_token, calendar, doctor, hospital, patient};
use medilink_domain::values::{Language, Role};
use medilink_domain::{DepartmentId, DoctorId, HospitalId, PatientId, TenantId};
use medilink_servers::write_private;
use uuid::Uuid;

use crate::outcome::{Outcome, fail};

/// Department, specialty.
const DEPARTMENTS: [(&str, &str); 3] = [
    ("General Medicine", "General medicine"),
    ("Cardiology", "Cardiology"),
    ("Paediatrics", "Paediatrics"),
];

/// Name, department, registration number, languages.
const DOCTORS: [(&str, usize, &str, &[Language]); 4] = [
    (
        "Dr. Asha Verma",
        0,
        "DEMO-PMC-20111",
        &[Language::English, Language::Hindi],
    ),
    (
        "Dr. Harpreet Singh Gill",
        1,
        "DEMO-PMC-18342",
        &[Language::English, Language::Punjabi, Language::Hindi],
    ),
    (
        "Dr. Meenakshi Iyer",
        2,
        "DEMO-PMC-22907",
        &[Language::English],
    ),
    (
        "Dr. Imran Qureshi",
        0,
        "DEMO-PMC-24518",
        &[Language::English, Language::Hindi],
    ),
];

/// Name, phone, language, date of birth.
const PATIENTS: [(&str, &str, Language, &str); 6] = [
    (
        "Gurleen Kaur Sandhu",
        "+919800000001",
        Language::Punjabi,
        "1991-04-13",
    ),
    (
        "Rajesh Kumar Sharma",
        "+919800000002",
        Language::Hindi,
        "1978-11-02",
    ),
    (
        "Ananya Banerjee",
        "+919800000003",
        Language::English,
        "2001-07-21",
    ),
    (
        "मोहन लाल यादव",
        "+919800000004",
        Language::Hindi,
        "1956-01-30",
    ),
    (
        "ਬਲਵਿੰਦਰ ਸਿੰਘ",
        "+919800000005",
        Language::Punjabi,
        "1969-09-09",
    ),
    (
        "Fatima Sheikh",
        "+919800000006",
        Language::English,
        "1986-03-17",
    ),
];

/// Opens, closes, on the hospital's clock.
const WINDOWS: [(&str, &str); 2] = [("09:00", "13:00"), ("14:00", "17:00")];
const SLOT_MINUTES: u16 = 30;
/// Windows are opened for this many days from tomorrow on; each `up` adds those still missing.
const DAYS: u64 = 7;

/// Who can sign in, and how the tokens file calls them.
const SIGN_INS: [(&str, Role); 5] = [
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
}

struct Seeder<'a> {
    executor: &'a Executor,
    tenant: TenantId,
}

impl Seeder<'_> {
    async fn once<O: Operation>(&self, key: String, operation: &O) -> Outcome<O::Answer> {
        let mut context = CommandContext::new(Actor::console(self.tenant));
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

    async fn windows(&self, doctors: &[DoctorId]) -> Outcome {
        let today = Utc::now().with_timezone(&Kolkata).date_naive();
        for date in (1..=DAYS).filter_map(|days| today.checked_add_days(Days::new(days))) {
            for doctor in doctors {
                for (opens, closes) in WINDOWS {
                    let open = calendar::OpenWindow {
                        doctor: *doctor,
                        date,
                        opens: opens.parse()?,
                        closes: closes.parse()?,
                        slot_minutes: SLOT_MINUTES.try_into()?,
                    };
                    self.once(format!("window/{doctor}/{date}/{opens}"), &open)
                        .await?;
                }
            }
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

/// Sets up the demo, or what is missing of it. The tokens are kept in `tokens`, so that every
/// `up` prints the same ones until they expire.
///
/// # Errors
/// When a command is refused, or the file can't be written.
pub async fn seed(executor: &Executor, tenant: TenantId, tokens: &Path) -> Outcome<Demo> {
    let seeder = Seeder { executor, tenant };
    let (hospital, departments) = seeder.hospital().await?;
    let doctors = seeder.doctors(hospital, &departments).await?;
    let patients = seeder.patients().await?;
    seeder.windows(&doctors).await?;

    let secrets = load_tokens(tokens)?;
    for ((_, role), token) in SIGN_INS.iter().zip(&secrets) {
        let person = match role {
            Role::Patient => patients[0].uuid(),
            Role::Doctor => doctors[0].uuid(),
            other => staff(*other),
        };
        seeder.issue(person, *role, token).await?;
    }
    let tokens = SIGN_INS
        .iter()
        .zip(secrets)
        .map(|((name, _), token)| (*name, token.secret))
        .collect();
    Ok(Demo {
        doctor: doctors[0],
        patient: patients[0],
        tokens,
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
    let kept: Option<Vec<Token>> = SIGN_INS
        .iter()
        .map(|(name, _)| token_of(&text, name))
        .collect();
    if let Some(kept) = kept {
        return Ok(kept);
    }
    // Whole seconds, so that the file says the very instant that the event does.
    let now = DateTime::from_timestamp(Utc::now().timestamp(), 0).unwrap_or_default();
    let made: Vec<Token> = SIGN_INS
        .iter()
        .map(|_| Token {
            secret: new_secret().0,
            expires_at: now + Days::new(TOKEN_DAYS),
        })
        .collect();
    let lines: String = SIGN_INS
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
        assert_eq!(first.len(), SIGN_INS.len());
        assert_eq!(secrets(), first);
        let text = std::fs::read_to_string(&path).unwrap();
        let soon = (Utc::now() + chrono::TimeDelta::hours(3)).to_rfc3339();
        let line = text.lines().next().unwrap();
        let expiry = line.rsplit(' ').next().unwrap();
        std::fs::write(&path, text.replace(expiry, &soon)).unwrap();
        assert_ne!(secrets(), first);
    }
}
