//! Writing a file, piece by piece.

use medilink_domain::values::TreeRoot;
use object_store::{MultipartUpload, WriteMultipart};
use sha2::{Digest, Sha256};

use crate::error::BlobError;
use crate::format::{Header, PIECE, PieceKey};

/// How much goes to the store at once: the least that S3 takes.
const PART: usize = 5 << 20;
/// How many of those may be on their way.
const ON_THE_WAY: usize = 2;

/// A file that is being written. Dropped before it is finished, it was never there.
#[derive(Debug)]
pub struct BlobWriter {
    upload: WriteMultipart,
    key: PieceKey,
    /// Not encrypted yet; more than a piece is never held back.
    waiting: Vec<u8>,
    number: u64,
    size: u64,
    digest: Sha256,
}

/// A file that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// How many bytes it has.
    pub size: u64,
    /// The SHA-256 hash of them.
    pub digest: TreeRoot,
}

impl BlobWriter {
    pub(crate) fn new(upload: Box<dyn MultipartUpload>, key: PieceKey, header: &Header) -> Self {
        let mut upload = WriteMultipart::new_with_chunk_size(upload, PART);
        upload.write(&header.write());
        Self {
            upload,
            key,
            waiting: Vec::with_capacity(PIECE),
            number: 0,
            size: 0,
            digest: Sha256::new(),
        }
    }

    /// Adds to the file.
    ///
    /// # Errors
    /// [`BlobError::Away`] when the store doesn't take it.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<(), BlobError> {
        self.digest.update(bytes);
        self.size += bytes.len() as u64;
        while !bytes.is_empty() {
            // A full piece waits for more: it may be the last.
            if self.waiting.len() == PIECE {
                self.send(false).await?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(PIECE - self.waiting.len()));
            self.waiting.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    async fn send(&mut self, last: bool) -> Result<(), BlobError> {
        let piece = std::mem::replace(&mut self.waiting, Vec::with_capacity(PIECE + 16));
        let sealed = self.key.seal(self.number, last, piece)?;
        self.number += 1;
        self.upload.wait_for_capacity(ON_THE_WAY).await?;
        self.upload.write(&sealed);
        Ok(())
    }

    /// Ends the file: from now on it is there, whole.
    ///
    /// # Errors
    /// [`BlobError::Away`] when the store doesn't take it.
    pub async fn finish(mut self) -> Result<Written, BlobError> {
        self.send(true).await?;
        self.upload.finish().await?;
        let digest: [u8; 32] = self.digest.finalize().into();
        Ok(Written {
            size: self.size,
            digest: digest.into(),
        })
    }

    /// Gives the file up.
    pub async fn abort(self) {
        if let Err(error) = self.upload.abort().await {
            tracing::debug!(%error, "what was begun of a file is left to be deleted with it");
        }
    }
}
