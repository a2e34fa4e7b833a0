//! What a handler answers: a body, and headers that place it in the log.

use medilink_commands::Committed;
use medilink_log::Position;
use poem::http::StatusCode;
use poem::http::header::{self, HeaderName, HeaderValue};
use poem::{IntoResponse, Response};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::ToJSON;
use poem_openapi::{ApiResponse, Object};
use uuid::Uuid;

/// The position of a command's last event, or the one that a read has reached.
pub const POSITION: &str = "medilink-position";
/// How many events of the log the read had not seen yet.
pub const BEHIND: &str = "medilink-behind";
/// Present when a command had been carried out before under the same idempotency key.
pub const REPLAYED: &str = "idempotency-replayed";

/// A body with a status and headers.
#[derive(Debug)]
pub struct Answer<T, const STATUS: u16> {
    body: T,
    headers: Vec<(HeaderName, HeaderValue)>,
    unchanged: bool,
}

/// What a command made or changed.
#[derive(Debug, Object)]
pub struct ChangedOut {
    /// What was made or changed.
    id: Uuid,
    /// The version of what was changed.
    version: u64,
    /// For `Medilink-Min-Position`.
    position: u64,
}

impl ChangedOut {
    /// The answer to a command that made or changed this, with its version as the entity tag.
    pub fn of<A: Versioned, const STATUS: u16>(
        id: Uuid,
        done: &Committed<A>,
    ) -> Answer<Self, STATUS> {
        let (version, position) = (done.answer.version(), done.position.0);
        let body = Self {
            id,
            version,
            position,
        };
        Answer::done(body, done).tag(version)
    }
}

/// A command's answer that tells which version it led to.
pub trait Versioned {
    /// The version of what was changed.
    fn version(&self) -> u64;
}

macro_rules! versioned {
    ($($answer:path),* $(,)?) => {$(
        impl Versioned for $answer {
            fn version(&self) -> u64 {
                self.version
            }
        }
    )*};
}

versioned! {
    medilink_commands::account::AccountAnswer,
    medilink_commands::application::ApplicationAnswer,
    medilink_commands::calendar::WindowAnswer,
    medilink_commands::consent::ConsentAnswer,
    medilink_commands::doctor::DoctorAnswer,
    medilink_commands::emergency_access::EmergencyAccessAnswer,
    medilink_commands::erasure::ErasureAnswer,
    medilink_commands::export::ExportAnswer,
    medilink_commands::hospital::AssetAnswer,
    medilink_commands::hospital::DepartmentAnswer,
    medilink_commands::hospital::HospitalAnswer,
    medilink_commands::hospital_code::HospitalCodeAnswer,
    medilink_commands::integrator::IntegratorAnswer,
    medilink_commands::invitation::AcceptedAnswer,
    medilink_commands::invitation::InvitationAnswer,
    medilink_commands::legal_hold::LegalHoldAnswer,
    medilink_commands::patient::PatientAnswer,
    medilink_commands::schedule::ScheduleAnswer,
    medilink_commands::staff::StaffAnswer,
    medilink_commands::visit_type::VisitTypeAnswer,
    medilink_commands::waitlist::WaitlistAnswer,
}

/// An answer to a read, or to a command that made nothing new.
pub type Found<T> = Answer<T, 200>;
/// An answer to a command that made something.
pub type Created<T> = Answer<T, 201>;
/// An answer to what is done later, if at all.
pub type Accepted<T> = Answer<T, 202>;

impl<T, const STATUS: u16> Answer<T, STATUS> {
    /// An answer with this body.
    pub const fn new(body: T) -> Self {
        Self {
            body,
            headers: Vec::new(),
            unchanged: false,
        }
    }

    fn with(mut self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Where in the log this answer stands.
    #[must_use]
    pub fn position(self, position: Position) -> Self {
        self.with(HeaderName::from_static(POSITION), position.0)
    }

    /// How many events the read had not seen yet.
    #[must_use]
    pub fn behind(self, events: u64) -> Self {
        self.with(HeaderName::from_static(BEHIND), events)
    }

    /// The version of the one thing that this answer shows. When the reader has that very
    /// version already, the body is left out (304).
    #[must_use]
    pub fn version(mut self, version: u64, known: Option<u64>) -> Self {
        self.unchanged = known == Some(version);
        match HeaderValue::try_from(format!("\"{version}\"")) {
            Ok(tag) => self.with(header::ETAG, tag),
            Err(_) => self,
        }
    }

    /// The answer to a command.
    pub fn done<A>(body: T, done: &Committed<A>) -> Self {
        Self::new(body)
            .position(done.position)
            .replayed(done.replayed)
    }

    /// Whether it had been carried out before under the same idempotency key.
    #[must_use]
    pub fn replayed(self, replayed: bool) -> Self {
        if replayed {
            self.with(
                HeaderName::from_static(REPLAYED),
                HeaderValue::from_static("true"),
            )
        } else {
            self
        }
    }

    /// What the browser is to keep and no script to read, if there is something.
    #[must_use]
    pub fn cookie(self, cookie: Option<HeaderValue>) -> Self {
        match cookie {
            Some(cookie) => self.with(header::SET_COOKIE, cookie),
            None => self,
        }
    }

    /// The version that the command has brought its resource to.
    #[must_use]
    pub fn tag(self, version: u64) -> Self {
        self.version(version, None)
    }

    /// Where the new thing is found.
    #[must_use]
    pub fn location(self, path: &str) -> Self {
        match HeaderValue::try_from(path) {
            Ok(path) => self.with(header::LOCATION, path),
            Err(_) => self,
        }
    }
}

/// One of two answers, each with its own status.
#[derive(Debug)]
pub enum Either<A, B> {
    /// This one.
    First(A),
    /// The other.
    Second(B),
}

impl<A: IntoResponse, B: IntoResponse> IntoResponse for Either<A, B> {
    fn into_response(self) -> Response {
        match self {
            Self::First(answer) => answer.into_response(),
            Self::Second(answer) => answer.into_response(),
        }
    }
}

impl<A: ApiResponse, B: ApiResponse> ApiResponse for Either<A, B> {
    fn meta() -> MetaResponses {
        let mut both = A::meta();
        both.responses.extend(B::meta().responses);
        both
    }

    fn register(registry: &mut Registry) {
        A::register(registry);
        B::register(registry);
    }
}

impl<T: ToJSON, const STATUS: u16> IntoResponse for Answer<T, STATUS> {
    fn into_response(self) -> Response {
        let mut response = if self.unchanged {
            Response::builder()
                .status(StatusCode::NOT_MODIFIED)
                .finish()
        } else {
            let mut response = poem_openapi::payload::Json(self.body).into_response();
            // Every STATUS in use is one of the aliases above.
            response.set_status(StatusCode::from_u16(STATUS).unwrap_or(StatusCode::OK));
            response
        };
        for (name, value) in self.headers {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

impl<T: ToJSON, const STATUS: u16> ApiResponse for Answer<T, STATUS> {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: match STATUS {
                    201 => "Done.",
                    202 => "Taken in hand.",
                    _ => "As asked.",
                },
                status: Some(STATUS),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: "application/json",
                    schema: T::schema_ref(),
                }],
                headers: Vec::new(),
            }],
        }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}
