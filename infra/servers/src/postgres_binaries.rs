//! Finding PostgreSQL's programs, in the version that wrote the data.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::ServerError;

const OLDEST: u32 = 15;
const MEND: &str = "Run scripts/install, or install PostgreSQL 15 or later and name its folder in MEDILINK_POSTGRES_BIN";

/// One installed version of PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostgresBinaries {
    /// The folder of `postgres` and `initdb`.
    pub folder: PathBuf,
    /// The major version.
    pub version: u32,
}

impl PostgresBinaries {
    /// The programs for this data folder: the version that wrote it, or, when it is new, the
    /// newest that is installed. `MEDILINK_POSTGRES_BIN` comes first, then Debian's and Red
    /// Hat's folders, then the `PATH`.
    ///
    /// # Errors
    /// [`ServerError::Missing`], [`ServerError::TooOld`] or [`ServerError::OtherVersion`].
    pub fn find(data: &Path) -> Result<Self, ServerError> {
        let installed = installed();
        let written_by = std::fs::read_to_string(data.join("PG_VERSION"))
            .ok()
            .and_then(|text| text.trim().parse::<u32>().ok());
        choose(installed, written_by, data)
    }

    /// The path of one program.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

fn choose(
    mut installed: Vec<PostgresBinaries>,
    written_by: Option<u32>,
    data: &Path,
) -> Result<PostgresBinaries, ServerError> {
    if installed.is_empty() {
        return Err(ServerError::Missing {
            program: "PostgreSQL",
            mend: MEND.to_owned(),
        });
    }
    if let Some(version) = written_by {
        let versions: Vec<String> = installed
            .iter()
            .map(|found| found.version.to_string())
            .collect();
        return installed
            .into_iter()
            .find(|found| found.version == version)
            .ok_or_else(|| ServerError::OtherVersion {
                folder: data.to_owned(),
                data: version,
                installed: versions.join(", "),
            });
    }
    // Stable: of two with one version, the one that was named first.
    installed.sort_by_key(|found| std::cmp::Reverse(found.version));
    let newest = installed.swap_remove(0);
    if newest.version < OLDEST {
        return Err(ServerError::TooOld {
            program: "PostgreSQL",
            path: newest.program("postgres"),
            found: newest.version.to_string(),
            needed: "15",
            mend: MEND,
        });
    }
    Ok(newest)
}

fn installed() -> Vec<PostgresBinaries> {
    if let Some(named) = std::env::var_os("MEDILINK_POSTGRES_BIN") {
        return at(Path::new(&named)).into_iter().collect();
    }
    let mut folders = Vec::new();
    for (root, inside) in [("/usr/lib/postgresql", "bin"), ("/usr", "bin")] {
        let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
        folders.extend(
            entries
                .filter(|entry| {
                    root != "/usr" || entry.file_name().to_string_lossy().starts_with("pgsql-")
                })
                .map(|entry| entry.path().join(inside)),
        );
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Links on the PATH are followed: PostgreSQL finds its own files beside its program.
    folders.extend(std::env::split_paths(&path).filter_map(|folder| {
        let program = folder.join("postgres").canonicalize().ok()?;
        Some(program.parent()?.to_owned())
    }));
    let mut found: Vec<PostgresBinaries> = folders.iter().filter_map(|folder| at(folder)).collect();
    found.dedup();
    found
}

fn at(folder: &Path) -> Option<PostgresBinaries> {
    if !folder.join("initdb").is_file() {
        return None;
    }
    let answer = Command::new(folder.join("postgres"))
        .arg("--version")
        .output()
        .ok()?;
    Some(PostgresBinaries {
        folder: folder.to_owned(),
        version: major(&String::from_utf8_lossy(&answer.stdout))?,
    })
}

/// `postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)` is 15.
fn major(text: &str) -> Option<u32> {
    let number = text
        .split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    number
        .split(|c: char| !c.is_ascii_digit())
        .next()
        .and_then(|digits| digits.parse().ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn version(version: u32) -> PostgresBinaries {
        PostgresBinaries {
            folder: format!("/usr/lib/postgresql/{version}/bin").into(),
            version,
        }
    }

    #[test]
    fn new_data_take_the_newest_and_old_data_take_their_own() {
        let both = || vec![version(15), version(18)];
        assert_eq!(choose(both(), None, Path::new("/d")).unwrap().version, 18);
        assert_eq!(
            choose(both(), Some(15), Path::new("/d")).unwrap().version,
            15
        );
    }

    #[test]
    fn data_of_a_version_that_is_gone_say_which_package_brings_it_back() {
        let error = choose(vec![version(18)], Some(15), Path::new("/d")).unwrap_err();
        assert!(
            error.to_string().contains("apt-get install postgresql-15"),
            "{error}"
        );
    }

    #[test]
    fn a_too_old_or_missing_postgresql_says_what_to_install() {
        let error = choose(vec![version(13)], None, Path::new("/d")).unwrap_err();
        assert!(matches!(error, ServerError::TooOld { .. }));
        assert!(error.to_string().contains("needs 15"), "{error}");
        let error = choose(vec![], None, Path::new("/d")).unwrap_err();
        assert!(error.to_string().contains("scripts/install"), "{error}");
    }

    #[test]
    fn versions_are_read_in_every_shape_that_postgresql_prints() {
        assert_eq!(
            major("postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)"),
            Some(15)
        );
        assert_eq!(major("postgres (PostgreSQL) 19devel"), Some(19));
        assert_eq!(major("nothing"), None);
    }
}
