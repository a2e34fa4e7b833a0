//! What can be set about signing in.

use std::path::PathBuf;

use chrono::TimeDelta;
use medilink_credentials::HashingConfig;
use serde::{Deserialize, Serialize};

/// How people sign in, and for how long.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignInConfig {
    /// The folder with the keys that sign access tokens; `sign-in-keys` in `folder` unless you
    /// set another. All gateways need the same ones.
    pub keys: Option<PathBuf>,
    /// Who issues access tokens (`iss`); the origin, unless you set another.
    pub issuer: Option<String>,
    /// For whom they are (`aud`).
    pub audience: String,
    /// Where people sign in, such as `https://hospital.example`: passkeys are for this site alone,
    /// and programs find the token endpoint there.
    pub origin: String,
    /// What authenticator apps and passkeys call it.
    pub name: String,
    /// How many seconds pass between two looks at the folder with the keys.
    pub keys_seconds: u32,
    /// How many minutes an access token works.
    pub access_minutes: u16,
    /// How long sessions live of people who see others' data.
    pub staff: Lifetimes,
    /// How long sessions of patients live.
    pub patients: Lifetimes,
    /// How passwords are hashed.
    pub hashing: HashingConfig,
}

/// How long a session lives.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifetimes {
    /// How many minutes without a refresh.
    pub idle_minutes: u32,
    /// How many hours at most.
    pub life_hours: u32,
}

impl Lifetimes {
    pub(crate) fn idle(&self) -> TimeDelta {
        TimeDelta::minutes(self.idle_minutes.into())
    }

    pub(crate) fn life(&self) -> TimeDelta {
        TimeDelta::hours(self.life_hours.into())
    }
}

impl SignInConfig {
    /// Who issues access tokens.
    pub fn issuer(&self) -> &str {
        self.issuer.as_deref().unwrap_or(&self.origin)
    }

    pub(crate) fn access(&self) -> TimeDelta {
        TimeDelta::minutes(self.access_minutes.into())
    }
}

impl Default for SignInConfig {
    fn default() -> Self {
        Self {
            keys: None,
            issuer: None,
            audience: "medilink".to_owned(),
            origin: "http://localhost:8080".to_owned(),
            name: "MediLink".to_owned(),
            keys_seconds: 60,
            access_minutes: 5,
            // Automatic logoff (45 CFR 164.312(a)(2)(iii)): a shared workstation, and a shift.
            staff: Lifetimes {
                idle_minutes: 30,
                life_hours: 12,
            },
            // A patient's own phone.
            patients: Lifetimes {
                idle_minutes: 14 * 24 * 60,
                life_hours: 90 * 24,
            },
            hashing: HashingConfig::default(),
        }
    }
}
