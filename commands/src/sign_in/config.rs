//! What can be set about signing in.

use std::path::PathBuf;

use chrono::TimeDelta;
use medilink_credentials::HashingConfig;
use medilink_domain::values::Phone;
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
    /// Codes by SMS, which a worker with `worker.sms` sends. Without it they aren't offered.
    pub sms: Option<SmsOffer>,
}

/// To whom codes are sent by SMS, and how many: each is paid for, and there are people who live
/// on having messages sent to numbers of theirs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SmsOffer {
    /// What numbers must begin with, such as `+91`. Where several countries share a code, say
    /// more of it, such as `+1212`.
    pub countries: Vec<String>,
    /// How many seconds must pass between two messages to one number or for one account.
    pub cooldown_seconds: u32,
    /// The most messages to one number, and for one account, in an hour.
    pub hourly: u32,
    /// The same in a day.
    pub daily: u32,
    /// The most messages for one hospital network in an hour.
    pub network_hourly: u32,
    /// The same in a day.
    pub network_daily: u32,
    /// The most messages for all networks in an hour.
    pub total_hourly: u32,
    /// The same in a day.
    pub total_daily: u32,
}

impl Default for SmsOffer {
    fn default() -> Self {
        Self {
            countries: vec!["+91".to_owned()],
            cooldown_seconds: 30,
            hourly: 5,
            daily: 10,
            network_hourly: 500,
            network_daily: 3_000,
            total_hourly: 2_000,
            total_daily: 10_000,
        }
    }
}

impl SmsOffer {
    /// What can't be meant so, if anything: the setting, and what is wrong.
    pub(crate) fn fault(&self) -> Option<String> {
        let is_country = |prefix: &String| {
            prefix.strip_prefix('+').is_some_and(|digits| {
                (1..=15).contains(&digits.len())
                    && digits.bytes().all(|byte| byte.is_ascii_digit())
                    && !digits.starts_with('0')
            })
        };
        if self.countries.is_empty() || !self.countries.iter().all(is_country) {
            let how = "countries: at least one, written like `+91`";
            return Some(how.to_owned());
        }
        let bounds = [
            ("hourly", self.hourly),
            ("daily", self.daily),
            ("network_hourly", self.network_hourly),
            ("network_daily", self.network_daily),
            ("total_hourly", self.total_hourly),
            ("total_daily", self.total_daily),
        ];
        if let Some((name, _)) = bounds.iter().find(|(_, most)| *most == 0) {
            return Some(format!("{name}: at least 1"));
        }
        (self.cooldown_seconds > 86_400).then(|| "cooldown_seconds: at most a day".to_owned())
    }

    /// Whether numbers like this one are sent codes.
    pub(crate) fn serves(&self, phone: &Phone) -> bool {
        let number = phone.as_str();
        self.countries
            .iter()
            .any(|prefix| number.starts_with(prefix.as_str()))
    }
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
            sms: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_meant_is_found() {
        assert_eq!(SmsOffer::default().fault(), None);
        let of = |change: fn(&mut SmsOffer)| {
            let mut offer = SmsOffer::default();
            change(&mut offer);
            offer.fault().unwrap_or_default()
        };
        for countries in [
            vec![],
            vec![""],
            vec!["91"],
            vec!["+"],
            vec!["+0"],
            vec!["+91 "],
        ] {
            let offer = SmsOffer {
                countries: countries.iter().map(|text| (*text).to_owned()).collect(),
                ..SmsOffer::default()
            };
            let fault = offer.fault().unwrap_or_default();
            assert!(fault.starts_with("countries"), "{countries:?}: {fault}");
        }
        assert!(of(|offer| offer.daily = 0).starts_with("daily"));
        assert!(of(|offer| offer.total_hourly = 0).starts_with("total_hourly"));
        assert!(of(|offer| offer.cooldown_seconds = 100_000).starts_with("cooldown_seconds"));
    }

    #[test]
    fn numbers_of_other_countries_are_not_served() {
        let offer = SmsOffer::default();
        let serves = |number: &str| number.parse().is_ok_and(|phone| offer.serves(&phone));
        assert!(serves("+919876543210"));
        // Premium numbers on islands far away are what fraud is made with.
        for number in ["+8819876543", "+37127654321", "+12025550123"] {
            assert!(!serves(number), "{number}");
        }
    }
}
