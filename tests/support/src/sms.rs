//! An SMS gateway for tests: speaks HTTP on a loopback port as Twilio's Messages API does, keeps
//! what it takes, and refuses what it is told to refuse.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use poem::http::{StatusCode, header};
use poem::listener::TcpListener;
use poem::web::{Data, Form, Json, Path};
use poem::{EndpointExt, IntoResponse, Request, Response, Route, Server, handler, post};
use serde::Deserialize;
use serde_json::json;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::port;

/// A message that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sms {
    /// To whom.
    pub to: String,
    /// From whom.
    pub from: String,
    /// What it says.
    pub body: String,
}

impl Sms {
    /// The code in its last line, by which browsers fill it in.
    ///
    /// # Panics
    /// When there is none.
    pub fn code(&self) -> &str {
        let last = self.body.lines().last().unwrap_or_default();
        let (_, code) = last.split_once('#').expect("a code");
        code
    }
}

/// For each number what it is answered: the status, and Twilio's own code.
type Replies = HashMap<String, Vec<(u16, u32)>>;

#[derive(Clone)]
struct Shared {
    account_sid: String,
    auth_token: String,
    taken: Arc<Mutex<Vec<Sms>>>,
    asked: Arc<Mutex<usize>>,
    /// One reply a try; then the message is taken.
    replies: Arc<Mutex<Replies>>,
}

/// The gateway.
pub struct SmsServer {
    port: u16,
    shared: Shared,
    task: Option<JoinHandle<()>>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "To")]
    to: String,
    #[serde(rename = "From")]
    from: String,
    #[serde(rename = "Body")]
    body: String,
}

fn hexadecimal() -> String {
    Uuid::new_v4().simple().to_string()
}

fn refusal(status: u16, code: u32) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    let body = json!({
        "code": code, "message": "It names the number, and nobody may repeat it.",
        "more_info": format!("https://www.twilio.com/docs/errors/{code}"),
        "status": status.as_u16(),
    });
    Json(body).with_status(status).into_response()
}

#[handler]
fn take(
    Path(account): Path<String>,
    Data(shared): Data<&Shared>,
    request: &Request,
    Form(message): Form<Message>,
) -> Response {
    *shared.asked.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    let known = format!("{}:{}", shared.account_sid, shared.auth_token);
    let known = format!("Basic {}", STANDARD.encode(known));
    if request.header(header::AUTHORIZATION) != Some(known.as_str()) {
        return refusal(401, 20_003);
    }
    if account != shared.account_sid {
        return refusal(404, 20_404);
    }
    let mut replies = shared
        .replies
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(script) = replies.get_mut(&message.to)
        && !script.is_empty()
    {
        let (status, code) = script.remove(0);
        return refusal(status, code);
    }
    let sid = format!("SM{}", hexadecimal());
    let body = json!({
        "account_sid": account, "api_version": "2010-04-01", "body": message.body,
        "date_created": "Mon, 23 Nov 2026 02:00:00 +0000", "date_sent": null,
        "date_updated": "Mon, 23 Nov 2026 02:00:00 +0000", "direction": "outbound-api",
        "error_code": null, "error_message": null, "from": message.from,
        "messaging_service_sid": null, "num_media": "0", "num_segments": "1", "price": null,
        "price_unit": null, "sid": sid, "status": "queued", "subresource_uris": {},
        "to": message.to, "uri": format!("/2010-04-01/Accounts/{account}/Messages/{sid}.json"),
    });
    let mut taken = shared.taken.lock().unwrap_or_else(PoisonError::into_inner);
    taken.push(Sms {
        to: message.to,
        from: message.from,
        body: message.body,
    });
    Json(body).with_status(StatusCode::CREATED).into_response()
}

impl SmsServer {
    /// One that is there.
    pub async fn start() -> Self {
        let mut server = Self::absent();
        server.listen().await;
        server
    }

    /// One that is away still.
    pub fn absent() -> Self {
        Self {
            port: port(),
            shared: Shared {
                account_sid: format!("AC{}", hexadecimal()),
                auth_token: hexadecimal(),
                taken: Arc::default(),
                asked: Arc::default(),
                replies: Arc::default(),
            },
            task: None,
        }
    }

    /// Comes back.
    ///
    /// # Panics
    /// When its port is taken.
    pub async fn listen(&mut self) {
        let app = Route::new()
            .at("/2010-04-01/Accounts/:account/Messages.json", post(take))
            .data(self.shared.clone());
        let listener = TcpListener::bind(("127.0.0.1", self.port));
        self.task = Some(tokio::spawn(async move {
            Server::new(listener).run(app).await.expect("it serves");
        }));
        while tokio::net::TcpStream::connect(("127.0.0.1", self.port))
            .await
            .is_err()
        {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Who may send.
    pub fn account_sid(&self) -> &str {
        &self.shared.account_sid
    }

    /// Their password.
    pub fn auth_token(&self) -> &str {
        &self.shared.auth_token
    }

    /// What a worker is told of it.
    pub fn settings(&self) -> String {
        format!(
            "[sms]\nurl = '{}'\naccount_sid = '{}'\nauth_token = '{}'\nfrom = '+15005550006'\n\
             host = 'hospital.example'",
            self.url(),
            self.account_sid(),
            self.auth_token()
        )
    }

    /// Answers the next messages to a number so: the status, and Twilio's own code.
    pub fn reply(&self, to: &str, script: &[(u16, u32)]) {
        let replies = self.shared.replies.lock();
        let mut replies = replies.unwrap_or_else(PoisonError::into_inner);
        replies.insert(to.to_owned(), script.to_vec());
    }

    /// What it has taken.
    pub fn taken(&self) -> Vec<Sms> {
        let taken = self.shared.taken.lock();
        taken.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How often it was asked to take something.
    pub fn asked(&self) -> usize {
        let asked = self.shared.asked.lock();
        *asked.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for SmsServer {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }
}
