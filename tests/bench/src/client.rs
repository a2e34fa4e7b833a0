//! Callers over HTTP that cost as little as may be, since they share the processor with what
//! they measure: a connection each, kept open, one request after the other.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;

use crate::rounds::Run;

/// One request.
#[derive(Clone, Debug)]
pub struct Call {
    /// GET or POST.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// The body, JSON; empty for GET.
    pub body: Bytes,
}

impl Call {
    /// Reads a path.
    pub const fn get(path: String) -> Self {
        Self {
            method: Method::GET,
            path,
            body: Bytes::new(),
        }
    }

    /// Sends a body.
    pub fn post(path: &str, body: String) -> Self {
        Self {
            method: Method::POST,
            path: path.to_owned(),
            body: body.into(),
        }
    }
}

/// Where to call, and as whom.
#[derive(Clone, Debug)]
pub struct Callee {
    /// The server.
    pub address: SocketAddr,
    /// The bearer token.
    pub token: String,
}

impl Callee {
    /// Sends these calls, so many at a time.
    ///
    /// # Panics
    /// When one is not answered with success.
    pub async fn send(&self, calls: Vec<Call>, in_flight: usize) -> Run {
        let (calls, next) = (Arc::new(calls), Arc::new(AtomicUsize::new(0)));
        let mut connections = Vec::new();
        for _ in 0..in_flight {
            connections.push(Connection::open(self.clone()).await);
        }
        let began = Instant::now();
        let tasks = connections.into_iter().map(|mut connection| {
            let (calls, next) = (calls.clone(), next.clone());
            tokio::spawn(async move {
                let mut latencies = Vec::new();
                while let Some(call) = calls.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let sent = Instant::now();
                    connection.send(call).await;
                    latencies.push(milliseconds(sent.elapsed()));
                }
                latencies
            })
        });
        let mut latencies = Vec::with_capacity(calls.len());
        for task in tasks.collect::<Vec<_>>() {
            latencies.extend(task.await.unwrap());
        }
        let rate = calls.len() as f64 / began.elapsed().as_secs_f64();
        Run::with_latencies(rate, latencies)
    }

    /// Sends these calls at an even pace, whether or not the earlier ones are answered, over
    /// so many connections; returns how long each took from when it was due.
    ///
    /// # Panics
    /// When one is not answered with success.
    pub async fn pace(&self, calls: Vec<Call>, per_second: u64, connections: usize) -> Run {
        let (calls, next) = (Arc::new(calls), Arc::new(AtomicUsize::new(0)));
        let began = Instant::now();
        let tasks: Vec<_> = (0..connections)
            .map(|_| {
                let (callee, calls, next) = (self.clone(), calls.clone(), next.clone());
                tokio::spawn(async move {
                    let mut connection = Connection::open(callee).await;
                    let mut latencies = Vec::new();
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let Some(call) = calls.get(number) else {
                            return latencies;
                        };
                        let due = began + Duration::from_secs(number as u64) / per_second as u32;
                        tokio::time::sleep_until(due.into()).await;
                        connection.send(call).await;
                        latencies.push(milliseconds(due.elapsed()));
                    }
                })
            })
            .collect();
        let mut latencies = Vec::new();
        for task in tasks {
            latencies.extend(task.await.unwrap());
        }
        let rate = calls.len() as f64 / began.elapsed().as_secs_f64();
        Run::with_latencies(rate, latencies)
    }
}

struct Connection {
    callee: Callee,
    sender: SendRequest<Full<Bytes>>,
}

impl Connection {
    async fn open(callee: Callee) -> Self {
        let stream = tokio::net::TcpStream::connect(callee.address)
            .await
            .unwrap();
        stream.set_nodelay(true).unwrap();
        let (sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        // Ends with the sender.
        tokio::spawn(connection);
        Self { callee, sender }
    }

    async fn send(&mut self, call: &Call) {
        let request = Request::builder()
            .method(call.method.clone())
            .uri(&call.path)
            .header(HOST, "localhost")
            .header(AUTHORIZATION, format!("Bearer {}", self.callee.token))
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(call.body.clone()))
            .unwrap();
        let response = self.sender.send_request(request).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(
            matches!(status, StatusCode::OK | StatusCode::CREATED),
            "{} {} was answered with {status}: {}",
            call.method,
            call.path,
            String::from_utf8_lossy(&body)
        );
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}
