//! The OpenAPI document: what `poem-openapi` derives from the handlers, and what holds for all
//! of them: the headers around a call, and bodies that take no unknown field.

use std::collections::HashMap;
use std::marker::PhantomData;

use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem_openapi::registry::{MetaApi, Registry};
use poem_openapi::{OpenApi, OpenApiService};
use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::answer::{BEHIND, POSITION, REPLAYED};
use crate::call::{IDEMPOTENCY_KEY, IF_MATCH, MIN_POSITION, SEEN};
use crate::integrator;
use crate::keeping::REFRESH_TOKEN;

/// Routes that anyone may call. Each line is a decision; see the test of this list.
pub const PUBLIC: &[(&str, &str)] = &[
    // Its link holds the secret that signs its reader in.
    ("get", "/v1/calendar-feeds/{secret}"),
    ("get", "/problems"),
    ("get", "/.well-known/jwks.json"),
    ("get", "/.well-known/oauth-authorization-server"),
    ("get", "/.well-known/smart-configuration"),
    // Whoever is erased can sign in no more.
    ("post", "/v1/erasures/{id}/certificate"),
    // Nobody is signed in before they are.
    ("post", "/oauth2/token"),
    ("post", "/v1/invitations/{id}/accept"),
    ("post", "/v1/providers"),
    ("post", "/v1/recoveries"),
    ("post", "/v1/recoveries/{id}/completion"),
    ("post", "/v1/registrations"),
    ("post", "/v1/registrations/{id}/completion"),
    ("post", "/v1/sessions"),
    ("post", "/v1/sessions/challenge"),
    ("post", "/v1/sessions/challenge/mail"),
    ("post", "/v1/sessions/challenge/passkey"),
    ("post", "/v1/sessions/challenge/sms"),
    ("post", "/v1/sessions/passkey"),
    ("post", "/v1/sessions/passkey-question"),
    ("post", "/v1/sessions/refresh"),
];

/// Public commands that can be repeated under an idempotency key.
const REPEATABLE: &[&str] = &["refreshSession"];

/// Commands that can't be repeated, because what they answer is kept nowhere or what is shown
/// with them is good once.
const UNREPEATABLE: &[&str] = &[
    "acceptOwnInvitation",
    "addPasskey",
    "apply",
    "askNewPasskey",
    "askProofPasskey",
    "beginTotp",
    "changePassword",
    "completeEmailChange",
    "completePhone",
    "confirmTotp",
    "issueBackupCodes",
    "mailProofCode",
    "proveSession",
    "requestEmailChange",
    "requestPhone",
    "textProofCode",
];

/// What answers with tokens.
const LETS_IN: &[&str] = &[
    "answerChallenge",
    "changePassword",
    "completeRecovery",
    "refreshSession",
    "startSession",
    "startSessionWithPasskey",
];

/// What is asked with a body, and changes nothing: it takes none of the headers of a command.
const QUESTIONS: &[&str] = &["testPolicies"];

/// Commands that take no `If-Match`: there is no version that their caller could have seen. Each
/// line is a decision; every other command is held to the version that it is given.
pub const WITHOUT_VERSION: &[&str] = &[
    // They make something new.
    "apply",
    "bookAppointment",
    "bookSeries",
    "defineVisitType",
    "giveConsent",
    "inviteStaff",
    "issueHospitalCode",
    "joinWaitlist",
    "openCalendarFeed",
    "openEmergencyAccess",
    "openHospital",
    "registerDependant",
    "registerDoctor",
    "registerIntegrator",
    "registerPatient",
    "registerProvider",
    "requestConsent",
    "requestErasure",
    "requestExport",
    "walkIn",
    "requestEmailChange",
    "requestPhone",
    "requestRecovery",
    "requestRegistration",
    "startSession",
    "startSessionWithPasskey",
    "addPasskey",
    // What is shown with them decides.
    "acceptInvitation",
    "acceptOwnInvitation",
    "changePassword",
    "completeEmailChange",
    "completePhone",
    "collectErasureCertificate",
    "completeRecovery",
    "completeRegistration",
    "issueClientToken",
    "refreshSession",
    "answerChallenge",
    "confirmTotp",
    "proveSession",
    // They only ask.
    "askChallengePasskey",
    "askNewPasskey",
    "askPasskey",
    "askProofPasskey",
    "beginTotp",
    "mailChallengeCode",
    "mailProofCode",
    "textChallengeCode",
    "textProofCode",
    // A second factor is there or not, and so are backup codes.
    "chooseMailedCodes",
    "chooseTextedCodes",
    "issueBackupCodes",
    "removeMailedCodes",
    "removePasskey",
    "removeTextedCodes",
    "removeTotp",
    // A session is over or not.
    "endOtherSessions",
    "endSession",
    // A series says which visits it is made of, and those change, not the series.
    "cancelSeries",
    // A feed is open or closed.
    "closeCalendarFeed",
    // It changes nothing.
    "testPolicies",
];

/// Why a set of handlers can't be served.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// Not JSON, which would be a fault of the generator.
    #[error("the OpenAPI document can't be read: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A handler takes no `SignedIn` and is not listed as public.
    #[error("{method} {path} takes no SignedIn and is not in document::PUBLIC")]
    OpenRoute {
        /// The method.
        method: String,
        /// The path.
        path: String,
    },
}

/// Handlers as the document needs them: described, but not there.
struct Described<T>(PhantomData<fn() -> T>);

impl<T: OpenApi> OpenApi for Described<T> {
    fn meta() -> Vec<MetaApi> {
        T::meta()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn add_routes(self, _: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {}
}

/// The service of a set of handlers, with what the document says of all of them.
pub(crate) fn service<T: OpenApi>(api: T) -> OpenApiService<T, ()> {
    OpenApiService::new(api, "MediLink", env!("CARGO_PKG_VERSION"))
        .summary("Appointments, from one log of record.")
        .description(
            "Every error is a problem (RFC 9457) with a stable `type`; `GET /problems` lists them. \
             Commands answer with their `position` in the log: send it as `Medilink-Min-Position` \
             with the next read to be sure to see what you wrote.",
        )
}

/// The finished document of these handlers.
///
/// # Errors
/// [`DocumentError::OpenRoute`] when a handler forgot to ask who calls.
pub fn of<T: OpenApi>() -> Result<Value, DocumentError> {
    let mut document: Value = serde_json::from_str(&service(Described::<T>(PhantomData)).spec())?;
    for (path, operations) in object(&mut document["paths"]) {
        for (method, operation) in object(operations) {
            let public = PUBLIC.contains(&(method.as_str(), path.as_str()));
            let signed_in = operation["security"]
                .as_array()
                .is_some_and(|schemes| !schemes.is_empty());
            if !public && !signed_in {
                return Err(DocumentError::OpenRoute {
                    method: method.clone(),
                    path: path.clone(),
                });
            }
            let name = operation["operationId"].as_str().unwrap_or_default();
            if (signed_in || REPEATABLE.contains(&name)) && !QUESTIONS.contains(&name) {
                describe(method, operation);
            }
        }
    }
    integrator::describe(&mut document);
    close_bodies(&mut document);
    standard_formats(&mut document);
    Ok(document)
}

fn object(value: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    value
        .as_object_mut()
        .map(Map::iter_mut)
        .into_iter()
        .flatten()
}

/// Adds what every command or read takes and answers.
fn describe(method: &str, operation: &mut Value) {
    let is_read = method.eq_ignore_ascii_case(Method::GET.as_str());
    let parameter = |name: &str, description: &str, schema: Value| json!({"name": name, "in": "header", "required": false, "description": description, "schema": schema});
    let position = json!({"type": "integer", "format": "int64", "minimum": 0});
    let (extra, answers) = if is_read {
        let extra = vec![parameter(
            MIN_POSITION,
            "Waits until the answer has reached this position of the log, such as the `position` of your last command.",
            position.clone(),
        )];
        (
            extra,
            vec![
                (
                    POSITION,
                    "The position of the log that the answer has reached.",
                    position.clone(),
                ),
                (
                    BEHIND,
                    "How many events of the log the answer has not seen yet.",
                    position,
                ),
            ],
        )
    } else {
        let mut extra = vec![
            parameter(
                IDEMPOTENCY_KEY,
                "Makes repeating safe: the same key with the same request takes effect once.",
                json!({"type": "string", "minLength": 1, "maxLength": 200}),
            ),
            parameter(
                IF_MATCH,
                "The ETag of the resource as you know it; refused when it has changed.",
                json!({"type": "string"}),
            ),
            parameter(
                SEEN,
                "The `Medilink-Position` of the view that you decided on; kept for the audit.",
                position.clone(),
            ),
        ];
        let name = operation["operationId"].as_str().unwrap_or_default();
        if WITHOUT_VERSION.contains(&name) {
            extra.retain(|parameter| parameter["name"] != IF_MATCH);
        }
        if LETS_IN.contains(&name) {
            extra.push(parameter(
                REFRESH_TOKEN,
                "`cookie` keeps the refresh token in a cookie that no script can read, for browsers.",
                json!({"type": "string", "enum": ["cookie"]}),
            ));
        }
        if UNREPEATABLE.contains(&name) {
            extra.retain(|parameter| parameter["name"] != IDEMPOTENCY_KEY);
        }
        (
            extra,
            vec![
                (
                    POSITION,
                    "The position of the command's last event.",
                    position,
                ),
                (
                    REPLAYED,
                    "`true` when it had been carried out before under this key.",
                    json!({"type": "boolean"}),
                ),
            ],
        )
    };
    let parameters = &mut operation["parameters"];
    let mut all = parameters.as_array().cloned().unwrap_or_default();
    all.extend(extra);
    *parameters = Value::Array(all);
    for (status, answer) in object(&mut operation["responses"]) {
        if !status.starts_with('2') {
            continue;
        }
        let headers: Map<String, Value> = answers
            .iter()
            .map(|(name, description, schema)| {
                (
                    (*name).to_owned(),
                    json!({"description": description, "schema": schema}),
                )
            })
            .collect();
        answer["headers"] = Value::Object(headers);
    }
}

/// Types of bodies end in `In`; none of them takes a field that it doesn't list.
fn close_bodies(document: &mut Value) {
    for (name, schema) in object(&mut document["components"]["schemas"]) {
        if name.ends_with("In") {
            schema["additionalProperties"] = Value::Bool(false);
        }
    }
}

/// `poem-openapi` has a name of its own for dates.
fn standard_formats(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map
                .get("format")
                .is_some_and(|format| format == "naive-date")
            {
                map.insert("format".to_owned(), json!("date"));
            }
            map.values_mut().for_each(standard_formats);
        }
        Value::Array(items) => items.iter_mut().for_each(standard_formats),
        _ => {}
    }
}
