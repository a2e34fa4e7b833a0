//! A mail server for tests: speaks enough of RFC 5321 on a loopback port to be told from a
//! real one by nobody, keeps what it takes, and refuses whom it is told to refuse.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use medilink_workers::{SmtpConfig, SmtpTls};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub to: String,
    pub content: String,
    /// Whether it came under TLS.
    pub protected: bool,
}

impl Mail {
    pub fn header(&self, name: &str) -> String {
        let prefix = format!("{}: ", name.to_lowercase());
        let line = self
            .content
            .lines()
            .find(|line| line.to_lowercase().starts_with(&prefix));
        line.unwrap_or_default()[prefix.len()..].to_owned()
    }
}

#[derive(Clone, Default)]
struct Shared {
    taken: Arc<Mutex<Vec<Mail>>>,
    /// What each address is answered, one reply a try; then 250.
    replies: Arc<Mutex<HashMap<String, Vec<&'static str>>>>,
}

impl Shared {
    fn reply_for(&self, address: &str) -> &'static str {
        match self.replies.lock().unwrap().get_mut(address) {
            Some(script) if !script.is_empty() => script.remove(0),
            _ => "250 2.1.5 OK",
        }
    }
}

pub struct MailServer {
    port: u16,
    shared: Shared,
    tls: Option<(TlsAcceptor, tempfile::NamedTempFile)>,
    task: Option<JoinHandle<()>>,
}

impl MailServer {
    pub async fn start() -> Self {
        let mut server = Self::absent().await;
        server.listen().await;
        server
    }

    /// A server that offers STARTTLS with a certificate of its own making.
    pub async fn start_with_tls() -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let authority = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(authority.path(), made.cert.pem()).unwrap();
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.into())
            .unwrap();
        let mut server = Self::absent().await;
        server.tls = Some((TlsAcceptor::from(Arc::new(config)), authority));
        server.listen().await;
        server
    }

    /// A server that is not there yet.
    pub async fn absent() -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .await
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        Self {
            port,
            shared: Shared::default(),
            tls: None,
            task: None,
        }
    }

    pub async fn listen(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.unwrap();
        let shared = self.shared.clone();
        let tls = self.tls.as_ref().map(|(acceptor, _)| acceptor.clone());
        self.task = Some(tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(converse(socket, shared.clone(), tls.clone()));
            }
        }));
    }

    /// Answers the next tries to reach `address` with these replies.
    pub fn reply(&self, address: &str, replies: &[&'static str]) {
        self.shared
            .replies
            .lock()
            .unwrap()
            .insert(address.to_owned(), replies.to_vec());
    }

    pub fn taken(&self) -> Vec<Mail> {
        self.shared.taken.lock().unwrap().clone()
    }

    pub fn config(&self) -> SmtpConfig {
        SmtpConfig {
            host: if self.tls.is_some() {
                "localhost"
            } else {
                "127.0.0.1"
            }
            .into(),
            port: self.port,
            tls: if self.tls.is_some() {
                SmtpTls::Starttls
            } else {
                SmtpTls::None
            },
            ca: self
                .tls
                .as_ref()
                .map(|(_, authority)| authority.path().to_owned()),
            user: None,
            password: None,
            from: "MediLink <notices@medilink.example>".into(),
            timeout_ms: 2_000,
        }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// A conversation, and after STARTTLS the one under its protection.
async fn converse(socket: TcpStream, shared: Shared, tls: Option<TlsAcceptor>) -> Option<()> {
    let mut plain = BufStream::new(socket);
    plain.write_all(b"220 mail.test ESMTP\r\n").await.ok()?;
    let offer = tls.is_some();
    match talk(&mut plain, &shared, offer, false).await? {
        Ended::Quit => Some(()),
        Ended::StartTls => {
            let mut protected = BufStream::new(tls?.accept(plain.into_inner()).await.ok()?);
            talk(&mut protected, &shared, false, true).await.map(|_| ())
        }
    }
}

enum Ended {
    Quit,
    StartTls,
}

async fn talk<S: AsyncBufRead + AsyncWrite + Unpin>(
    stream: &mut S,
    shared: &Shared,
    offers_tls: bool,
    protected: bool,
) -> Option<Ended> {
    let mut to = String::new();
    loop {
        stream.flush().await.ok()?;
        let line = read_line(stream).await?;
        let verb = line
            .split([' ', ':'])
            .next()
            .unwrap_or_default()
            .to_uppercase();
        let reply: String = match verb.as_str() {
            "EHLO" if offers_tls => "250-mail.test\r\n250-STARTTLS\r\n250 8BITMIME".into(),
            "EHLO" => "250-mail.test\r\n250 8BITMIME".into(),
            "RCPT" => {
                line.split(['<', '>'])
                    .nth(1)
                    .unwrap_or_default()
                    .clone_into(&mut to);
                shared.reply_for(&to).into()
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await.ok()?;
                stream.flush().await.ok()?;
                let content = read_content(stream).await?;
                let mail = Mail {
                    to: to.clone(),
                    content,
                    protected,
                };
                shared.taken.lock().unwrap().push(mail);
                "250 2.0.0 taken".into()
            }
            "STARTTLS" if offers_tls => {
                stream.write_all(b"220 go on\r\n").await.ok()?;
                stream.flush().await.ok()?;
                return Some(Ended::StartTls);
            }
            "MAIL" | "RSET" | "NOOP" => "250 OK".into(),
            "QUIT" => return Some(Ended::Quit),
            _ => "502 5.5.1 not known here".into(),
        };
        stream
            .write_all(format!("{reply}\r\n").as_bytes())
            .await
            .ok()?;
    }
}

async fn read_line<S: AsyncBufRead + Unpin>(stream: &mut S) -> Option<String> {
    let mut line = String::new();
    let read = stream.read_line(&mut line).await.ok()?;
    (read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
}

async fn read_content<S: AsyncBufRead + Unpin>(stream: &mut S) -> Option<String> {
    let mut content = String::new();
    loop {
        let line = read_line(stream).await?;
        if line == "." {
            return Some(content);
        }
        content.push_str(line.strip_prefix('.').unwrap_or(&line));
        content.push('\n');
    }
}
