//! Who may see and fetch an export, as of now: asked before the read that is then recorded.

use std::collections::BTreeSet;

use chrono::Utc;
use medilink_domain::ExportId;
use medilink_domain::consent::Consent;
use medilink_domain::export::{Export, ExportGround, File, Requested};
use medilink_domain::values::SecretHash;
use rand::RngCore;
use uuid::Uuid;

use super::{KIND, lets_keep};
use crate::access::Reliance;
use crate::access_token::hash;
use crate::actor::Actor;
use crate::authorizer::{Grounds, Resource};
use crate::consent::grantees_of;
use crate::error::CommandError;
use crate::executor::Executor;
use crate::guardian;

/// What the secrets of links begin with, so that scanners find one that leaks.
const PREFIX: &str = "medilink_export_";

/// The secret of a new link to an export's file: which export, and 256 random bits. The platform
/// keeps its hash alone.
pub fn new_link(export: ExportId) -> (String, SecretHash) {
    let mut bits = [0; 32];
    rand::rng().fill_bytes(&mut bits);
    let secret = format!("{PREFIX}{}{}", export.uuid().simple(), hex::encode(bits));
    let hash = hash(&secret);
    (secret, hash)
}

/// The export that a link says it leads to.
pub fn export_of(secret: &str) -> Option<ExportId> {
    let rest = secret.strip_prefix(PREFIX)?;
    let digits = rest.len() == 96 && rest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let export = digits.then(|| Uuid::parse_str(&rest[..32]).ok())?;
    export.map(ExportId)
}

/// A file that a link leads to.
#[derive(Clone, Debug)]
pub struct Fetch {
    /// What was asked for.
    pub asked: Requested,
    /// The file.
    pub file: File,
    /// Its data, as the policies see it.
    pub resource: Resource,
    /// On which grounds it may be read.
    pub grounds: Grounds,
    /// The consent that reading it rests on, if it does on one.
    pub consents: Vec<Reliance>,
}

/// An export's data as the policies see it, and the grounds on which the actor may follow it.
///
/// # Errors
/// When the log doesn't answer.
pub async fn readable(
    executor: &Executor,
    actor: &Actor,
    asked: &Requested,
) -> Result<(Resource, Grounds), CommandError> {
    let person = asked.person;
    let resource = guardian::data_for(executor, actor.tenant, KIND, person.into()).await?;
    let mut grounds = Grounds::default();
    if let ExportGround::Consent { consent } = asked.ground
        && asked.by.uuid() == actor.id
    {
        let grantees = grantees_of(executor, actor).await?;
        let consent = executor.state::<Consent>(actor.tenant, &consent).await?;
        let keeps = |consent| lets_keep(&consent, person, &grantees, Utc::now());
        grounds.consent = consent.is_some_and(keeps);
    }
    Ok((resource, grounds))
}

/// What a link leads to, if it works and is the actor's. It is no leave yet: recording the read
/// is, which holds a consent to be as it was.
///
/// # Errors
/// When the log doesn't answer.
pub async fn fetch(
    executor: &Executor,
    actor: &Actor,
    export: ExportId,
    secret_hash: &SecretHash,
) -> Result<Option<Fetch>, CommandError> {
    let state = executor.state::<Export>(actor.tenant, &export).await?;
    let Some((asked, file)) = state.and_then(|state| {
        let file = state.opened_by(secret_hash, Utc::now())?;
        Some((state.asked?, file))
    }) else {
        return Ok(None);
    };
    if asked.by.uuid() != actor.id {
        return Ok(None);
    }
    let (resource, grounds) = readable(executor, actor, &asked).await?;
    let consents = match asked.ground {
        ExportGround::OwnRecord | ExportGround::Guardian => Vec::new(),
        ExportGround::Consent { consent } => {
            let state = executor.state::<Consent>(actor.tenant, &consent).await?;
            let terms = state.and_then(|state| Some(state.matter?.terms));
            let Some(terms) = terms.filter(|_| grounds.consent) else {
                return Ok(None);
            };
            let times = BTreeSet::from([terms.from, terms.to]);
            vec![Reliance { consent, times }]
        }
    };
    Ok(Some(Fetch {
        asked,
        file,
        resource,
        grounds,
        consents,
    }))
}
