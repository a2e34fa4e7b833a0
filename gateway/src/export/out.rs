//! Exports as they are shown.

use chrono::{DateTime, Utc};
use medilink_domain::ExportId;
use medilink_domain::export::{ExportFormat, ExportGround};
use medilink_projections::Listed;
use medilink_projections::export::ExportRow;
use poem_openapi::Object;
use uuid::Uuid;

/// A copy that was asked for.
#[derive(Object)]
pub struct ExportOut {
    /// The export.
    id: Uuid,
    /// Whose data it is.
    patient: Uuid,
    /// Who asked for it.
    requested_by: Uuid,
    /// By what right: `own-record`, `guardian` or `consent`.
    ground: String,
    /// The consent, if it is by one.
    #[oai(skip_serializing_if_is_none)]
    consent: Option<Uuid>,
    /// In which forms: `json`, `fhir`, `pdf`.
    formats: Vec<String>,
    /// When it was asked for.
    requested_at: DateTime<Utc>,
    /// `queued`, `running`, `ready`, `failed`, `cancelled` or `expired`.
    state: String,
    /// How much of it is made, of a hundred.
    progress: u64,
    /// How many bytes it has, once it is ready.
    #[oai(skip_serializing_if_is_none)]
    size: Option<u64>,
    /// Until when it can be fetched, once it is ready.
    #[oai(skip_serializing_if_is_none)]
    expires_at: Option<DateTime<Utc>>,
    /// The version of it.
    version: u64,
}

/// Some of them.
#[derive(Object)]
pub struct ExportsOut {
    /// The latest first.
    items: Vec<ExportOut>,
    /// The `after` of the next page; absent on the last.
    #[oai(skip_serializing_if_is_none)]
    next: Option<String>,
}

impl ExportOut {
    pub(super) fn of(row: ExportRow) -> Self {
        let state = row.state_at(Utc::now());
        let (ground, consent) = match row.ground.0 {
            ExportGround::OwnRecord => ("own-record", None),
            ExportGround::Guardian => ("guardian", None),
            ExportGround::Consent { consent } => ("consent", Some(consent.uuid())),
        };
        let formats = row.formats.0.into_iter().map(ExportFormat::name);
        Self {
            id: row.export.uuid(),
            patient: row.person.uuid(),
            requested_by: row.by.uuid(),
            ground: ground.to_owned(),
            consent,
            formats: formats.map(str::to_owned).collect(),
            requested_at: row.requested_at,
            state: state.name().to_owned(),
            progress: row.percent,
            size: row.size,
            expires_at: row.expires_at,
            version: row.version,
        }
    }
}

impl ExportsOut {
    pub(super) fn of(listed: Listed<ExportRow, ExportId>) -> Self {
        Self {
            items: listed.rows.into_iter().map(ExportOut::of).collect(),
            next: listed.next.map(|next| next.to_string()),
        }
    }
}
