//! Exports: a patient takes a copy of all that is held about them away; so does a guardian for
//! their minor, and who gives care of what the patient lets them keep.
//!
//! A link alone opens nothing, as links are kept by browsers, proxies and mail programs; nor does
//! a sign-in alone, as that of a phone which lies about shows no more than its app does. The file
//! takes both: the link, which was given for a fresh proof and works for ten minutes, and the
//! sign-in of whoever asked for it.

mod out;

use std::collections::BTreeSet;

use futures::TryStreamExt;
use medilink_blobs::{BlobError, BlobName, BlobReader, Blobs, Owner};
use medilink_commands::access_token::hash;
use medilink_commands::export::{
    Cancel, Fetch, GiveLink, Request, export_of, fetch, new_link, readable,
};
use medilink_commands::{Action, guardian};
use medilink_domain::export::{ExportFormat, ExportGround, LINK_VALID, Requested};
use medilink_domain::values::{Language, TreeRoot};
use medilink_domain::{ConsentId, ExportId, PatientId, SubjectId, TenantId};
use medilink_projections::export::{self, ExportRow};
use poem::Body;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Binary;
use poem_openapi::{ApiResponse, Object, OpenApi};
use uuid::Uuid;

pub use out::{ExportOut, ExportsOut};

use crate::actor::SignedIn;
use crate::answer::{ChangedOut, Created, Found};
use crate::api::Tag;
use crate::backend::{Backend, no_such, unreadable};
use crate::call::{self, Command, Read};
use crate::input::{each, field, page};
use crate::json::Json;
use crate::problem::Problem;
use crate::problem_kinds as kinds;
use crate::wire::LanguageCode;

const KIND: &str = "export";
/// What kind of files they are in the store.
const FILES: &str = "exports";

/// What is to be taken away.
#[derive(Object)]
pub struct ExportIn {
    /// Any of `json`, `fhir` and `pdf`; all of them, if nothing is said.
    #[oai(validator(max_items = 3))]
    formats: Option<Vec<String>>,
    /// The language of the report; the patient's own, if nothing is said.
    language: Option<LanguageCode>,
    /// The consent by which you may keep a copy of a part, if it is not your own data.
    consent: Option<Uuid>,
}

/// A link to a file.
#[derive(Object)]
pub struct ExportLinkOut {
    /// The path of the link. It is shown this once, and takes the place of any before it.
    path: String,
    /// For how many seconds it works.
    expires_in: u64,
    /// The version of the export.
    version: u64,
    /// For `Medilink-Min-Position`.
    position: u64,
}

/// A file to be kept.
#[derive(ApiResponse)]
pub enum ExportFile {
    /// The copy, as a ZIP archive.
    #[oai(status = 200, content_type = "application/zip")]
    Zip(
        Binary<Body>,
        /// How many bytes it has.
        #[oai(header = "Content-Length")]
        String,
        /// That it is to be kept, and under which name.
        #[oai(header = "Content-Disposition")]
        String,
        /// That nothing on the way may keep it.
        #[oai(header = "Cache-Control")]
        String,
        /// The SHA-256 hash of its bytes.
        #[oai(header = "ETag")]
        String,
    ),
}

/// The routes.
pub struct Exports {
    /// Carries out commands.
    pub backend: Backend,
    /// The files.
    pub blobs: Blobs,
}

#[OpenApi(prefix_path = "/v1", tag = "Tag::Exports")]
impl Exports {
    /// Ask for a copy of all that is held about a patient
    ///
    /// For the patient and for who has the say for them; who gives care names the consent (of
    /// mode `store`) by which they may keep a copy, and gets what that covers. It is made by a
    /// worker: follow it until its `state` is `ready`. There is one at a time.
    #[oai(
        path = "/patients/:id/exports",
        method = "post",
        operation_id = "requestExport"
    )]
    async fn request(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<ExportIn>,
    ) -> Result<Created<ChangedOut>, Problem> {
        let wish = &body.value;
        let formats = match &wish.formats {
            Some(formats) => each("/formats", formats, |at, format| {
                field::<ExportFormat>(at, format)
            })?,
            None => ExportFormat::ALL.to_vec(),
        };
        let request = Request {
            patient: PatientId(id.0),
            consent: wish.consent.map(ConsentId),
            formats,
            language: wish.language.map(Language::from),
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.backend.execute(&context, &request).await?;
        let export = done.answer.export;
        let answer: Created<ChangedOut> = ChangedOut::of(export.uuid(), &done);
        Ok(answer.location(&format!("/v1/exports/{export}")))
    }

    /// List the copies that were asked for of a patient's data
    #[oai(
        path = "/patients/:id/exports",
        method = "get",
        operation_id = "listExports"
    )]
    async fn list(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<ExportsOut>, Problem> {
        let tenant = caller.actor.tenant;
        let executor = self.backend.executor();
        let resource = guardian::data_for(executor, tenant, KIND, PatientId(id.0));
        let resource = resource.await.map_err(call::refuse)?;
        // Nothing of the record is in it, so that nothing is disclosed.
        let action = Action::ReadExport;
        let _ = self.backend.permit(&caller, action, resource).await?;
        let page = page::<ExportId>(after.0, limit.0)?;
        let view = self.backend.view(&["export"], &read).await?;
        let reads = self.backend.reads();
        let listed = export::of_person(reads, tenant, SubjectId(id.0), page).await;
        Ok(view.answer(ExportsOut::of(listed.map_err(unreadable)?)))
    }

    /// Follow a copy
    ///
    /// Says how much of it is made. Nothing of what is in it is told here.
    #[oai(path = "/exports/:id", method = "get", operation_id = "readExport")]
    async fn get(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
    ) -> Result<Found<ExportOut>, Problem> {
        let tenant = caller.actor.tenant;
        let view = self.backend.view(&["export"], &read).await?;
        let row = self.known(tenant, ExportId(id.0)).await?;
        let executor = self.backend.executor();
        let readable = readable(executor, &caller.actor, &asked(&row)).await;
        let (resource, grounds) = readable.map_err(call::refuse)?;
        let action = Action::ReadExport;
        let permitted = self.backend.permit_on(&caller, action, resource, grounds);
        let _ = permitted.await?;
        let version = row.version;
        // What it is at depends on the clock, too.
        Ok(view.answer(ExportOut::of(row)).tag(version))
    }

    /// Get a link to a copy
    ///
    /// For whoever asked for it, within ten minutes after they have shown again who they are
    /// (`POST /v1/me/session/proof`). It works for ten minutes, and with their sign-in alone.
    #[oai(
        path = "/exports/:id/link",
        method = "post",
        operation_id = "giveExportLink"
    )]
    async fn link(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
    ) -> Result<Created<ExportLinkOut>, Problem> {
        let export = ExportId(id.0);
        let (secret, secret_hash) = new_link(export);
        let give = GiveLink {
            export,
            secret_hash,
        };
        let context = call.context(&caller);
        let done = self.backend.execute(&context, &give).await?;
        if done.replayed {
            return Err(Problem::new(&kinds::SHOWN_ONCE).detail("Ask for another link."));
        }
        let body = ExportLinkOut {
            path: format!("/v1/export-files/{secret}"),
            expires_in: LINK_VALID.num_seconds().unsigned_abs(),
            version: done.answer.version,
            position: done.position.0,
        };
        let version = done.answer.version;
        Ok(Created::done(body, &done).tag(version))
    }

    /// Give a copy up
    ///
    /// Whether it waits, is being made or is ready: it can't be fetched any more, and its file
    /// is deleted. The patient may do so whoever asked for it.
    #[oai(
        path = "/exports/:id/cancel",
        method = "post",
        operation_id = "cancelExport"
    )]
    async fn cancel(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let cancel = Cancel {
            export: ExportId(id.0),
        };
        let context = call.context(&caller);
        let done = self.backend.execute(&context, &cancel).await?;
        Ok(ChangedOut::of(id.0, &done))
    }

    /// Fetch a copy
    ///
    /// With its link and the sign-in of whoever asked for it. Each time is recorded as a read of
    /// the patient's data, before the first byte is sent.
    #[oai(
        path = "/export-files/:secret",
        method = "get",
        operation_id = "downloadExport"
    )]
    async fn download(
        &self,
        caller: SignedIn,
        secret: Path<String>,
    ) -> Result<ExportFile, Problem> {
        let secret = secret.0;
        let missing = || no_such("file");
        let export = export_of(&secret).ok_or_else(missing)?;
        let executor = self.backend.executor();
        let fetched = fetch(executor, &caller.actor, export, &hash(&secret)).await;
        let fetched = fetched.map_err(call::refuse)?.ok_or_else(missing)?;
        let Fetch {
            asked,
            file,
            resource,
            grounds,
            consents,
        } = fetched;
        let action = Action::DownloadExport;
        let permitted = self.backend.permit_on(&caller, action, resource, grounds);
        let permitted = permitted.await?.relying_on(consents);
        let owner = Owner {
            tenant: caller.actor.tenant,
            subject: asked.person,
        };
        let name = BlobName {
            kind: FILES,
            of: export.uuid(),
            file: file.file,
        };
        let reader = self.blobs.open(owner, name).await.map_err(unopened)?;
        if reader.size() != file.size {
            return Err(unopened(BlobError::Damaged));
        }
        let subjects = BTreeSet::from([asked.person]);
        self.backend.disclose(permitted, subjects, KIND).await?;
        Ok(sent(reader, export, file.digest))
    }
}

impl Exports {
    async fn known(&self, tenant: TenantId, id: ExportId) -> Result<ExportRow, Problem> {
        let row = export::get(self.backend.reads(), tenant, id).await;
        row.map_err(unreadable)?.ok_or_else(|| no_such(KIND))
    }
}

/// What was asked for, as far as it decides who may follow it.
fn asked(row: &ExportRow) -> Requested {
    let ground: ExportGround = row.ground.0;
    Requested {
        export: row.export,
        person: row.person,
        by: row.by,
        ground,
        formats: row.formats.0.clone(),
        language: Language::English,
    }
}

fn sent(reader: BlobReader, export: ExportId, digest: TreeRoot) -> ExportFile {
    let size = reader.size();
    // An error in the middle breaks the answer off, so that nobody takes a part for all of it.
    let bytes = reader.into_stream().map_err(|error| {
        tracing::error!(%error, "a file could not be sent to its end");
        std::io::Error::other("the file could not be read to its end")
    });
    ExportFile::Zip(
        Binary(Body::from_bytes_stream(bytes)),
        size.to_string(),
        format!("attachment; filename=\"medilink-{export}.zip\""),
        "no-store".to_owned(),
        format!("\"{digest}\""),
    )
}

/// Erased is gone; what is damaged is told to operators.
fn unopened(error: BlobError) -> Problem {
    if error.is_transient() {
        return call::away(&error);
    }
    if !matches!(error, BlobError::Erased) {
        tracing::error!(%error, "a file that should be there can't be read");
    }
    no_such("file")
}
