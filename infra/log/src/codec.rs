//! Between typed events and stored bytes: canonical JSON, sealed when personal, upcast when
//! old.

use bytes::Bytes;
use medilink_domain::event::{DecodeError, upcast};
use medilink_domain::{Category, Event, EventType, Privacy, SubjectId, TenantId, registry};
use medilink_vault::{Binding, Unsealed, Vault, VaultError};
use thiserror::Error;

use crate::event::{NewEvent, StoredPayload};

/// Why an event can't be written or read.
#[derive(Debug, Error)]
pub enum CodecError {
    /// A personal event without a subject: a mistake in the aggregate.
    #[error("{0} is personal, but its stream has no subject")]
    NoSubject(String),
    /// The bytes are not the event they are said to be.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The key can't be had, or the ciphertext is not what was sealed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// An event's payload, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// JSON at today's schema version.
    Clear(Vec<u8>),
    /// The subject's key was shredded: the payload can never be read again.
    Erased,
}

/// Seals and opens payloads. Cheap to clone.
#[derive(Clone, Debug)]
pub struct EventCodec {
    vault: Vault,
}

impl EventCodec {
    /// Seals with this vault's keys.
    pub const fn new(vault: Vault) -> Self {
        Self { vault }
    }

    /// The vault behind it.
    pub const fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Prepares an event for its place in a stream; the ciphertext is bound to that place.
    ///
    /// # Errors
    /// [`CodecError::NoSubject`], or when the vault has no key to give.
    pub async fn encode<E: Event>(
        &self,
        tenant: TenantId,
        stream: &str,
        version: u64,
        subject: Option<SubjectId>,
        event: &E,
    ) -> Result<NewEvent, CodecError> {
        let kind = event.kind();
        let clear = event.to_payload();
        let payload = match kind.privacy {
            Privacy::Operational => Bytes::from(clear),
            Privacy::Personal(category) => {
                let subject = subject.ok_or_else(|| CodecError::NoSubject(kind.name.to_owned()))?;
                let binding = binding(tenant, stream, version, kind.name);
                match self.vault.try_seal(subject, category, &binding, &clear) {
                    Some(sealed) => sealed?,
                    None => self.vault.seal(subject, category, &binding, &clear).await?,
                }
            }
        };
        Ok(NewEvent {
            kind: kind.name,
            schema_version: kind.version,
            subject,
            payload,
        })
    }

    /// Opens a stored payload of any type the platform knows, at today's schema version.
    ///
    /// # Errors
    /// [`CodecError`] when the type is not known, the key can't be had or the bytes are not
    /// what was sealed. A shredded key is not an error.
    pub async fn open<'a>(
        &self,
        event: impl Into<StoredPayload<'a>>,
    ) -> Result<Opened, CodecError> {
        let event = event.into();
        let kind = registry::event_type(event.kind)
            .ok_or_else(|| DecodeError::UnknownType(event.kind.to_owned()))?;
        let opened = self.unsealed(kind, event).await?;
        match opened {
            Opened::Clear(stored) if event.schema_version != kind.version => {
                Ok(Opened::Clear(upcast(kind, event.schema_version, &stored)?))
            }
            other => Ok(other),
        }
    }

    /// Reads a stored event of one aggregate; `None` when its key was shredded.
    ///
    /// # Errors
    /// As [`EventCodec::open`].
    pub async fn decode<'a, E: Event>(
        &self,
        event: impl Into<StoredPayload<'a>>,
    ) -> Result<Option<E>, CodecError> {
        let event = event.into();
        let kind = E::TYPES
            .iter()
            .find(|kind| kind.name == event.kind)
            .ok_or_else(|| DecodeError::UnknownType(event.kind.to_owned()))?;
        match self.unsealed(kind, event).await? {
            Opened::Clear(clear) => Ok(Some(E::decode(event.kind, event.schema_version, &clear)?)),
            Opened::Erased => Ok(None),
        }
    }

    /// Fetches, in one query, the keys that opening these events will need.
    ///
    /// # Errors
    /// When the keys' database doesn't answer.
    pub async fn warm<'a, T>(&self, events: impl IntoIterator<Item = T>) -> Result<(), CodecError>
    where
        T: Into<StoredPayload<'a>>,
    {
        let mut keys: Vec<(TenantId, SubjectId, Category)> = events
            .into_iter()
            .map(Into::into)
            .filter_map(|event| match registry::event_type(event.kind)?.privacy {
                Privacy::Personal(category) => Some((event.tenant, event.subject?, category)),
                Privacy::Operational => None,
            })
            .collect();
        keys.sort_unstable();
        keys.dedup();
        if keys.is_empty() {
            return Ok(());
        }
        Ok(self.vault.warm(&keys).await?)
    }

    async fn unsealed(
        &self,
        kind: &EventType,
        event: StoredPayload<'_>,
    ) -> Result<Opened, CodecError> {
        let Privacy::Personal(category) = kind.privacy else {
            return Ok(Opened::Clear(event.payload.to_vec()));
        };
        let subject = event
            .subject
            .ok_or_else(|| CodecError::NoSubject(event.kind.to_owned()))?;
        let binding = binding(event.tenant, event.stream, event.version, kind.name);
        let unsealed = match self
            .vault
            .try_unseal(subject, category, &binding, event.payload)
        {
            Some(unsealed) => unsealed?,
            None => {
                self.vault
                    .unseal(subject, category, &binding, event.payload)
                    .await?
            }
        };
        Ok(match unsealed {
            Unsealed::Clear(clear) => Opened::Clear(clear),
            Unsealed::Erased => Opened::Erased,
        })
    }
}

const fn binding<'a>(
    tenant: TenantId,
    stream: &'a str,
    version: u64,
    kind: &'a str,
) -> Binding<'a> {
    Binding {
        tenant,
        stream,
        version,
        kind,
        field: "payload",
    }
}
