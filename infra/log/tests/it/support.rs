//! A log of a test's own.

use medilink_database::Database;
use medilink_domain::TenantId;
use medilink_log::{Append, EventCodec, LogReader, LogWriter, Metadata, NewEvent, StreamWrite};
use medilink_test_support::TestDatabases;
use medilink_vault::{Keyring, Vault};
use uuid::Uuid;

pub struct World {
    pub databases: TestDatabases,
    pub app: Database,
    pub reader: LogReader,
    pub tenant: TenantId,
    folder: tempfile::TempDir,
}

impl World {
    pub async fn new() -> Self {
        let databases = TestDatabases::create().await;
        medilink_log::migrate(&databases.pool("medilink_owner"))
            .await
            .unwrap();
        let app = databases.pool("medilink_app");
        Self {
            reader: LogReader::new(app.clone()),
            app,
            tenant: TenantId(Uuid::now_v7()),
            folder: tempfile::tempdir().unwrap(),
            databases,
        }
    }

    pub fn writer(&self) -> LogWriter {
        LogWriter::start(self.app.clone(), Vec::new()).0
    }

    pub async fn codec(&self) -> EventCodec {
        medilink_vault::migrate(&self.databases.keys_pool("medilink_owner"))
            .await
            .unwrap();
        let keyring = Keyring::open_or_create(self.folder.path().join("keys")).unwrap();
        let vault = Vault::open(self.databases.keys_pool("medilink_vault"), keyring)
            .await
            .unwrap();
        EventCodec::new(vault)
    }

    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub fn append(&self, stream: &str, expected: u64, events: usize) -> Append {
        Append {
            tenant: self.tenant,
            writes: vec![StreamWrite {
                stream: stream.into(),
                expected,
                events: vec![event(); events],
            }],
            guards: Vec::new(),
            claims: Vec::new(),
            releases: Vec::new(),
            receipt: None,
            metadata: Metadata::default(),
        }
    }
}

pub fn event() -> NewEvent {
    NewEvent {
        kind: "test.happened",
        schema_version: 1,
        subject: None,
        payload: br#"{"n":1}"#.as_slice().into(),
    }
}

/// Holds every rule that the log promises: gapless positions and versions,
/// leaf hashes that fit, a head at the end.
pub async fn assert_whole(reader: &LogReader) -> u64 {
    use futures::TryStreamExt;
    let events: Vec<_> = reader
        .all_after(medilink_log::Position::START)
        .try_collect()
        .await
        .unwrap();
    let mut versions = std::collections::HashMap::new();
    for (index, event) in events.iter().enumerate() {
        assert_eq!(event.position.0, index as u64 + 1, "positions are gapless");
        let version = versions.entry(event.stream.clone()).or_insert(0);
        *version += 1;
        assert_eq!(
            event.version, *version,
            "versions of {} are gapless and in order",
            event.stream
        );
        assert!(
            event.leaf_is_sound(),
            "the leaf hash of {} fits",
            event.position
        );
    }
    assert_eq!(
        reader.head().await.unwrap().0,
        events.len() as u64,
        "the head is the last position"
    );
    events.len() as u64
}
