//! E-mail over SMTP, or into a folder to try things out.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{Error as SmtpError, PoolConfig};
use lettre::{AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use medilink_domain::values::{EmailAddress, FreeText, Language, ShortText};
use medilink_domain::words::Words;
use medilink_log::RecordedEvent;
use thiserror::Error;
use uuid::Uuid;

use crate::config::{SmtpConfig, SmtpTls, WorkerConfig};
use crate::job::JobError;

/// The most connections to the mail server.
const CONNECTIONS: u32 = 4;
/// Commands of one message, from connecting to the server's last word.
const COMMANDS: u32 = 6;

/// The mail server's settings can't be used.
#[derive(Debug, Error)]
pub enum MailerError {
    /// The sender's address.
    #[error("worker.smtp.from is no address; write it like `MediLink <notices@medilink.example>`")]
    From,
    /// A user without a password, or the other way round.
    #[error("worker.smtp.user and worker.smtp.password belong together")]
    Credentials,
    /// TLS can't be set up for this host.
    #[error("worker.smtp.host can't be used for TLS: {0}")]
    Tls(String),
    /// The authority's certificate.
    #[error("worker.smtp.ca {0} can't be used: {1}")]
    Authority(PathBuf, String),
    /// The folder for mails.
    #[error("worker.mail_folder {0} can't be made: {1}")]
    Folder(PathBuf, String),
}

/// Why a mail was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SendError {
    /// The server is away, or takes no mail from us at all: no recipient's fault.
    Away(String),
    /// The server may take this mail later.
    Later(String),
    /// The server will never take this mail.
    Never(String),
}

impl SendError {
    /// Why it never will be taken.
    ///
    /// # Errors
    /// What has the job try again, where that may help.
    pub(crate) fn cause(self) -> Result<String, JobError> {
        match self {
            Self::Away(reason) => Err(JobError::Away(reason)),
            Self::Later(code) => Err(JobError::transient(code)),
            Self::Never(code) => Ok(code),
        }
    }
}

/// A mail that an event asks for, with a secret that works for a while. It goes out from the
/// event itself and is written down nowhere else.
pub(crate) struct Letter<'a> {
    /// What it tells of.
    pub(crate) id: Uuid,
    /// Where to.
    pub(crate) email: &'a EmailAddress,
    /// In which language.
    pub(crate) language: Language,
    /// What it says.
    pub(crate) words: Words,
    /// From when on it is worth nothing.
    pub(crate) expires_at: DateTime<Utc>,
}

/// Sends mail. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Mailer {
    transport: Transport,
    from: Mailbox,
    patience: Duration,
}

#[derive(Clone, Debug)]
enum Transport {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(AsyncFileTransport<Tokio1Executor>),
}

/// Whom mails in a folder are from.
const NOBODY: &str = "MediLink <medilink@medilink.invalid>";

impl Mailer {
    /// Sends as the settings say, if they say how. Needs a Tokio runtime.
    ///
    /// # Errors
    /// [`MailerError`] when a setting can't be used.
    pub fn of(config: &WorkerConfig) -> Result<Option<Self>, MailerError> {
        match (&config.smtp, &config.mail_folder) {
            (Some(smtp), _) => Self::new(smtp).map(Some),
            (None, Some(folder)) => Self::into_folder(folder.clone()).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn into_folder(folder: PathBuf) -> Result<Self, MailerError> {
        std::fs::create_dir_all(&folder)
            .map_err(|error| MailerError::Folder(folder.clone(), error.to_string()))?;
        Ok(Self {
            transport: Transport::Folder(AsyncFileTransport::new(folder)),
            from: NOBODY.parse().map_err(|_| MailerError::From)?,
            patience: Duration::from_secs(10),
        })
    }

    /// Prepares connections; the first is made with the first mail. Needs a Tokio runtime.
    ///
    /// # Errors
    /// [`MailerError`] when a setting can't be used.
    pub fn new(config: &SmtpConfig) -> Result<Self, MailerError> {
        let timeout = Duration::from_millis(config.timeout_ms.max(1));
        let tls = match config.tls {
            SmtpTls::None => Tls::None,
            SmtpTls::Starttls => Tls::Required(parameters(config)?),
            SmtpTls::Implicit => Tls::Wrapper(parameters(config)?),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
            .port(config.port)
            .tls(tls)
            .timeout(Some(timeout))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS));
        match (&config.user, &config.password) {
            (Some(user), Some(password)) => {
                builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
            }
            (None, None) => {}
            _ => return Err(MailerError::Credentials),
        }
        Ok(Self {
            transport: Transport::Smtp(builder.build()),
            from: config.from.parse().map_err(|_| MailerError::From)?,
            patience: timeout * COMMANDS,
        })
    }

    /// Sends what an event asks for, while it is worth anything. Where it never arrives, whoever
    /// asked may have mistyped: they see no mail, and ask again.
    pub(crate) async fn send_letter(
        &self,
        event: &RecordedEvent,
        letter: Letter<'_>,
    ) -> Result<(), JobError> {
        if letter.expires_at <= Utc::now() {
            return Ok(());
        }
        let Words { title, text, .. } = &letter.words;
        let sent = self
            .send(letter.id, letter.email, letter.language, title, text)
            .await;
        let Err(error) = sent else { return Ok(()) };
        let (code, cause) = (error.cause()?, event.position.0);
        tracing::info!(code, cause, kind = %event.kind, "a mail can't be delivered");
        Ok(())
    }

    /// Sends one mail. Its `Message-ID` follows from what it tells of, so that a mail that is
    /// sent again after a crash is known for the same one.
    pub(crate) async fn send(
        &self,
        id: Uuid,
        address: &EmailAddress,
        language: Language,
        title: &ShortText,
        text: &FreeText,
    ) -> Result<(), SendError> {
        let to = address
            .as_str()
            .parse()
            .map_err(|_| SendError::Never("address-refused".into()))?;
        let message = Message::builder()
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(title.as_str())
            .header(ContentLanguage(language))
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(text.as_str().to_owned())
            .map_err(|_| SendError::Never("message-refused".into()))?;
        let sent = async {
            match &self.transport {
                Transport::Smtp(smtp) => smtp.send(message).await.map(drop).map_err(|error| {
                    // To a server that takes only ASCII (no SMTPUTF8, RFC 6531) nothing is
                    // sent at all: no reason to keep anybody else's mail back.
                    if error.is_client() && !address.as_str().is_ascii() {
                        SendError::Never("address-refused".into())
                    } else {
                        judge(&error)
                    }
                }),
                Transport::Folder(folder) => {
                    folder.send(message).await.map(drop).map_err(|error| {
                        SendError::Away(format!("a mail can't be written: {error}"))
                    })
                }
            }
        };
        match tokio::time::timeout(self.patience, sent).await {
            Ok(sent) => sent,
            Err(_) => Err(SendError::Away("the mail server takes too long".into())),
        }
    }
}

fn parameters(config: &SmtpConfig) -> Result<TlsParameters, MailerError> {
    let mut builder = TlsParameters::builder(config.host.clone());
    if let Some(path) = &config.ca {
        let unusable = |why: String| MailerError::Authority(path.clone(), why);
        let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
        let authority = Certificate::from_pem(&pem).map_err(|error| unusable(error.to_string()))?;
        builder = builder.add_root_certificate(authority);
    }
    builder
        .build()
        .map_err(|error| MailerError::Tls(error.to_string()))
}

/// What the server's refusal means. Its words are left out: they may quote the address.
fn judge(error: &SmtpError) -> SendError {
    let Some(status) = error.status() else {
        let what = if error.is_timeout() {
            "the mail server takes too long"
        } else if error.is_tls() {
            "TLS with the mail server failed"
        } else {
            "the mail server can't be reached, or does not keep to the protocol"
        };
        return SendError::Away(what.into());
    };
    classify(u16::from(status))
}

fn classify(status: u16) -> SendError {
    match status {
        // Closing down, or commands, authentication or TLS not as the server wants them: the
        // same for every mail (RFC 5321 §4.2, RFC 4954 §4.7, RFC 3207 §4).
        421 | 454 | 500 | 502..=504 | 521 | 530 | 534 | 535 | 538 => SendError::Away(format!(
            "the mail server takes no mail from us (smtp-{status})"
        )),
        500..=599 => SendError::Never(format!("smtp-{status}")),
        _ => SendError::Later(format!("smtp-{status}")),
    }
}

/// RFC 3282.
#[derive(Clone, Debug)]
struct ContentLanguage(Language);

impl Header for ContentLanguage {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.parse()?))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.name().to_owned())
    }
}

/// RFC 3834: no out-of-office reply, please.
#[derive(Clone, Debug)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_the_recipients_the_moments_or_ours() {
        for (status, recipient_is_lost, may_come_later) in [
            (421, false, false),
            (450, false, true),
            (451, false, true),
            (452, false, true),
            (454, false, false),
            (501, true, false),
            (530, false, false),
            (535, false, false),
            (550, true, false),
            (552, true, false),
            (553, true, false),
            (554, true, false),
        ] {
            let judged = classify(status);
            assert_eq!(
                matches!(judged, SendError::Never(_)),
                recipient_is_lost,
                "{status}"
            );
            assert_eq!(
                matches!(judged, SendError::Later(_)),
                may_come_later,
                "{status}"
            );
        }
    }
}
