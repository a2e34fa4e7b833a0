//! SMS over HTTP, as Twilio's Messages API has it.

use std::net::IpAddr;
use std::time::Duration;

use medilink_domain::values::Phone;
use medilink_domain::verification::sms::{SmsSender, SmsSenderError};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};
use serde::Deserialize;
use thiserror::Error;

use super::mail::SendError;
use crate::config::SmsConfig;

/// The longest answer that is read.
const LONGEST_ANSWER: usize = 64 * 1024;

/// The settings of the SMS gateway can't be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SmsError {
    /// Where it is.
    #[error("worker.sms.url must be `https://…`; `http://` only on this machine")]
    Url,
    /// Who we are there.
    #[error("worker.sms.account_sid is `AC` and 32 hexadecimal digits")]
    Account,
    /// The password.
    #[error("worker.sms.auth_token is empty, or has other characters than a header can hold")]
    Token,
    /// Whom messages are from.
    #[error(
        "worker.sms.from is a number like `+15005550006`, or a name of 1 to 11 letters and digits"
    )]
    From,
    /// What the service is called.
    #[error("worker.sms.service: {0}")]
    Service(SmsSenderError),
    /// Where codes are filled in.
    #[error("worker.sms.host: {0}")]
    Host(SmsSenderError),
    /// TLS can't be set up.
    #[error("worker.sms: {0}")]
    Client(String),
}

/// Sends SMS. Cheap to clone.
#[derive(Clone)]
pub struct SmsGateway {
    client: Client,
    url: Url,
    account_sid: String,
    auth_token: String,
    from: String,
    sender: SmsSender,
}

impl std::fmt::Debug for SmsGateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmsGateway")
            .field("url", &self.url.as_str())
            .finish_non_exhaustive()
    }
}

/// What it answers when it takes a message.
#[derive(Deserialize)]
struct Taken {
    sid: String,
}

/// What it answers when it does not.
#[derive(Default, Deserialize)]
struct Refused {
    #[serde(default)]
    code: Option<u32>,
}

impl SmsGateway {
    /// Prepares connections; the first is made with the first message.
    ///
    /// # Errors
    /// [`SmsError`] when a setting can't be used.
    pub fn new(config: &SmsConfig) -> Result<Self, SmsError> {
        let url: Url = config.url.parse().map_err(|_| SmsError::Url)?;
        let plain = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if !plain || !(url.scheme() == "https" || url.scheme() == "http" && is_here(&url)) {
            return Err(SmsError::Url);
        }
        let hexadecimal = |digits: &str| {
            digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        if !config
            .account_sid
            .strip_prefix("AC")
            .is_some_and(hexadecimal)
        {
            return Err(SmsError::Account);
        }
        let visible = |byte: u8| byte.is_ascii_graphic();
        if config.auth_token.is_empty() || !config.auth_token.bytes().all(visible) {
            return Err(SmsError::Token);
        }
        if !is_sender(&config.from) {
            return Err(SmsError::From);
        }
        let sender = SmsSender::new(&config.service, config.host.as_deref());
        let sender = sender.map_err(|error| match error {
            SmsSenderError::Service => SmsError::Service(error),
            SmsSenderError::Host => SmsError::Host(error),
        })?;
        // Whoever it redirects to is not who the password is for; nor is a proxy of the
        // environment asked about a loopback address.
        let client = Client::builder()
            .redirect(Policy::none())
            .timeout(Duration::from_millis(config.timeout_ms.max(1)));
        let client = if is_here(&url) {
            client.no_proxy()
        } else {
            client
        };
        let path = format!(
            "{}/2010-04-01/Accounts/{}/Messages.json",
            url.path().trim_end_matches('/'),
            config.account_sid
        );
        let mut url = url;
        url.set_path(&path);
        Ok(Self {
            client: client
                .build()
                .map_err(|error| SmsError::Client(error.to_string()))?,
            url,
            account_sid: config.account_sid.clone(),
            auth_token: config.auth_token.clone(),
            from: config.from.clone(),
            sender,
        })
    }

    /// How messages name the service.
    pub(crate) const fn sender(&self) -> &SmsSender {
        &self.sender
    }

    /// Sends one message; what it is called there.
    pub(crate) async fn send(&self, to: &Phone, body: &str) -> Result<String, SendError> {
        let form = [("To", to.as_str()), ("From", &self.from), ("Body", body)];
        let request = self
            .client
            .post(self.url.clone())
            .basic_auth(&self.account_sid, Some(&self.auth_token))
            .form(&form);
        // What reqwest says may name the URL, but never the form.
        let mut answer = request.send().await.map_err(|error| {
            SendError::Away(if error.is_timeout() {
                "the SMS gateway takes too long".into()
            } else {
                "the SMS gateway can't be reached".into()
            })
        })?;
        let status = answer.status();
        let mut text = Vec::new();
        while let Ok(Some(more)) = answer.chunk().await {
            text.extend_from_slice(&more);
            if text.len() > LONGEST_ANSWER {
                break;
            }
        }
        if status.is_success() {
            let named = |sid: &String| {
                sid.len() <= 64 && sid.bytes().all(|byte| byte.is_ascii_alphanumeric())
            };
            let taken = serde_json::from_slice(&text).map(|taken: Taken| taken.sid);
            return Ok(taken.ok().filter(named).unwrap_or_default());
        }
        let refused: Refused = serde_json::from_slice(&text).unwrap_or_default();
        Err(judge(status, refused.code))
    }
}

/// Whether it is on this machine.
fn is_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

fn is_sender(from: &str) -> bool {
    let name = (1..=11).contains(&from.len())
        && from
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b' ')
        && from.bytes().any(|byte| byte.is_ascii_alphabetic());
    name || from
        .parse()
        .is_ok_and(|phone: Phone| phone.as_str() == from)
}

/// What a refusal means. Its words are left out: they quote the number.
fn judge(status: StatusCode, code: Option<u32>) -> SendError {
    let cause = match code {
        Some(code) => format!("sms-{code}"),
        None => format!("sms-http-{}", status.as_u16()),
    };
    let ours = || {
        SendError::Away(format!(
            "the SMS gateway takes no message from us ({cause})"
        ))
    };
    match (status.as_u16(), code) {
        (408 | 429 | 500..=599, _) => SendError::Later(cause),
        // Who we are, or whom messages are from, is not as it wants it: the same for each of them.
        (300..=399 | 401 | 403 | 404 | 405, _)
        | (_, Some(21_212 | 21_603 | 21_606 | 21_659 | 21_660 | 21_661)) => ours(),
        _ => SendError::Never(cause),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn config() -> SmsConfig {
        SmsConfig {
            url: "https://api.twilio.com".to_owned(),
            account_sid: format!("AC{}", "0a".repeat(16)),
            auth_token: "hunter2".to_owned(),
            from: "MEDILK".to_owned(),
            service: "MediLink".to_owned(),
            host: Some("hospital.example".to_owned()),
            timeout_ms: 1_000,
        }
    }

    #[test]
    fn settings_that_cannot_be_meant_are_refused_by_name() {
        let gateway = SmsGateway::new(&config()).unwrap();
        assert!(!format!("{gateway:?}").contains("hunter2"));
        assert_eq!(
            gateway.url.as_str(),
            format!(
                "https://api.twilio.com/2010-04-01/Accounts/AC{}/Messages.json",
                "0a".repeat(16)
            )
        );
        let refused = |change: &dyn Fn(&mut SmsConfig)| {
            let mut config = config();
            change(&mut config);
            SmsGateway::new(&config).map(drop).unwrap_err().to_string()
        };
        for url in [
            "",
            "api.twilio.com",
            "http://api.twilio.com",
            "https://me:secret@api.twilio.com",
            "https://api.twilio.com/?a=b",
            "ftp://127.0.0.1",
            "http://127.0.0.1.example",
        ] {
            let said = refused(&|config| config.url = url.to_owned());
            assert!(said.contains("worker.sms.url"), "{url}: {said}");
        }
        for sid in [
            "",
            "AC",
            "AC12",
            "../../AC",
            "SK00000000000000000000000000000000",
        ] {
            let said = refused(&|config| config.account_sid = sid.to_owned());
            assert!(said.contains("account_sid"), "{sid}: {said}");
        }
        for token in ["", "a b", "a\r\nX: y"] {
            let said = refused(&|config| config.auth_token = token.to_owned());
            assert!(said.contains("auth_token"), "{said}");
            assert!(token.is_empty() || !said.contains(token), "{said}");
        }
        for from in [
            "",
            "12345",
            "+0123",
            "MEDILINKINDIA",
            "Medi-Link",
            "+1 500 555 0006",
        ] {
            let said = refused(&|config| config.from = from.to_owned());
            assert!(said.contains("worker.sms.from"), "{from}: {said}");
        }
        let said = refused(&|config| config.service = "A".repeat(90));
        assert!(said.contains("worker.sms.service"), "{said}");
        let said = refused(&|config| config.host = Some("https://x".to_owned()));
        assert!(said.contains("worker.sms.host"), "{said}");
        for url in [
            "http://127.0.0.1:1",
            "http://localhost",
            "http://[::1]:8/base/",
        ] {
            let here = SmsConfig {
                url: url.to_owned(),
                ..config()
            };
            assert!(SmsGateway::new(&here).is_ok(), "{url}");
        }
    }

    #[test]
    fn a_refusal_is_the_numbers_the_moments_or_ours() {
        let of = |status: u16, code| judge(StatusCode::from_u16(status).unwrap(), code);
        for status in [408, 429, 500, 502, 503] {
            assert!(matches!(of(status, None), SendError::Later(_)), "{status}");
        }
        for (status, code) in [
            (401, Some(20_003)),
            (403, Some(20_005)),
            (404, Some(20_404)),
            (302, None),
            (400, Some(21_606)),
        ] {
            assert!(matches!(of(status, code), SendError::Away(_)), "{status}");
        }
        for code in [21_211, 21_408, 21_610, 21_614] {
            let cause = format!("sms-{code}");
            assert_eq!(of(400, Some(code)), SendError::Never(cause));
        }
        assert_eq!(of(400, None), SendError::Never("sms-http-400".into()));
    }
}
