//! The body of a request: read within limits, parsed strictly, and held to the very schema
//! that `openapi.json` publishes, so that the document can't promise what the code doesn't do.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{ValidationError, Validator};
use poem::http::header;
use poem::{Body, Request, RequestBody};
use poem_openapi::registry::{MetaMediaType, MetaRequest, Registry};
use poem_openapi::types::ParseFromJSON;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::problem::Problem;
use crate::problem_kinds as kinds;
use crate::strict_json::{self, Fault, MAX_DEPTH};

/// What is still read of a body that is refused for its size, so that the caller gets to see
/// the answer instead of a broken connection.
const DRAIN: usize = 16 << 20;

/// A JSON body, checked and parsed.
#[derive(Clone, Debug)]
pub struct Json<T> {
    /// What it says.
    pub value: T,
    /// SHA-256 of the bytes that were sent, which an idempotency key is bound to.
    pub hash: [u8; 32],
}

/// What bodies are held to; one per gateway, in the data of every request.
#[derive(Debug)]
pub struct BodyRules {
    schemas: BTreeMap<String, Validator>,
    max_bytes: usize,
    patience: Duration,
}

impl BodyRules {
    /// Takes every schema of an OpenAPI document.
    ///
    /// # Errors
    /// The name of a schema that isn't one.
    pub fn new(document: &Value, max_bytes: usize, patience: Duration) -> Result<Self, String> {
        let mut components = document["components"].clone();
        allow_nulls(&mut components);
        let names = components["schemas"]
            .as_object()
            .into_iter()
            .flat_map(|schemas| schemas.keys());
        let schemas = names
            .map(|name| {
                let schema = json!({
                    "$ref": format!("#/components/schemas/{name}"),
                    "components": components,
                });
                jsonschema::draft202012::options()
                    .should_validate_formats(true)
                    .build(&schema)
                    .map(|validator| (name.clone(), validator))
                    .map_err(|error| format!("{name}: {error}"))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            schemas,
            max_bytes,
            patience,
        })
    }

    fn check(&self, schema: &str, value: &Value) -> Result<(), Problem> {
        let Some(validator) = self.schemas.get(schema) else {
            tracing::error!(schema, "a body has no schema in the OpenAPI document");
            return Err(Problem::new(&kinds::INTERNAL_ERROR));
        };
        match validator.iter_errors(value).next() {
            None => Ok(()),
            Some(error) => Err(explain(&error)),
        }
    }

    async fn read(&self, request: &Request, body: Body) -> Result<Bytes, Problem> {
        let declared = request
            .header(header::CONTENT_LENGTH)
            .and_then(|length| length.parse::<usize>().ok());
        tokio::time::timeout(self.patience, read(body, declared, self.max_bytes))
            .await
            .unwrap_or_else(|_| Err(Problem::new(&kinds::REQUEST_TIMEOUT)))
    }
}

async fn read(body: Body, declared: Option<usize>, most: usize) -> Result<Bytes, Problem> {
    let mut chunks = body.into_bytes_stream();
    let mut kept = BytesMut::new();
    let mut seen = 0;
    let mut too_large = declared.is_some_and(|length| length > most);
    while let Some(chunk) = chunks.next().await {
        // The connection broke: nobody is left to read the answer.
        let chunk = chunk.map_err(|_| Problem::new(&kinds::REQUEST_TIMEOUT))?;
        seen += chunk.len();
        too_large |= seen > most;
        if !too_large {
            kept.extend_from_slice(&chunk);
        } else if seen > DRAIN {
            break;
        }
    }
    if too_large {
        let detail = format!("At most {most} bytes are taken.");
        return Err(Problem::new(&kinds::BODY_TOO_LARGE).detail(detail));
    }
    Ok(kept.freeze())
}

/// Says in the terms of JSON Schema what OpenAPI 3.0 has a keyword of its own for.
fn allow_nulls(schema: &mut Value) {
    if let Value::Object(keywords) = schema {
        if keywords.get("nullable") == Some(&Value::Bool(true))
            && let Some(kind) = keywords.get_mut("type")
        {
            *kind = json!([kind, "null"]);
        }
        keywords.values_mut().for_each(allow_nulls);
    }
}

/// Only JSON in UTF-8 and without a content coding is taken.
fn check_media_type(request: &Request) -> Result<(), Problem> {
    let refuse =
        |detail: &'static str| Err(Problem::new(&kinds::UNSUPPORTED_MEDIA_TYPE).detail(detail));
    if request.headers().contains_key(header::CONTENT_ENCODING) {
        return refuse("Compressed bodies are not taken.");
    }
    let Some(given) = request.content_type() else {
        return refuse("The Content-Type header is missing.");
    };
    let mut parts = given.split(';').map(str::trim);
    if !parts
        .next()
        .is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"))
    {
        return refuse("The Content-Type is not application/json.");
    }
    let foreign = parts.any(|parameter| {
        parameter
            .to_ascii_lowercase()
            .strip_prefix("charset=")
            .is_some_and(|set| set.trim_matches('"') != "utf-8")
    });
    if foreign {
        refuse("The charset is not UTF-8.")
    } else {
        Ok(())
    }
}

fn rules(request: &Request) -> Result<&BodyRules, Problem> {
    let rules = request.data::<Arc<BodyRules>>().ok_or_else(|| {
        tracing::error!("the gateway was assembled without body rules");
        Problem::new(&kinds::INTERNAL_ERROR)
    })?;
    Ok(rules)
}

/// A body of any kind, read within limits.
///
/// # Errors
/// 408 and 413.
pub(crate) async fn body_of(request: &Request, body: &mut RequestBody) -> Result<Bytes, Problem> {
    // Taken once: handlers have one body argument.
    let body = body
        .take()
        .map_err(|_| Problem::new(&kinds::INTERNAL_ERROR))?;
    rules(request)?.read(request, body).await
}

impl<T: ParseFromJSON> Json<T> {
    async fn take(request: &Request, body: &mut RequestBody) -> Result<Self, Problem> {
        check_media_type(request)?;
        let bytes = body_of(request, body).await?;
        let rules = rules(request)?;
        let value = strict_json::parse(&bytes).map_err(|fault| refuse(&fault))?;
        rules.check(&T::name(), &value)?;
        let value = T::parse_from_json(Some(value)).map_err(|_| {
            // The schema let it pass, so one of our types is stricter than its schema. Its
            // message may quote the value.
            Problem::new(&kinds::INVALID_FIELD).detail("A value can't be read as its field's type.")
        })?;
        Ok(Self {
            value,
            hash: Sha256::digest(&bytes).into(),
        })
    }
}

impl<'a, T: ParseFromJSON> ApiExtractor<'a> for Json<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType {
                content_type: "application/json",
                schema: T::schema_ref(),
            }],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        Ok(Self::take(request, body).await?)
    }
}

fn refuse(fault: &Fault) -> Problem {
    match fault {
        Fault::Syntax { line, column } => Problem::new(&kinds::MALFORMED_JSON)
            .detail(format!("It breaks at line {line}, column {column}.")),
        Fault::TooDeep => {
            Problem::new(&kinds::JSON_TOO_DEEP).detail(format!("The limit is {MAX_DEPTH} levels."))
        }
        Fault::Duplicate => Problem::new(&kinds::DUPLICATE_FIELD),
        Fault::Character => Problem::new(&kinds::FORBIDDEN_CHARACTER),
        Fault::Number => Problem::new(&kinds::NUMBER_OUT_OF_RANGE),
    }
}

/// Says what is wrong by the schema alone: the validator's own message quotes the value.
fn explain(error: &ValidationError<'_>) -> Problem {
    let at = error.instance_path().to_string();
    let invalid = |detail: String| {
        let field = if at.is_empty() {
            "/".to_owned()
        } else {
            at.clone()
        };
        Problem::new(&kinds::INVALID_FIELD)
            .detail(detail)
            .field(field)
    };
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let field = unexpected.first().map_or("", String::as_str);
            Problem::new(&kinds::UNKNOWN_FIELD).field(format!("{at}/{}", pointer_name(field)))
        }
        ValidationErrorKind::Required { property } => {
            let field = property.as_str().unwrap_or_default();
            Problem::new(&kinds::MISSING_FIELD).field(format!("{at}/{field}"))
        }
        ValidationErrorKind::Type {
            kind: TypeKind::Single(kind),
        } => invalid(format!("It must be of type {kind}.")),
        ValidationErrorKind::Format { format } => {
            invalid(format!("It must be written as a {format}."))
        }
        ValidationErrorKind::MinLength { limit } => {
            invalid(format!("It must have at least {limit} characters."))
        }
        ValidationErrorKind::MaxLength { limit } => {
            invalid(format!("It must have at most {limit} characters."))
        }
        ValidationErrorKind::MinItems { limit } => {
            invalid(format!("It must have at least {limit} items."))
        }
        ValidationErrorKind::MaxItems { limit } => {
            invalid(format!("It must have at most {limit} items."))
        }
        ValidationErrorKind::Minimum { limit } => invalid(format!("It must be at least {limit}.")),
        ValidationErrorKind::Maximum { limit } => invalid(format!("It must be at most {limit}.")),
        ValidationErrorKind::Enum { options } => invalid(format!("It must be one of {options}.")),
        ValidationErrorKind::Pattern { pattern } => invalid(format!("It must match {pattern}.")),
        ValidationErrorKind::UniqueItems => invalid("It must not have an item twice.".to_owned()),
        other => invalid(format!(
            "It breaks the rule `{}` of its schema.",
            other.keyword()
        )),
    }
}

/// An unknown field's name, shortened: it is the caller's own text, shown so that a slip of
/// the pen can be found, and never long enough to carry a record.
fn pointer_name(name: &str) -> String {
    let short: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
    short.replace('~', "~0").replace('/', "~1")
}
