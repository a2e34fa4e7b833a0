//! The published document: what is checked in is what is served, and no route dodges review.

use std::path::Path;

use medilink_gateway::api;
use medilink_gateway::document::{PUBLIC, WITHOUT_VERSION};
use serde_json::Value;

fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let mut all: Vec<_> = paths
        .iter()
        .flat_map(|(path, operations)| {
            operations
                .as_object()
                .unwrap()
                .iter()
                .map(|(method, operation)| (path.clone(), method.clone(), operation.clone()))
        })
        .collect();
    all.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    all
}

#[test]
fn the_checked_in_document_is_the_one_that_is_served() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/openapi.json");
    let mut served = serde_json::to_string_pretty(&api::document().unwrap()).unwrap();
    served.push('\n');
    if std::env::var_os("BLESS").is_some_and(|bless| bless == "1") {
        std::fs::write(&file, &served).unwrap();
    }
    let checked_in = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        checked_in == served,
        "schemas/openapi.json differs from the code: look at the change, then run with BLESS=1"
    );
}

/// A new route changes this list, and so is seen in review.
#[test]
fn every_route_is_listed_with_who_may_call_it() {
    let list: Vec<String> = operations(&api::document().unwrap())
        .into_iter()
        .map(|(path, method, operation)| {
            let who = if operation["security"].is_array() {
                "signed in"
            } else {
                "anyone"
            };
            format!("{:6} {path} — {who}", method.to_uppercase())
        })
        .collect();
    insta::assert_snapshot!(list.join("\n"));
}

/// What is written `:id` in a prefix is a variable to the router alone, not to who reads this.
#[test]
fn variables_of_paths_are_written_as_openapi_has_them() {
    let document = api::document().unwrap();
    let paths = document["paths"].as_object().unwrap();
    let wrong: Vec<&String> = paths.keys().filter(|path| path.contains("/:")).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn what_is_public_exists_and_is_really_public() {
    let operations = operations(&api::document().unwrap());
    for (method, path) in PUBLIC {
        let found = operations.iter().find(|(p, m, _)| p == path && m == method);
        assert!(
            found.is_some_and(|(_, _, operation)| operation["security"].is_null()),
            "{method} {path}"
        );
    }
}

#[test]
fn a_command_takes_a_version_unless_it_is_listed() {
    let mut without = Vec::new();
    for (path, method, operation) in operations(&api::document().unwrap()) {
        let mut parameters = operation["parameters"].as_array().into_iter().flatten();
        let takes = parameters.any(|parameter| parameter["name"] == "If-Match");
        if method == "get" {
            assert!(!takes, "{path}");
        } else if !takes {
            without.push(operation["operationId"].as_str().unwrap().to_owned());
        }
    }
    without.sort();
    let mut listed = WITHOUT_VERSION.to_vec();
    listed.sort_unstable();
    assert_eq!(without, listed);
}

#[test]
fn every_body_refuses_unknown_fields_at_every_level() {
    let document = api::document().unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut seen = 0;
    for (path, _, operation) in operations(&document) {
        let body = &operation["requestBody"]["content"];
        let Some(content) = body.as_object() else {
            continue;
        };
        if path == "/oauth2/token" {
            // OAuth has its forms ignore what they don't know (RFC 6749, 3.2).
            assert!(content["application/x-www-form-urlencoded"].is_object());
            continue;
        }
        assert_eq!(
            content.keys().collect::<Vec<_>>(),
            ["application/json"],
            "{path}"
        );
        let mut names = Vec::new();
        references(&content["application/json"]["schema"], &mut names);
        while let Some(name) = names.pop() {
            let schema = &schemas[&name];
            if schema["type"] == "object" {
                seen += 1;
                assert_eq!(
                    schema["additionalProperties"], false,
                    "{name} of {path} should end in `In`"
                );
            }
            references(&schema["properties"], &mut names);
        }
    }
    assert!(seen >= 8, "only {seen} bodies were looked at");
}

/// A number beyond its type would be refused without naming its field.
#[test]
fn every_number_of_a_body_has_limits() {
    fn check(name: &str, schema: &Value) -> usize {
        let numbers = usize::from(schema["type"] == "integer");
        if numbers == 1 {
            let limits = (schema["minimum"].as_f64(), schema["maximum"].as_f64());
            assert!(
                matches!(limits, (Some(least), Some(most)) if 0.0 <= least && least < most),
                "a number of {name} has no limits"
            );
        }
        let inner: Box<dyn Iterator<Item = &Value>> = match schema {
            Value::Object(map) => Box::new(map.values()),
            Value::Array(items) => Box::new(items.iter()),
            _ => Box::new(std::iter::empty()),
        };
        numbers + inner.map(|value| check(name, value)).sum::<usize>()
    }
    let document = api::document().unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let bodies = schemas.iter().filter(|(name, _)| name.ends_with("In"));
    let numbers: usize = bodies.map(|(name, schema)| check(name, schema)).sum();
    assert!(numbers >= 15, "only {numbers} numbers were looked at");
}

fn references(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| match value.as_str() {
            Some(target) if key == "$ref" => {
                into.extend(target.rsplit('/').next().map(str::to_owned))
            }
            _ => references(value, into),
        }),
        Value::Array(items) => items.iter().for_each(|item| references(item, into)),
        _ => {}
    }
}

#[test]
fn every_operation_has_a_name_and_answers_errors_as_problems() {
    for (path, method, operation) in operations(&api::document().unwrap()) {
        assert!(operation["operationId"].is_string(), "{method} {path}");
        assert!(operation["summary"].is_string(), "{method} {path}");
        if operation["security"].is_array() {
            let problem = &operation["responses"]["default"]["content"]["application/problem+json"];
            assert!(problem.is_object(), "{method} {path}");
        }
    }
}
