//! What an operator can set for the worker role.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

/// How jobs work, retry and stop.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkerConfig {
    /// The most effects that one job works on at once.
    pub concurrency: usize,
    /// How often timers and outboxes are looked at, and the log itself while the broker
    /// brings nothing, in milliseconds.
    pub poll_ms: u64,
    /// How long one effect may take, in milliseconds; also how long its claim outlives a
    /// worker that was killed.
    pub effect_ms: u64,
    /// How long effects in hand may go on when the process is asked to stop, in milliseconds.
    pub drain_ms: u64,
    /// When a failed effect is tried again.
    pub retry: RetryConfig,
    /// Where e-mail goes out. Without it every notice stays in the app.
    pub smtp: Option<SmtpConfig>,
    /// Without `smtp`: a folder where mails are kept as files, which lets whoever can read it
    /// read them. To try things out; `medilink up` sets it to `mail` in `folder`.
    pub mail_folder: Option<PathBuf>,
    /// Where SMS go out. Without it nobody gets a code by SMS; leave `gateway.sign_in.sms` out,
    /// too, so that none are offered.
    pub sms: Option<SmsConfig>,
}

impl Default for WorkerConfig {
    fn default() -> Self {
        Self {
            concurrency: 8,
            poll_ms: 1_000,
            effect_ms: 30_000,
            drain_ms: 10_000,
            retry: RetryConfig::default(),
            smtp: None,
            mail_folder: None,
            sms: None,
        }
    }
}

impl WorkerConfig {
    pub(crate) fn poll(&self) -> Duration {
        Duration::from_millis(self.poll_ms.max(1))
    }

    pub(crate) fn effect(&self) -> Duration {
        Duration::from_millis(self.effect_ms.max(1))
    }

    pub(crate) fn drain(&self) -> Duration {
        Duration::from_millis(self.drain_ms)
    }
}

/// Exponential backoff with jitter.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetryConfig {
    /// How often an effect is tried before it waits for an operator.
    pub attempts: u32,
    /// The pause after the first failure, in milliseconds; each further one is twice as long.
    pub first_ms: u64,
    /// The longest pause, in milliseconds.
    pub longest_ms: u64,
}

impl Default for RetryConfig {
    fn default() -> Self {
        // About a day and a half in all, most of it in hourly tries.
        Self {
            attempts: 40,
            first_ms: 1_000,
            longest_ms: 3_600_000,
        }
    }
}

/// The mail server that takes our e-mail.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpConfig {
    /// Its name; also the name that its certificate must have.
    pub host: String,
    /// Its port: 587 for STARTTLS, 465 for TLS from the start.
    #[serde(default = "default_port")]
    pub port: u16,
    /// How the connection is protected.
    #[serde(default)]
    pub tls: SmtpTls,
    /// A PEM file with the authority that signed its certificate, when that is none of those
    /// that this machine trusts.
    #[serde(default)]
    pub ca: Option<PathBuf>,
    /// Who we are there, if it asks.
    #[serde(default)]
    pub user: Option<String>,
    /// The password of that user.
    #[serde(default)]
    pub password: Option<String>,
    /// Whom the mail is from: `MediLink <notices@medilink.example>`.
    pub from: String,
    /// How long connecting, and each command, may take, in milliseconds.
    #[serde(default = "default_timeout_ms")]
    pub timeout_ms: u64,
}

const fn default_port() -> u16 {
    587
}

const fn default_timeout_ms() -> u64 {
    10_000
}

impl fmt::Debug for SmtpConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpConfig")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

/// How the connection to a mail server is protected. Nothing is sent when the server can't
/// do what is asked for here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmtpTls {
    /// In the clear: only for a server on this machine.
    None,
    /// In the clear until the server agrees to TLS, which it must.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Implicit,
}

/// The SMS gateway that sends codes: Twilio, or whatever speaks as its Messages API does.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmsConfig {
    /// Where it is. Over TLS, unless it is on this machine.
    #[serde(default = "default_sms_url")]
    pub url: String,
    /// Who we are there: `AC` and 32 hexadecimal digits.
    pub account_sid: String,
    /// The password of that account.
    pub auth_token: String,
    /// Whom messages are from: a number of ours such as `+15005550006`, or a name of at most 11
    /// letters and digits that the operators know.
    pub from: String,
    /// What messages call the service.
    #[serde(default = "default_service")]
    pub service: String,
    /// The host of the site where people sign in, such as `hospital.example`: browsers fill codes
    /// in there, and nowhere else.
    #[serde(default)]
    pub host: Option<String>,
    /// How long one message may take, in milliseconds.
    #[serde(default = "default_timeout_ms")]
    pub timeout_ms: u64,
}

fn default_sms_url() -> String {
    "https://api.twilio.com".to_owned()
}

fn default_service() -> String {
    "MediLink".to_owned()
}

impl fmt::Debug for SmsConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmsConfig")
            .field("url", &self.url)
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn nothing_needs_to_be_set() {
        let config: WorkerConfig = toml::from_str("").unwrap();
        assert!(config.smtp.is_none());
        assert_eq!(config.poll(), Duration::from_secs(1));
    }

    #[test]
    fn mail_is_protected_unless_said_otherwise() {
        let config: WorkerConfig =
            toml::from_str("[smtp]\nhost = 'mail.example'\nfrom = 'a@mail.example'").unwrap();
        let smtp = config.smtp.unwrap();
        assert_eq!((smtp.tls, smtp.port), (SmtpTls::Starttls, 587));
    }

    #[test]
    fn a_misspelt_setting_is_refused_by_name() {
        let error = toml::from_str::<WorkerConfig>("[smtp]\nhots = 'mail.example'").unwrap_err();
        assert!(error.to_string().contains("hots"), "{error}");
    }

    #[test]
    fn debug_output_has_no_password() {
        let config: SmsConfig =
            toml::from_str("account_sid = 'AC1'\nauth_token = 'hunter2'\nfrom = 'MEDILK'").unwrap();
        assert_eq!(config.url, "https://api.twilio.com");
        assert!(!format!("{config:?}").contains("hunter2"));

        let config: SmtpConfig =
            toml::from_str("host = 'h'\nfrom = 'a@h'\nuser = 'u'\npassword = 'hunter2'").unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
