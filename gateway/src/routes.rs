//! The table of routes, read from the OpenAPI document: it names a request's route for logs
//! and metrics, knows which methods a path has, and refuses what no route takes.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use poem::http::header::{self, HeaderValue};
use poem::http::{Method, StatusCode};
use poem::{Endpoint, IntoResponse, Request, Response};
use serde_json::Value;

use crate::call::IF_MATCH;
use crate::problem::Problem;
use crate::problem_kinds as kinds;

/// All routes of the gateway.
#[derive(Clone, Debug, Default)]
pub struct Routes {
    /// By how they begin: their fixed segments, up to [`FIXED`] of them.
    routes: HashMap<String, Vec<Route>>,
}

/// How many segments routes are told apart by before they are compared one by one.
const FIXED: usize = 2;

/// So many segments of a path, or all of it.
fn beginning(path: &str, segments: usize) -> &str {
    path.match_indices('/')
        .nth(segments)
        .map_or(path, |(end, _)| &path[..end])
}

/// One path with its methods.
#[derive(Clone, Debug)]
pub struct Route {
    pattern: String,
    operations: Vec<Operation>,
}

#[derive(Clone, Debug)]
struct Operation {
    method: Method,
    /// Names of the query parameters; the framework's own pages take any.
    query: Option<BTreeSet<String>>,
    /// Whether it is held to the version in `If-Match`.
    takes_version: bool,
    answers: Vec<String>,
}

impl Routes {
    /// The routes of an OpenAPI document.
    pub fn of_document(document: &Value) -> Self {
        let paths = document["paths"].as_object().into_iter().flatten();
        let routes = paths.map(|(pattern, operations)| Route {
            pattern: pattern.clone(),
            operations: operations
                .as_object()
                .into_iter()
                .flatten()
                .filter_map(operation)
                .collect(),
        });
        let mut all = Self::default();
        routes.for_each(|route| all.add(route));
        all
    }

    fn add(&mut self, route: Route) {
        let fixed = route.pattern.split("/{").next().unwrap_or_default();
        let fixed = beginning(fixed, FIXED).to_owned();
        self.routes.entry(fixed).or_default().push(route);
    }

    /// Adds a page of the framework that the document doesn't list.
    pub fn add_page(&mut self, path: &str) {
        let operation = Operation {
            method: Method::GET,
            query: None,
            takes_version: false,
            answers: Vec::new(),
        };
        self.add(Route {
            pattern: path.to_owned(),
            operations: vec![operation],
        });
    }

    /// The route that a path belongs to.
    pub fn find(&self, path: &str) -> Option<&Route> {
        // A fixed segment wins over a parameter, so the most literal match is taken.
        (0..=FIXED)
            .filter_map(|segments| self.routes.get(beginning(path, segments)))
            .flatten()
            .filter_map(|route| route.matches(path).map(|literal| (literal, route)))
            .max_by_key(|(literal, _)| *literal)
            .map(|(_, route)| route)
    }
}

fn operation((method, operation): (&String, &Value)) -> Option<Operation> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let takes_version = parameters
        .clone()
        .any(|parameter| parameter["in"] == "header" && parameter["name"] == IF_MATCH);
    let query = parameters
        .filter(|parameter| parameter["in"] == "query")
        .filter_map(|parameter| parameter["name"].as_str().map(str::to_owned));
    let answers = operation["responses"].as_object().into_iter().flatten();
    let answers = answers
        .filter(|(status, _)| status.starts_with('2'))
        .filter_map(|(_, answer)| answer["content"].as_object())
        .flat_map(|content| content.keys())
        .filter_map(|kind| kind.split(';').next())
        .map(|kind| kind.trim().to_owned());
    Some(Operation {
        method: Method::from_bytes(method.to_ascii_uppercase().as_bytes()).ok()?,
        query: Some(query.collect()),
        takes_version,
        answers: answers.collect(),
    })
}

impl Route {
    /// The path with its parameters' names instead of their values.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// How many fixed segments match, or `None` when the path is another one.
    fn matches(&self, path: &str) -> Option<usize> {
        let mut literal = 0;
        let mut given = path.split('/');
        for expected in self.pattern.split('/') {
            let given = given.next()?;
            if expected.starts_with('{') {
                if given.is_empty() {
                    return None;
                }
            } else if expected == given {
                literal += 1;
            } else {
                return None;
            }
        }
        given.next().is_none().then_some(literal)
    }

    fn allow(&self) -> HeaderValue {
        let mut methods: BTreeSet<&str> = self
            .operations
            .iter()
            .map(|operation| operation.method.as_str())
            .collect();
        if methods.contains("GET") {
            methods.insert("HEAD");
        }
        methods.insert("OPTIONS");
        let list = methods.into_iter().collect::<Vec<_>>().join(", ");
        // Method names are tokens, which are always valid in a header.
        HeaderValue::try_from(list).unwrap_or(HeaderValue::from_static("OPTIONS"))
    }

    fn operation(&self, method: &Method) -> Option<&Operation> {
        let method = if *method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        self.operations
            .iter()
            .find(|operation| operation.method == *method)
    }
}

/// Answers what no handler needs to see: unknown paths, methods, parameters and formats, and
/// versions where there are none.
///
/// # Errors
/// 404, 405, 406 or 400 as a [`Problem`].
pub async fn check<E: Endpoint>(
    next: Arc<E>,
    request: Request,
    routes: Arc<Routes>,
) -> poem::Result<Response> {
    let Some(route) = routes.find(request.uri().path()) else {
        return Err(Problem::new(&kinds::NOT_FOUND).into());
    };
    if *request.method() == Method::OPTIONS {
        // No CORS headers: pages of other origins may not call us.
        let response = Response::builder().status(StatusCode::NO_CONTENT);
        return Ok(response.header(header::ALLOW, route.allow()).finish());
    }
    let Some(operation) = route.operation(request.method()) else {
        return Err(Problem::new(&kinds::METHOD_NOT_ALLOWED)
            .header(header::ALLOW, route.allow())
            .into());
    };
    operation.check_query(request.uri().query().unwrap_or_default())?;
    operation.check_version(&request)?;
    operation.check_accept(&request)?;
    next.call(request).await.map(IntoResponse::into_response)
}

impl Operation {
    fn check_query(&self, query: &str) -> Result<(), Problem> {
        let Some(known) = &self.query else {
            return Ok(());
        };
        let mut seen = BTreeSet::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let name = pair.split('=').next().unwrap_or_default();
            // Our names need no escaping, so one that is escaped is none of ours.
            if !known.contains(name) {
                let short: String = name
                    .chars()
                    .filter(char::is_ascii_graphic)
                    .take(40)
                    .collect();
                return Err(Problem::new(&kinds::UNKNOWN_PARAMETER).field(short));
            }
            if !seen.insert(name) {
                return Err(Problem::new(&kinds::UNKNOWN_PARAMETER)
                    .detail("It is given twice.")
                    .field(name.to_owned()));
            }
        }
        Ok(())
    }

    /// A caller who sends `If-Match` relies on it: where a command can't be held to it, it is
    /// refused rather than ignored.
    fn check_version(&self, request: &Request) -> Result<(), Problem> {
        let heeded = self.takes_version || request.method().is_safe();
        if heeded || !request.headers().contains_key(IF_MATCH) {
            return Ok(());
        }
        Err(Problem::new(&kinds::UNEXPECTED_HEADER)
            .detail("There is no version that you could have seen.")
            .field(IF_MATCH))
    }

    fn check_accept(&self, request: &Request) -> Result<(), Problem> {
        if self.answers.is_empty() {
            return Ok(());
        }
        let mut given = request
            .headers()
            .get_all(header::ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .peekable();
        if given.peek().is_none() {
            return Ok(());
        }
        let mut ranges = given.flat_map(|value| value.split(','));
        let fits = ranges.any(|range| self.answers.iter().any(|answer| accepts(range, answer)));
        if fits {
            Ok(())
        } else {
            Err(Problem::new(&kinds::NOT_ACCEPTABLE))
        }
    }
}

/// Whether a media range of an Accept header takes a media type.
fn accepts(range: &str, answer: &str) -> bool {
    let mut parts = range.split(';').map(str::trim);
    let range = parts.next().unwrap_or_default().to_ascii_lowercase();
    let refused = parts.any(|part| {
        part.strip_prefix("q=")
            .and_then(|q| q.parse::<f32>().ok())
            .is_some_and(|q| q <= 0.0)
    });
    let family = answer.split('/').next().unwrap_or_default();
    !refused && (range == "*/*" || range == answer || range.strip_suffix("/*") == Some(family))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use serde_json::json;

    use super::*;

    fn routes() -> Routes {
        Routes::of_document(&json!({"paths": {
            "/v1/patients/{id}": {"get": {"parameters": [{"in": "query", "name": "from"}]}},
            "/v1/patients/all": {"get": {}, "post": {}},
            "/v1": {"get": {}},
            "/{page}": {"get": {}},
        }}))
    }

    #[test]
    fn a_path_is_known_by_its_pattern() {
        let routes = routes();
        let pattern = |path| routes.find(path).map(Route::pattern);
        assert_eq!(pattern("/v1/patients/0190"), Some("/v1/patients/{id}"));
        assert_eq!(pattern("/v1/patients/all"), Some("/v1/patients/all"));
        assert_eq!(pattern("/v1/patients/"), None);
        assert_eq!(pattern("/v1/patients/0190/x"), None);
        assert_eq!(pattern("/v1/patients"), None);
        assert_eq!(pattern("/v1"), Some("/v1"));
        assert_eq!(pattern("/v2"), Some("/{page}"));
        assert_eq!(pattern("/"), None);
    }

    #[test]
    fn allow_lists_what_a_path_knows() {
        let routes = routes();
        assert_eq!(
            routes.find("/v1/patients/all").unwrap().allow(),
            "GET, HEAD, OPTIONS, POST"
        );
    }

    #[test]
    fn a_query_takes_known_names_once() {
        let routes = routes();
        let operation = routes
            .find("/v1/patients/1")
            .unwrap()
            .operation(&Method::GET)
            .unwrap();
        operation.check_query("from=1").unwrap();
        operation.check_query("").unwrap();
        assert!(operation.check_query("form=1").is_err());
        assert!(operation.check_query("from=1&from=2").is_err());
        assert!(operation.check_query("fr%6Fm=1").is_err());
    }

    #[test]
    fn media_ranges_fit_as_rfc_9110_says() {
        assert!(accepts("*/*", "application/json"));
        assert!(accepts("application/*;q=0.3", "application/json"));
        assert!(accepts("Application/JSON", "application/json"));
        assert!(!accepts("application/json;q=0", "application/json"));
        assert!(!accepts("text/html", "application/json"));
    }
}
