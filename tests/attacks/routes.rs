//! The routes, as the served document has them.

use medilink_tests::{Answer, Caller, Platform};
use reqwest::Method;
use serde_json::Value;
use uuid::Uuid;

use crate::world::World;

pub struct Route {
    pub method: Method,
    pub operation: String,
    /// The names of the parameters in the query that are text.
    pub texts: Vec<String>,
}

pub async fn routes(platform: &Platform) -> Vec<Route> {
    let document = platform.caller("").get("/openapi.json").await.unwrap().body;
    let mut routes = Vec::new();
    for methods in document["paths"].as_object().unwrap().values() {
        for (method, operation) in methods.as_object().unwrap() {
            let Some(name) = operation["operationId"].as_str() else {
                continue;
            };
            let none = Vec::new();
            let parameters = operation["parameters"].as_array().unwrap_or(&none);
            let texts = parameters
                .iter()
                .filter(|parameter| parameter["in"] == "query")
                .filter(|parameter| parameter["schema"]["type"] == "string")
                .map(|parameter| parameter["name"].as_str().unwrap().to_owned());
            routes.push(Route {
                method: Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(),
                operation: name.to_owned(),
                texts: texts.collect(),
            });
        }
    }
    assert!(routes.len() > 80, "{} routes", routes.len());
    routes
}

impl Route {
    /// A stream has no end to be waited for.
    pub fn is_stream(&self) -> bool {
        self.operation == "followMyChanges"
    }

    pub async fn send(&self, caller: &Caller, path: &str, body: Option<&Value>) -> Answer {
        let mut request = caller.request(self.method.clone(), path);
        if let Some(body) = body {
            request = request.json(body);
        }
        caller.send(request).await.expect("the gateway answers")
    }

    /// A request that only its caller's rights can fail.
    pub async fn sample(&self, world: &World) -> (String, Option<Value>) {
        world.sample(&self.operation).await
    }
}

/// The segments of a path that are ids.
pub fn ids_in(path: &str) -> Vec<&str> {
    path.split(['/', '?', '&', '='])
        .filter(|part| Uuid::try_parse(part).is_ok())
        .collect()
}

/// The path with one more parameter in its query.
pub fn with_query(path: &str, name: &str, text: &str) -> String {
    let mut url = reqwest::Url::parse(&format!("http://x{path}")).unwrap();
    url.query_pairs_mut().append_pair(name, text);
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}
