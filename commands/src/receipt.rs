//! What is kept of an answer for repeated requests. Receipts are never rewritten, so what is
//! about a person is sealed under that person's key, as the events are that it tells of.

use bytes::Bytes;
use medilink_domain::event::canonical;
use medilink_domain::{Category, SubjectId, TenantId};
use medilink_log::CodecError;
use medilink_vault::{Binding, Unsealed, Vault};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::CommandError;

/// Whose key seals the answer to a command that recorded something about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Keeper {
    /// The person.
    pub(crate) subject: SubjectId,
    /// Which of their keys.
    pub(crate) category: Category,
}

/// A sealed answer as it is stored. An answer that is about nobody is stored as it is.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    sealed_for: Keeper,
    /// In hexadecimal.
    answer: String,
}

/// Where a receipt is kept: what opens nowhere else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) tenant: TenantId,
    pub(crate) scope: &'a [u8; 32],
}

impl Place<'_> {
    /// What to store of an answer.
    ///
    /// # Errors
    /// When the person's key can't be had.
    pub(crate) async fn keep<T: Serialize + Sync>(
        self,
        vault: &Vault,
        keeper: Option<Keeper>,
        answer: &T,
    ) -> Result<Bytes, CommandError> {
        let clear = canonical(answer);
        let Some(keeper) = keeper else {
            return Ok(clear.into());
        };
        let Keeper { subject, category } = keeper;
        let stream = hex::encode(self.scope);
        let binding = self.binding(&stream);
        // The key is at hand: the events have just been sealed under it.
        let sealed = match vault.try_seal(subject, category, &binding, &clear) {
            Some(sealed) => sealed,
            None => vault.seal(subject, category, &binding, &clear).await,
        };
        let sealed = sealed.map_err(|error| CommandError::codec(CodecError::Vault(error)))?;
        let stored = Sealed {
            sealed_for: keeper,
            answer: hex::encode(sealed),
        };
        Ok(canonical(&stored).into())
    }

    /// The answer that was stored; `None` when the person was erased since.
    ///
    /// # Errors
    /// When the key can't be had, or the bytes are not what was stored here.
    pub(crate) async fn open<T: DeserializeOwned>(
        self,
        vault: &Vault,
        stored: &[u8],
    ) -> Result<Option<T>, CommandError> {
        let Ok(Sealed { sealed_for, answer }) = serde_json::from_slice(stored) else {
            return parse(stored).map(Some);
        };
        let sealed = hex::decode(answer).map_err(|_| unreadable())?;
        let Keeper { subject, category } = sealed_for;
        let stream = hex::encode(self.scope);
        let unsealed = vault
            .unseal(subject, category, &self.binding(&stream), &sealed)
            .await
            .map_err(|error| CommandError::codec(CodecError::Vault(error)))?;
        match unsealed {
            Unsealed::Clear(clear) => parse(&clear).map(Some),
            Unsealed::Erased => Ok(None),
        }
    }

    const fn binding<'a>(self, stream: &'a str) -> Binding<'a> {
        Binding {
            tenant: self.tenant,
            stream,
            version: 0,
            kind: "receipt",
            field: "answer",
        }
    }
}

/// The serde error is dropped: it may quote the answer.
fn parse<T: DeserializeOwned>(clear: &[u8]) -> Result<T, CommandError> {
    serde_json::from_slice(clear).map_err(|_| unreadable())
}

fn unreadable() -> CommandError {
    CommandError::Internal("a stored receipt doesn't parse".into())
}
