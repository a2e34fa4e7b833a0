//! A mail server for tests: speaks enough of RFC 5321 on a loopback port to be told from a
//! real one by nobody, keeps what it takes, and refuses whom it is told to refuse.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use medilink_workers::{SmtpConfig, SmtpTls};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub to: String,
    pub content: String,
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

pub struct MailServer {
    port: u16,
    shared: Shared,
    task: Option<JoinHandle<()>>,
}

impl MailServer {
    pub async fn start() -> Self {
        let mut server = Self::absent().await;
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
            task: None,
        }
    }

    pub async fn listen(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.unwrap();
        let shared = self.shared.clone();
        self.task = Some(tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let shared = shared.clone();
                tokio::spawn(async move { converse(socket, shared).await });
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
            host: "127.0.0.1".into(),
            port: self.port,
            tls: SmtpTls::None,
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

async fn converse(socket: TcpStream, shared: Shared) -> Option<()> {
    let (reader, mut writer) = socket.into_split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 mail.test ESMTP\r\n").await.ok()?;
    let mut to = String::new();
    while let Some(line) = lines.next_line().await.ok()? {
        let verb = line
            .split([' ', ':'])
            .next()
            .unwrap_or_default()
            .to_uppercase();
        let reply: String = match verb.as_str() {
            "EHLO" => "250-mail.test\r\n250 8BITMIME".into(),
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                let mut replies = shared.replies.lock().unwrap();
                match replies.get_mut(&to) {
                    Some(script) if !script.is_empty() => script.remove(0).into(),
                    _ => "250 2.1.5 OK".into(),
                }
            }
            "DATA" => {
                writer.write_all(b"354 go on\r\n").await.ok()?;
                let mut content = String::new();
                loop {
                    match lines.next_line().await.ok()?? {
                        end if end == "." => break,
                        line => {
                            content.push_str(line.strip_prefix('.').unwrap_or(&line));
                            content.push('\n');
                        }
                    }
                }
                shared.taken.lock().unwrap().push(Mail {
                    to: to.clone(),
                    content,
                });
                "250 2.0.0 taken".into()
            }
            "MAIL" | "RSET" | "NOOP" => "250 OK".into(),
            "QUIT" => "221 bye".into(),
            _ => "502 5.5.1 not known here".into(),
        };
        writer
            .write_all(format!("{reply}\r\n").as_bytes())
            .await
            .ok()?;
        if verb == "QUIT" {
            break;
        }
    }
    Some(())
}
