//! The checked-in files of each event type.

use std::path::{Path, PathBuf};
use std::{fs, io};

use medilink_domain::EventType;
use serde_json::Value;

pub fn schemas() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/events")
}

pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

pub fn schema_path(kind: &EventType, version: u16) -> PathBuf {
    schemas().join(format!("{}.v{version}.json", kind.name))
}

pub fn fixture_path(kind: &EventType, version: u16) -> PathBuf {
    fixtures().join(kind.name).join(format!("v{version}.json"))
}

/// The file's JSON, or nothing if there is no file.
pub fn read(path: &Path) -> Option<Value> {
    match fs::read(path) {
        Ok(bytes) => Some(
            serde_json::from_slice(&bytes)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display())),
        ),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => panic!("{}: {error}", path.display()),
    }
}

pub fn fixture(kind: &EventType, version: u16) -> Value {
    let path = fixture_path(kind, version);
    read(&path).unwrap_or_else(|| {
        panic!(
            "write {}: an example of {} v{version} with every field filled in",
            path.display(),
            kind.name
        )
    })
}

/// The names of the files and folders in a folder, in order, without hidden ones.
pub fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort_unstable();
    names
}
