//! Puts a set of handlers behind everything that holds for all of them.
//!
//! From the outside in: request id → span and metrics → security headers → compression →
//! problems → the web application → known routes only → limits → handler.

use std::sync::Arc;

use bytes::Bytes;
use medilink_telemetry::Meters;
use poem::endpoint::{BoxEndpoint, make};
use poem::http::header::{self, HeaderValue};
use poem::{EndpointExt, IntoResponse, Response, Route, get};
use poem_openapi::{OpenApi, OpenApiService};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::actor::SignIn;
use crate::config::{GatewayConfig, millis};
use crate::document::{self, DocumentError};
use crate::health::Health;
use crate::json::BodyRules;
use crate::keeping::Https;
use crate::limits::{self, Gate};
use crate::routes::{self, Routes};
use crate::web::{self, Web};
use crate::{compress, errors, headers, observe, request_id};

/// What every set of handlers is served with.
#[derive(Clone)]
pub struct Frame {
    /// The settings.
    pub config: GatewayConfig,
    /// Who a token stands for.
    pub sign_in: Arc<dyn SignIn>,
    /// The web application; without files where there is none.
    pub web: Arc<Web>,
    /// How the parts are.
    pub health: Health,
    /// The metrics of the process.
    pub meters: Meters,
    /// Cancelled when the process stops.
    pub stop: CancellationToken,
}

/// Why handlers can't be served.
#[derive(Debug, thiserror::Error)]
pub enum AssemblyError {
    /// A route is open, or the document is damaged.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A schema of the document is none.
    #[error("the schema of a body can't be used: {0}")]
    Schema(String),
}

/// Serves these handlers.
///
/// # Errors
/// [`AssemblyError`] when a route takes no [`SignedIn`](crate::SignedIn) or a schema is broken.
pub fn assemble<T: OpenApi + 'static>(
    api: T,
    frame: Frame,
) -> Result<BoxEndpoint<'static, Response>, AssemblyError> {
    let service = document::service(api);
    let document = document::of::<T>()?;
    let limits = &frame.config.limits;
    let rules = BodyRules::new(&document, limits.body_bytes, millis(limits.body_ms))
        .map_err(AssemblyError::Schema)?;
    let docs = docs_page(&service, &document);
    let mut routes = Routes::of_document(&document);
    let mut tree = Route::new();
    for (path, page) in pages(&frame, &document, docs) {
        routes.add_page(path);
        tree = tree.at(path, get(page));
    }
    let handlers = tree
        .nest("/", service)
        .data(Arc::new(rules))
        .data(Arc::clone(&frame.sign_in))
        .data(Https(frame.config.behind_https))
        .boxed();
    Ok(surround(handlers, routes, &frame))
}

/// What every request passes on its way in, and every answer on its way out. Boxed half-way
/// so that the compiler meets no type a thousand names long.
fn surround(
    handlers: BoxEndpoint<'static, Response>,
    routes: Routes,
    frame: &Frame,
) -> BoxEndpoint<'static, Response> {
    let routes = Arc::new(routes);
    let (known, apart) = (Arc::clone(&routes), Arc::clone(&routes));
    let gate = Arc::new(Gate::new(&frame.config));
    let behind_https = frame.config.behind_https;
    let web = Arc::clone(&frame.web);
    let guarded = handlers
        .around(move |next, request| limits::hold(next, request, Arc::clone(&gate)))
        .around(move |next, request| routes::check(next, request, Arc::clone(&known)))
        .around(move |next, request| {
            web::serve(next, request, Arc::clone(&web), Arc::clone(&apart))
        })
        .around(errors::answer)
        .boxed();
    guarded
        .around(compress::answers)
        .around(move |next, request| headers::protect(next, request, behind_https))
        .around(move |next, request| observe::request(next, request, Arc::clone(&routes)))
        .around(request_id::assign)
        .boxed()
}

/// The pages of the framework, which the document doesn't list.
fn pages(
    frame: &Frame,
    document: &Value,
    docs: Bytes,
) -> Vec<(&'static str, BoxEndpoint<'static, Response>)> {
    let spec = Bytes::from(document.to_string());
    let health = frame.health.clone();
    let stop = frame.stop.clone();
    let mut pages: Vec<(&'static str, BoxEndpoint<'static, Response>)> =
        vec![
        ("/livez", make(|_| async { poem::Result::<Response>::Ok(Health::live()) }).boxed()),
        (
            "/readyz",
            make(move |_| {
                let (health, stop) = (health.clone(), stop.clone());
                async move { poem::Result::<Response>::Ok(health.ready(stop.is_cancelled()).await) }
            })
            .boxed(),
        ),
        ("/openapi.json", fixed("application/json", spec, None)),
        ("/docs", fixed("text/html; charset=utf-8", docs, Some(headers::DOCS_POLICY))),
    ];
    if frame.config.metrics_listen.is_none() {
        pages.push(("/metrics", metrics_page(frame.meters.clone())));
    }
    pages
}

fn fixed(
    kind: &'static str,
    body: Bytes,
    policy: Option<HeaderValue>,
) -> BoxEndpoint<'static, Response> {
    make(move |_| {
        let mut response = Response::builder().content_type(kind).body(body.clone());
        // The same for everybody, but it changes with the release.
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        if let Some(policy) = &policy {
            response
                .headers_mut()
                .insert(header::CONTENT_SECURITY_POLICY, policy.clone());
        }
        async move { poem::Result::<Response>::Ok(response) }
    })
    .boxed()
}

/// Metrics in Prometheus' text format.
pub(crate) fn metrics_page(meters: Meters) -> BoxEndpoint<'static, Response> {
    make(move |_| {
        let text = meters.render();
        async move {
            poem::Result::<Response>::Ok(
                text.with_content_type("text/plain; version=0.0.4")
                    .into_response(),
            )
        }
    })
    .boxed()
}

/// The browsable page, which holds all it needs and so works without the internet.
fn docs_page<T: OpenApi>(service: &OpenApiService<T, ()>, document: &Value) -> Bytes {
    // `<` can't occur in the document's JSON outside of strings, where this escape means the same.
    let document = document.to_string().replace('<', "\\u003c");
    service
        .swagger_ui_html()
        .replace(&service.spec(), &document)
        .into()
}
