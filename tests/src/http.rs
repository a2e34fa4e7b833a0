//! A caller of the gateway.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use uuid::Uuid;

/// What the gateway answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as JSON, `null` when it isn't JSON.
    pub body: Value,
    /// The body as text.
    pub text: String,
}

impl Answer {
    /// A header's value, empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The last segment of a problem's type, empty when it is no problem.
    pub fn problem(&self) -> &str {
        self.body["type"]
            .as_str()
            .and_then(|kind| kind.rsplit('/').next())
            .unwrap_or_default()
    }

    /// The position of a command.
    pub fn position(&self) -> u64 {
        self.body["position"]
            .as_u64()
            .expect("a command answers with its position")
    }
}

/// Someone with a token.
#[derive(Clone, Debug)]
pub struct Caller {
    client: Client,
    /// Where gateways are. As a load balancer does, it turns to the next when one is gone or says
    /// that it is not ready.
    gateways: Arc<[String]>,
    turn: Arc<AtomicUsize>,
    headers: HeaderMap,
    patience: Duration,
}

impl Caller {
    pub(crate) fn new(gateways: impl IntoIterator<Item = String>, secret: &str) -> Self {
        let caller = Self {
            client: Client::builder().build().unwrap(),
            gateways: gateways.into_iter().collect(),
            turn: Arc::default(),
            headers: HeaderMap::new(),
            patience: Duration::from_secs(60),
        };
        if secret.is_empty() {
            caller
        } else {
            caller.with("authorization", &format!("Bearer {secret}"))
        }
    }

    /// Somebody who is not signed in, at a gateway such as `http://127.0.0.1:8080`.
    pub fn at(gateway: &str) -> Self {
        Self::new([gateway.to_owned()], "")
    }

    /// The same caller with one more header on each request.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.headers
            .insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    /// The same caller, who gives a request up after this long.
    #[must_use]
    pub fn patient_for(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The same person at a turn of its own among the gateways.
    #[must_use]
    pub fn at_turn(mut self, turn: usize) -> Self {
        self.turn = Arc::new(AtomicUsize::new(turn));
        self
    }

    /// A request to build on.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let turn = self.turn.load(Ordering::Relaxed) % self.gateways.len();
        self.client
            .request(method, format!("{}{path}", self.gateways[turn]))
            .timeout(self.patience)
            .headers(self.headers.clone())
    }

    /// Sends it; `None` when the gateway can't be reached.
    pub async fn send(&self, request: RequestBuilder) -> Option<Answer> {
        let answer = Self::answer(request).await;
        if answer.as_ref().is_none_or(|answer| answer.status == 503) {
            self.turn.fetch_add(1, Ordering::Relaxed);
        }
        answer
    }

    async fn answer(request: RequestBuilder) -> Option<Answer> {
        let response = request.send().await.ok()?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.ok()?;
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Some(Answer {
            status,
            headers,
            body,
            text,
        })
    }

    /// GET; `None` when the gateway can't be reached.
    pub async fn get(&self, path: &str) -> Option<Answer> {
        self.send(self.request(Method::GET, path)).await
    }

    /// POST; `None` when the gateway can't be reached.
    pub async fn try_post(&self, path: &str, body: &Value) -> Option<Answer> {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// POST.
    ///
    /// # Panics
    /// When the gateway can't be reached.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.try_post(path, body)
            .await
            .expect("the gateway answers")
    }

    /// POST with the idempotency key that makes repeating safe, until it is carried out or
    /// refused for a reason that repeating doesn't mend.
    ///
    /// # Panics
    /// When that takes longer than two minutes.
    pub async fn persist(&self, path: &str, body: &Value) -> Answer {
        let caller = self
            .clone()
            .with("idempotency-key", &Uuid::now_v7().to_string());
        let started = Instant::now();
        loop {
            match caller.try_post(path, body).await {
                Some(answer) if answer.status < 500 && answer.problem() != "contention" => {
                    return answer;
                }
                last => assert!(
                    started.elapsed() < Duration::from_secs(120),
                    "still not carried out: {last:?}"
                ),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// GET, seeing at least this position.
    ///
    /// # Panics
    /// When the gateway can't be reached.
    pub async fn get_at(&self, path: &str, position: u64) -> Answer {
        let request = self
            .request(Method::GET, path)
            .header("Medilink-Min-Position", position);
        self.send(request).await.expect("the gateway answers")
    }
}
