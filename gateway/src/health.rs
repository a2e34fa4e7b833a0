//! `/livez`: the process answers. `/readyz`: it can do its work, part by part.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::{BoxFuture, join_all};
use medilink_database::Database;
use medilink_projections::Checkpoints;
use poem::http::StatusCode;
use poem::http::header;
use poem::{IntoResponse, Response};
use serde::Serialize;
use tokio::sync::Mutex;

/// How long one part may take to say how it is.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long an answer is repeated: anyone may ask, and asking must not load the parts.
const FRESH: Duration = Duration::from_secs(1);

/// How a part is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether it works.
    pub up: bool,
    /// Whether we can do our work without it for a while.
    pub needed: bool,
    /// What that means for callers; never an address or an error's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// For a reader of the log: how many events it has not seen yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behind: Option<u64>,
}

/// A part that can say how it is. One that takes longer than a second counts as down.
pub trait Probe: Send + Sync + 'static {
    /// The part's name in the report.
    fn name(&self) -> &'static str;
    /// Whether the gateway is of no use without it.
    fn needed(&self) -> bool;
    /// How it is now.
    fn check(&self) -> BoxFuture<'_, Report>;
}

/// The database that holds the log: nothing works without it.
pub(crate) struct DatabaseProbe(pub Database);

impl Probe for DatabaseProbe {
    fn name(&self) -> &'static str {
        "database"
    }

    fn needed(&self) -> bool {
        true
    }

    fn check(&self) -> BoxFuture<'_, Report> {
        Box::pin(async {
            let up = self.0.ping().await.is_ok();
            let note = (!up).then(|| "nothing can be read or recorded".to_owned());
            Report {
                up,
                note,
                ..Report::default()
            }
        })
    }
}

/// The read models: commands go on without them, and readers are told how far they are.
pub(crate) struct ProjectionsProbe(pub Checkpoints);

impl Probe for ProjectionsProbe {
    fn name(&self) -> &'static str {
        "projections"
    }

    fn needed(&self) -> bool {
        false
    }

    fn check(&self) -> BoxFuture<'_, Report> {
        Box::pin(async {
            let Ok(models) = self.0.behind().await else {
                return Report::default();
            };
            let parked: u64 = models.iter().map(|model| model.parked).sum();
            let note = if models.is_empty() {
                Some("the read models are not built yet".to_owned())
            } else {
                (parked > 0).then(|| format!("{parked} events wait for an operator"))
            };
            let behind = models.iter().map(|model| model.events).max();
            Report {
                up: !models.is_empty(),
                note,
                behind,
                ..Report::default()
            }
        })
    }
}

/// All parts.
#[derive(Clone)]
pub struct Health {
    probes: Arc<[Box<dyn Probe>]>,
    last: Arc<Mutex<Option<(Instant, Readiness)>>>,
}

#[derive(Clone, Debug, Serialize)]
struct Readiness {
    ready: bool,
    parts: BTreeMap<&'static str, Report>,
}

impl Health {
    /// Asks these.
    pub fn new(probes: Vec<Box<dyn Probe>>) -> Self {
        Self {
            probes: probes.into(),
            last: Arc::default(),
        }
    }

    /// The answer of `/livez`.
    pub fn live() -> Response {
        json(StatusCode::OK, br#"{"live":true}"#.to_vec())
    }

    /// The answer of `/readyz`: 503 while a needed part is away or the process is stopping.
    pub async fn ready(&self, stopping: bool) -> Response {
        let mut readiness = self.readiness().await;
        readiness.ready &= !stopping;
        let status = if readiness.ready {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        };
        // Names, flags and numbers are always representable.
        let mut response = json(status, serde_json::to_vec(&readiness).unwrap_or_default());
        if !readiness.ready {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, header::HeaderValue::from_static("2"));
        }
        response
    }

    /// How each part is, by name.
    pub(crate) async fn parts(&self) -> BTreeMap<&'static str, Report> {
        self.readiness().await.parts
    }

    async fn readiness(&self) -> Readiness {
        // Held while asking, so that many callers cause one round of questions.
        let mut last = self.last.lock().await;
        if let Some((asked, readiness)) = last.as_ref()
            && asked.elapsed() < FRESH
        {
            return readiness.clone();
        }
        let reports = join_all(self.probes.iter().map(|probe| async move {
            let report = tokio::time::timeout(PATIENCE, probe.check()).await;
            let report = report.unwrap_or_else(|_| Report {
                note: Some("no answer within a second".to_owned()),
                ..Report::default()
            });
            (
                probe.name(),
                Report {
                    needed: probe.needed(),
                    ..report
                },
            )
        }))
        .await;
        let ready = reports
            .iter()
            .all(|(_, report)| report.up || !report.needed);
        for (name, report) in &reports {
            metrics::gauge!("medilink_part_up", "part" => *name).set(if report.up {
                1.0
            } else {
                0.0
            });
        }
        let readiness = Readiness {
            ready,
            parts: reports.into_iter().collect(),
        };
        *last = Some((Instant::now(), readiness.clone()));
        readiness
    }
}

/// Its own media type, so that a 503 here is the report and not taken for an unexplained error.
const REPORT: &str = "application/health+json";

fn json(status: StatusCode, body: Vec<u8>) -> Response {
    Response::builder()
        .status(status)
        .content_type(REPORT)
        .body(body)
        .into_response()
}

pub(crate) fn is_report(response: &Response) -> bool {
    response.content_type() == Some(REPORT)
}
