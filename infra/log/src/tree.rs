//! The Merkle tree of RFC 6962 over the leaf hashes, kept as hash tiles of height 8 (C2SP
//! tlog-tiles): only the right edge is in memory, full tiles never change.

use thiserror::Error;
use tlog_tiles::tlog::{Error as TlogError, Hash, HashReader, tree_hash};
use tlog_tiles::{Tile, tile};

const HEIGHT: u8 = 8;
const HASH: usize = 32;
/// Hashes in a full tile.
const WIDTH: usize = 1 << HEIGHT;
/// Levels of tiles: enough for 2^64 leaves.
pub(crate) const LEVELS: usize = 8;

/// The stored tiles are not those of a tree.
#[derive(Debug, Error)]
#[error("the stored tiles do not make up a tree of {size} leaves: {detail}")]
pub struct BrokenTree {
    /// The number of leaves it should have.
    pub size: u64,
    /// What was found.
    pub detail: String,
}

/// One tile as stored: partial while it is the last of its level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTile {
    /// 0 holds leaf hashes, each level above it the roots of 256 below.
    pub level: u8,
    /// Its place in the level, from 0.
    pub number: u64,
    /// 1 to 256 hashes of 32 bytes.
    pub hashes: Vec<u8>,
}

/// A tree that grows at its right edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    /// The unfinished tile of each level.
    edge: [Vec<u8>; LEVELS],
}

impl Default for Tree {
    fn default() -> Self {
        Self {
            size: 0,
            edge: std::array::from_fn(|_| Vec::new()),
        }
    }
}

impl Tree {
    /// The tree of `size` leaves, from the unfinished tiles of its levels.
    ///
    /// # Errors
    /// [`BrokenTree`] when a tile is missing or has another width than the size tells.
    pub fn at(size: u64, tiles: impl IntoIterator<Item = StoredTile>) -> Result<Self, BrokenTree> {
        let mut tree = Self {
            size,
            ..Self::default()
        };
        for tile in tiles {
            let level = usize::from(tile.level);
            if level < LEVELS && tile.number == tree.number(level) {
                let width = tree.width(level) * HASH;
                // The row may already be longer: it grows before the checkpoint that covers it.
                tree.edge[level] = tile.hashes.get(..width).unwrap_or_default().to_vec();
            }
        }
        for level in 0..LEVELS {
            if tree.edge[level].len() != tree.width(level) * HASH {
                let detail = format!(
                    "tile {level}/{} is missing or too short",
                    tree.number(level)
                );
                return Err(BrokenTree { size, detail });
            }
        }
        Ok(tree)
    }

    /// The level and number of each unfinished tile of a tree of this size.
    pub fn edge_of(size: u64) -> Vec<(u8, u64)> {
        let tree = Self {
            size,
            ..Self::default()
        };
        (0..LEVELS)
            .filter(|level| tree.width(*level) > 0)
            .map(|level| (level as u8, tree.number(level)))
            .collect()
    }

    /// The number of leaves.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds leaf hashes; returns the tiles that are new or have grown, to be stored.
    pub fn extend<'a>(
        &mut self,
        leaves: impl IntoIterator<Item = &'a [u8; HASH]>,
    ) -> Vec<StoredTile> {
        let mut stored = Vec::new();
        let mut touched = [false; LEVELS];
        for leaf in leaves {
            self.edge[0].extend_from_slice(leaf);
            self.size += 1;
            touched[0] = true;
            let mut level = 0;
            while self.edge[level].len() == WIDTH * HASH {
                let hashes = std::mem::take(&mut self.edge[level]);
                let root = Tile::subtree_hash(&hashes);
                // The level above has not taken this tile yet, so its count is this number.
                let number = (self.size >> (usize::from(HEIGHT) * (level + 1))) - 1;
                stored.push(StoredTile {
                    level: level as u8,
                    number,
                    hashes,
                });
                touched[level] = false;
                level += 1;
                self.edge[level].extend_from_slice(&root.0);
                touched[level] = true;
            }
        }
        for (level, _) in touched.iter().enumerate().filter(|(_, touched)| **touched) {
            stored.push(StoredTile {
                level: level as u8,
                number: self.number(level),
                hashes: self.edge[level].clone(),
            });
        }
        stored
    }

    /// The root hash, RFC 6962 §2.1.
    ///
    /// # Errors
    /// [`BrokenTree`] when the edge doesn't fit the size, which [`Tree::at`] rules out.
    pub fn root(&self) -> Result<[u8; HASH], BrokenTree> {
        tree_hash(self.size, self)
            .map(|hash| hash.0)
            .map_err(|error| BrokenTree {
                size: self.size,
                detail: error.to_string(),
            })
    }

    const fn number(&self, level: usize) -> u64 {
        self.complete(level) >> HEIGHT
    }

    const fn width(&self, level: usize) -> usize {
        (self.complete(level) % WIDTH as u64) as usize
    }

    /// How many hashes the level has in all.
    const fn complete(&self, level: usize) -> u64 {
        self.size >> (HEIGHT as usize * level)
    }
}

impl HashReader for Tree {
    /// Only hashes of the right edge, which are all that a root needs.
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, TlogError> {
        indexes
            .iter()
            .map(|&index| {
                let tile: tile::Tile = Tile::from_index(HEIGHT, index);
                let level = usize::from(tile.level());
                if level >= LEVELS || tile.level_index() != self.number(level) {
                    return Err(TlogError::InvalidTile);
                }
                tile.hash_at_index(&self.edge[level], index)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use sha2::{Digest, Sha256};

    use super::*;

    fn leaf(number: u64) -> [u8; 32] {
        Sha256::new()
            .chain_update([0])
            .chain_update(number.to_be_bytes())
            .finalize()
            .into()
    }

    /// RFC 6962 §2.1, word for word, as an independent reference.
    fn reference(leaves: &[[u8; 32]]) -> [u8; 32] {
        match leaves {
            [] => Sha256::new().finalize().into(),
            [one] => *one,
            many => {
                let split = many.len().next_power_of_two() / 2;
                Sha256::new()
                    .chain_update([1])
                    .chain_update(reference(&many[..split]))
                    .chain_update(reference(&many[split..]))
                    .finalize()
                    .into()
            }
        }
    }

    #[test]
    fn the_root_is_that_of_rfc_6962_at_every_size_around_tile_borders() {
        let leaves: Vec<_> = (0..66_000).map(leaf).collect();
        for size in [
            0, 1, 2, 3, 255, 256, 257, 511, 512, 1000, 65_535, 65_536, 65_537, 66_000,
        ] {
            let mut tree = Tree::default();
            tree.extend(&leaves[..size]);
            assert_eq!(
                tree.root().unwrap(),
                reference(&leaves[..size]),
                "size {size}"
            );
        }
    }

    #[test]
    fn a_tree_resumed_from_its_tiles_grows_as_if_it_had_never_stopped() {
        let leaves: Vec<_> = (0..70_000).map(leaf).collect();
        let mut whole = Tree::default();
        whole.extend(&leaves);
        let mut stored = std::collections::HashMap::new();
        let mut resumed = Tree::default();
        for chunk in leaves.chunks(777) {
            for tile in resumed.extend(chunk) {
                stored.insert((tile.level, tile.number), tile);
            }
            let edge = Tree::edge_of(resumed.size());
            resumed = Tree::at(resumed.size(), edge.iter().map(|key| stored[key].clone())).unwrap();
        }
        assert_eq!(resumed, whole);
        let full = stored
            .values()
            .filter(|tile| tile.hashes.len() == WIDTH * HASH)
            .count();
        assert_eq!(
            full,
            70_000 / 256 + 1,
            "all full tiles of both levels were handed out"
        );
    }

    #[test]
    fn a_missing_tile_is_refused() {
        assert!(Tree::at(300, []).is_err());
    }
}
