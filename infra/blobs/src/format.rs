//! How a file is laid out: `MLB1`, the number of categories that its key is sealed under and
//! which, the length of the sealed key, the sealed key; then pieces of 64 KiB, each encrypted by
//! itself, the last of them shorter, and perhaps empty.
//!
//! Each piece is bound to the file's name, its place in the file and whether it is the last: cut
//! off, put in another order or in another file, none opens. No nonce comes twice, as each file
//! has a key of its own and numbers its pieces.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use medilink_domain::Category;
use zeroize::Zeroizing;

use crate::error::BlobError;

/// How many bytes of the file are in a piece, before it is encrypted.
pub const PIECE: usize = 64 << 10;
/// How many bytes encrypting adds to a piece.
const TAG: usize = 16;
/// A piece as it is kept.
pub(crate) const SEALED_PIECE: usize = PIECE + TAG;
const MAGIC: &[u8; 4] = b"MLB1";
/// The longest sealed key that is looked at.
const LONGEST_KEY: usize = 1_024;

/// What precedes the pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// What the key is sealed under, the innermost first.
    pub(crate) categories: Vec<Category>,
    pub(crate) sealed_key: Vec<u8>,
}

impl Header {
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        // There are few categories, and a sealed key is short.
        out.push(self.categories.len() as u8);
        out.extend(self.categories.iter().map(|category| place(*category)));
        out.extend_from_slice(&(self.sealed_key.len() as u16).to_be_bytes());
        out.extend_from_slice(&self.sealed_key);
        out
    }

    /// The header that these bytes begin with and its length, if they hold all of it.
    pub(crate) fn read(bytes: &[u8]) -> Result<Option<(Self, usize)>, BlobError> {
        let Some((magic, rest)) = bytes.split_first_chunk::<4>() else {
            return Ok(None);
        };
        if magic != MAGIC {
            return Err(BlobError::Damaged);
        }
        let Some((count, rest)) = rest.split_first() else {
            return Ok(None);
        };
        let count = usize::from(*count);
        if count > Category::ALL.len() {
            return Err(BlobError::Damaged);
        }
        let Some((places, rest)) = rest.split_at_checked(count) else {
            return Ok(None);
        };
        let known = |place: &u8| Category::ALL.get(usize::from(*place)).copied();
        let categories: Option<Vec<Category>> = places.iter().map(known).collect();
        let categories = categories.ok_or(BlobError::Damaged)?;
        let Some((length, rest)) = rest.split_first_chunk::<2>() else {
            return Ok(None);
        };
        let length = usize::from(u16::from_be_bytes(*length));
        if length > LONGEST_KEY {
            return Err(BlobError::Damaged);
        }
        let Some(sealed_key) = rest.get(..length) else {
            return Ok(None);
        };
        let header = Self {
            categories,
            sealed_key: sealed_key.to_vec(),
        };
        Ok(Some((header, 4 + 1 + count + 2 + length)))
    }
}

/// Where a category stands in [`Category::ALL`], whose order is fixed.
fn place(category: Category) -> u8 {
    let place = Category::ALL.iter().position(|one| *one == category);
    place.unwrap_or_default() as u8
}

/// How many pieces so many bytes are, and how many bytes are in them; none if they can't be
/// pieces.
pub(crate) fn pieces(sealed: u64) -> Option<(u64, u64)> {
    let (piece, tag) = (SEALED_PIECE as u64, TAG as u64);
    let count = sealed.div_ceil(piece);
    let last = sealed.checked_sub(count.checked_sub(1)? * piece)?;
    (last >= tag).then(|| (count, sealed - count * tag))
}

/// Encrypts and decrypts the pieces of one file.
pub(crate) struct PieceKey {
    key: LessSafeKey,
    name: String,
}

impl PieceKey {
    pub(crate) fn new(secret: &Zeroizing<[u8; 32]>, name: String) -> Result<Self, BlobError> {
        let key = UnboundKey::new(&AES_256_GCM, &secret[..]).map_err(|_| BlobError::Damaged)?;
        Ok(Self {
            key: LessSafeKey::new(key),
            name,
        })
    }

    fn bound(&self, number: u64, last: bool) -> (Nonce, Aad<Vec<u8>>) {
        let mut nonce = [0; NONCE_LEN];
        nonce[NONCE_LEN - 8..].copy_from_slice(&number.to_be_bytes());
        let mut context = b"medilink/blob/v1".to_vec();
        context.extend_from_slice(&(self.name.len() as u64).to_be_bytes());
        context.extend_from_slice(self.name.as_bytes());
        context.extend_from_slice(&number.to_be_bytes());
        context.push(u8::from(last));
        (Nonce::assume_unique_for_key(nonce), Aad::from(context))
    }

    pub(crate) fn seal(
        &self,
        number: u64,
        last: bool,
        mut piece: Vec<u8>,
    ) -> Result<Vec<u8>, BlobError> {
        let (nonce, context) = self.bound(number, last);
        let sealed = self
            .key
            .seal_in_place_append_tag(nonce, context, &mut piece);
        // Only a piece of 64 GiB is refused.
        sealed.map_err(|_| BlobError::Damaged)?;
        Ok(piece)
    }

    pub(crate) fn open(
        &self,
        number: u64,
        last: bool,
        mut sealed: Vec<u8>,
    ) -> Result<Vec<u8>, BlobError> {
        let (nonce, context) = self.bound(number, last);
        let clear = self.key.open_in_place(nonce, context, &mut sealed);
        let length = clear.map_err(|_| BlobError::Damaged)?.len();
        sealed.truncate(length);
        Ok(sealed)
    }
}

impl std::fmt::Debug for PieceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PieceKey")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops where it is wrong")]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_as_it_was_written_and_not_before_it_is_whole() {
        let header = Header {
            categories: vec![Category::Identity, Category::Conversation],
            sealed_key: vec![7; 77],
        };
        let written = header.write();
        for length in 0..written.len() {
            assert_eq!(Header::read(&written[..length]).unwrap(), None, "{length}");
        }
        let longer = [written.clone(), vec![1, 2]].concat();
        assert_eq!(
            Header::read(&longer).unwrap(),
            Some((header, written.len()))
        );
        for wrong in [
            &b"MLB2\x00\x00\x00"[..],
            b"MLB1\x09",
            b"MLB1\x01\x09",
            b"MLB1\x00\xff\xff",
        ] {
            assert!(
                matches!(Header::read(wrong), Err(BlobError::Damaged)),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn the_size_tells_how_many_pieces_there_are() {
        let piece = SEALED_PIECE as u64;
        assert_eq!(pieces(0), None);
        assert_eq!(pieces(15), None);
        assert_eq!(pieces(16), Some((1, 0)));
        assert_eq!(pieces(piece), Some((1, PIECE as u64)));
        assert_eq!(pieces(piece + 1), None);
        assert_eq!(pieces(piece + 16), Some((2, PIECE as u64)));
        assert_eq!(pieces(2 * piece), Some((2, 2 * PIECE as u64)));
    }
}
