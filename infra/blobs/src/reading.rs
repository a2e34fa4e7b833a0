//! Reading a file, piece by piece.

use bytes::{Bytes, BytesMut};
use futures::stream::BoxStream;
use futures::{Stream, StreamExt, TryStreamExt};

use crate::error::BlobError;
use crate::format::{Header, PieceKey, SEALED_PIECE, pieces};

/// A file that is being read. What it gives out is what was written, or the reading ends with an
/// error.
pub struct BlobReader {
    source: BoxStream<'static, Result<Bytes, BlobError>>,
    /// Received and not given out yet.
    waiting: BytesMut,
    /// How many bytes the file has as it is kept.
    kept: u64,
    key: Option<PieceKey>,
    number: u64,
    count: u64,
    size: u64,
}

impl std::fmt::Debug for BlobReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlobReader")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

impl BlobReader {
    pub(crate) fn new(
        source: impl Stream<Item = Result<Bytes, BlobError>> + Send + 'static,
        kept: u64,
    ) -> Self {
        Self {
            source: source.boxed(),
            waiting: BytesMut::new(),
            kept,
            key: None,
            number: 0,
            count: 0,
            size: 0,
        }
    }

    pub(crate) async fn header(&mut self) -> Result<Header, BlobError> {
        loop {
            if let Some((header, length)) = Header::read(&self.waiting)? {
                let _ = self.waiting.split_to(length);
                let rest = self.kept.checked_sub(length as u64);
                let (count, size) = rest.and_then(pieces).ok_or(BlobError::Damaged)?;
                (self.count, self.size) = (count, size);
                return Ok(header);
            }
            if !self.receive().await? {
                return Err(BlobError::Damaged);
            }
        }
    }

    pub(crate) fn unlock(&mut self, key: PieceKey) {
        self.key = Some(key);
    }

    async fn receive(&mut self) -> Result<bool, BlobError> {
        let more = self.source.try_next().await?;
        if let Some(more) = &more {
            self.waiting.extend_from_slice(more);
        }
        Ok(more.is_some())
    }

    /// How many bytes it gives out in all.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The next bytes; none after the last.
    ///
    /// # Errors
    /// [`BlobError::Damaged`] when they are not what was written.
    pub async fn next(&mut self) -> Result<Option<Bytes>, BlobError> {
        if self.number == self.count {
            return Ok(None);
        }
        let last = self.number + 1 == self.count;
        while self.waiting.len() < SEALED_PIECE {
            if !self.receive().await? {
                break;
            }
        }
        let length = self.waiting.len().min(SEALED_PIECE);
        let sealed = self.waiting.split_to(length).to_vec();
        let key = self.key.as_ref().ok_or(BlobError::Damaged)?;
        let clear = key.open(self.number, last, sealed)?;
        self.number += 1;
        Ok(Some(clear.into()))
    }

    /// All of it as a stream, which ends at the first error.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, BlobError>> + Send + 'static {
        futures::stream::try_unfold(self, |mut reader| async move {
            let next = reader.next().await?;
            Ok(next.map(|bytes| (bytes, reader)))
        })
    }

    /// All of it at once, for what is known to be short.
    ///
    /// # Errors
    /// As [`BlobReader::next`].
    pub async fn read_all(mut self) -> Result<Vec<u8>, BlobError> {
        let mut all = Vec::new();
        while let Some(bytes) = self.next().await? {
            all.extend_from_slice(&bytes);
        }
        Ok(all)
    }
}
