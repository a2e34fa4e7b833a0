//! The journal of erasures: what was shredded, kept beside the keyring and outside every
//! database, so that no backup of a database can bring a key back.
//!
//! One line for each tombstone, flushed to disk before the shredding returns. Each line carries
//! an HMAC, under a key of the keyring, over itself and the HMAC of the line before: none can be
//! changed or taken out from between others without that being seen. (Lines that are cut off at
//! the end don't show here; the database's own tombstones and the log still have them, and put
//! them back.)

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, SecondsFormat, Utc};
use medilink_domain::{Category, SubjectId, TenantId};
use uuid::Uuid;

use crate::binding::Holder;
use crate::error::KeyringError;
use crate::rows::category;
use crate::secret::Secret;

const FORMAT: &str = "v1";

/// That a key was shredded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// The tenant.
    pub tenant: TenantId,
    /// Whose key it was.
    pub subject: SubjectId,
    /// Which of theirs.
    pub category: Category,
    /// The number of its tombstone.
    pub number: u64,
    /// When it was shredded.
    pub at: DateTime<Utc>,
    /// Who asked for it, by id.
    pub by: Uuid,
}

impl Erasure {
    pub(crate) const fn holder(&self) -> Holder {
        Holder {
            tenant: self.tenant,
            subject: self.subject,
            category: self.category,
        }
    }

    fn line(&self) -> String {
        let at = self.at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let (tenant, subject, category) = (self.tenant, self.subject, self.category.name());
        format!(
            "{FORMAT} {} {tenant} {subject} {category} {at} {}",
            self.number, self.by
        )
    }

    /// None for what only a newer release can read.
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        if words.next()? != FORMAT {
            return None;
        }
        Some(Self {
            number: words.next()?.parse().ok()?,
            tenant: words.next()?.parse().ok()?,
            subject: words.next()?.parse().ok()?,
            category: category(words.next()?)?,
            at: words.next()?.parse().ok()?,
            by: words.next()?.parse().ok()?,
        })
    }
}

/// The file, and what this process has read of it.
pub(crate) struct Journal {
    path: PathBuf,
    key: Secret,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    erased: HashMap<Holder, Erasure>,
    /// How many bytes were read, all of them whole lines.
    read: u64,
    lines: usize,
    /// The HMAC of the last line.
    last: [u8; 32],
}

impl Journal {
    /// Reads the journal; one that isn't there has no lines yet.
    ///
    /// # Errors
    /// [`KeyringError`] when a line was changed, or others can write to the file.
    pub(crate) fn open(path: PathBuf, key: Secret) -> Result<Self, KeyringError> {
        let journal = Self {
            path,
            key,
            known: Mutex::default(),
        };
        journal.refresh()?;
        Ok(journal)
    }

    /// Whether this key is known to be shredded.
    pub(crate) fn contains(&self, holder: &Holder) -> bool {
        self.lock().erased.contains_key(holder)
    }

    /// All that is known to be shredded.
    pub(crate) fn all(&self) -> Vec<Erasure> {
        self.lock().erased.values().copied().collect()
    }

    /// Reads what other processes have written since.
    ///
    /// # Errors
    /// As [`Journal::open`].
    pub(crate) fn refresh(&self) -> Result<(), KeyringError> {
        match File::open(&self.path) {
            Ok(mut file) => self.take_in(&mut self.lock(), &mut file).map(drop),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(self.io(error)),
        }
    }

    /// Writes down what the journal lacks of these, durably.
    ///
    /// # Errors
    /// When that can't be done; it is then not known whether a part of it was.
    pub(crate) async fn keep(self: Arc<Self>, erasures: Vec<Erasure>) -> Result<(), KeyringError> {
        // Flushing may take long on a busy disk: off the runtime's threads.
        tokio::task::spawn_blocking(move || self.keep_now(&erasures))
            .await
            .map_err(|error| KeyringError::Service(error.to_string()))?
    }

    fn keep_now(&self, erasures: &[Erasure]) -> Result<(), KeyringError> {
        let mut known = self.lock();
        let lacking = |known: &Known| {
            let lacks = |erasure: &&Erasure| !known.erased.contains_key(&erasure.holder());
            erasures.iter().filter(lacks).copied().collect::<Vec<_>>()
        };
        if lacking(&known).is_empty() {
            return Ok(());
        }
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&self.path)
            .map_err(|error| self.io(error))?;
        // Other processes of this machine write it, too. The lock goes with the file.
        file.lock().map_err(|error| self.io(error))?;
        let end = self.take_in(&mut known, &mut file)?;
        // What a process that was killed has left of a line.
        file.set_len(end).map_err(|error| self.io(error))?;
        let (mut text, mut last) = (String::new(), known.last);
        let new = lacking(&known);
        for erasure in &new {
            let line = erasure.line();
            last = self.key.mac(&[&last, line.as_bytes()]);
            text.push_str(&format!("{line} {}\n", hex::encode(last)));
        }
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .and_then(|()| match self.path.parent() {
                Some(folder) => File::open(folder)?.sync_all(),
                None => Ok(()),
            })
            .map_err(|error| self.io(error))?;
        known.read = end + text.len() as u64;
        known.lines += new.len();
        known.last = last;
        let erased = new.into_iter().map(|erasure| (erasure.holder(), erasure));
        known.erased.extend(erased);
        Ok(())
    }

    /// Reads the whole lines that are new; returns where they end.
    fn take_in(&self, known: &mut Known, file: &mut File) -> Result<u64, KeyringError> {
        let about = file.metadata().map_err(|error| self.io(error))?;
        let mode = about.permissions().mode() & 0o7777;
        if mode & 0o022 != 0 {
            return Err(KeyringError::Permissions {
                path: self.path.clone(),
                mode,
                wanted: 0o600,
            });
        }
        if about.len() < known.read {
            tracing::error!(path = %self.path.display(), "the journal of erasures is shorter than it was; it is read anew");
            (known.read, known.lines, known.last) = (0, 0, [0; 32]);
        }
        let mut text = String::new();
        file.seek(SeekFrom::Start(known.read))
            .and_then(|_| file.read_to_string(&mut text))
            .map_err(|error| self.io(error))?;
        // A line without its end is still being written, or never will be.
        let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
        for line in whole.lines() {
            known.lines += 1;
            let forged = || KeyringError::Journal {
                path: self.path.clone(),
                line: known.lines,
            };
            let (said, mac) = line.rsplit_once(' ').ok_or_else(forged)?;
            let right = self.key.mac(&[&known.last, said.as_bytes()]);
            if hex::encode(right) != mac {
                return Err(forged());
            }
            known.last = right;
            if let Some(erasure) = Erasure::parse(said) {
                known.erased.insert(erasure.holder(), erasure);
            }
        }
        known.read += whole.len() as u64;
        Ok(known.read)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        // Whatever a holder that panicked left is what was read so far: reading goes on there.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn io(&self, source: std::io::Error) -> KeyringError {
        KeyringError::Io {
            path: self.path.clone(),
            source,
        }
    }
}

/// The journal's place in a keyring's folder.
pub(crate) fn path_in(folder: &Path) -> PathBuf {
    folder.join("erasures.journal")
}
