use medilink_log::{AppendError, LogWriter, StreamLoader};

use crate::support::World;

const SHAPE: [u8; 32] = [7; 32];

fn loader(world: &World, writer: &LogWriter) -> StreamLoader {
    StreamLoader::new(world.app.clone(), writer.epochs())
}

async fn append(world: &World, writer: &LogWriter, expected: u64, events: usize) {
    let append = world.append("a-1", expected, events);
    writer.append(append).await.unwrap();
}

#[tokio::test]
async fn a_stream_is_read_once_and_then_only_what_came_after_it() {
    let world = World::new().await;
    let writer = world.writer();
    append(&world, &writer, 0, 3).await;
    let loader = loader(&world, &writer);
    assert!(loader.known("a-1").is_none());
    let loaded = loader.load(world.tenant, "a-1", &SHAPE).await.unwrap();
    assert_eq!((loaded.version(), loaded.events().len()), (3, 3));
    assert_eq!(loader.known("a-1").unwrap().0.version(), 3);
    // Somebody else's events are found by asking.
    append(&world, &writer, 3, 2).await;
    assert_eq!(loader.known("a-1").unwrap().0.version(), 3);
    let loaded = loader.load(world.tenant, "a-1", &SHAPE).await.unwrap();
    let versions: Vec<u64> = loaded.events().iter().map(|event| event.version).collect();
    assert_eq!(versions, [1, 2, 3, 4, 5]);
    // One's own need no asking.
    let writes = world.append("a-1", 5, 1).writes;
    append(&world, &writer, 5, 1).await;
    loader.recorded(loader.epoch(), world.tenant, writes);
    assert_eq!(loader.known("a-1").unwrap().0.version(), 6);
    assert_eq!(
        loader
            .load(world.tenant, "b-1", &SHAPE)
            .await
            .unwrap()
            .version(),
        0
    );
}

#[tokio::test]
async fn a_stream_of_any_length_is_read_to_its_end() {
    let world = World::new().await;
    let writer = world.writer();
    append(&world, &writer, 0, 777).await;
    let loader = loader(&world, &writer);
    let mut page = loader.load(world.tenant, "a-1", &SHAPE).await.unwrap();
    let mut versions = Vec::new();
    loop {
        versions.extend(page.events().iter().map(|event| event.version));
        if !page.has_more() {
            break;
        }
        let last = page.version();
        page = loader.after(world.tenant, "a-1", last).await.unwrap();
    }
    assert!(versions.into_iter().eq(1..=777));
    assert!(
        loader.known("a-1").is_none(),
        "a part of a stream is not kept as the whole"
    );
}

#[tokio::test]
async fn a_stream_begins_with_its_snapshot_if_that_is_the_tenants_and_fits() {
    let world = World::new().await;
    let writer = world.writer();
    append(&world, &writer, 0, 5).await;
    let superuser = world.databases.superuser().await;
    superuser
        .execute(
            "INSERT INTO log.snapshots (stream, tenant, version, shape, state) VALUES ('a-1', $1, 3, $2, '{}')",
            &[&world.tenant.uuid(), &SHAPE.as_slice()],
        )
        .await
        .unwrap();
    let found = async |tenant, shape: &[u8; 32]| {
        let loaded = loader(&world, &writer)
            .load(tenant, "a-1", shape)
            .await
            .unwrap();
        (
            loaded.snapshot().map(|snapshot| snapshot.version),
            loaded.events().len(),
        )
    };
    assert_eq!(found(world.tenant, &SHAPE).await, (Some(3), 2));
    assert_eq!(found(world.tenant, &[8; 32]).await, (None, 5));
    let stranger = medilink_domain::TenantId(uuid::Uuid::now_v7());
    assert_eq!(found(stranger, &SHAPE).await, (None, 5));
}

#[tokio::test]
async fn an_append_counts_on_what_was_known_only_within_the_epoch() {
    let world = World::new().await;
    let writer = world.writer();
    append(&world, &writer, 0, 1).await;
    let loader = loader(&world, &writer);
    loader.load(world.tenant, "a-1", &SHAPE).await.unwrap();
    let (known, epoch) = loader.known("a-1").unwrap();
    assert_eq!(known.version(), 1);
    // The version is right, but another server is behind the log since: perhaps another history.
    let refused = writer
        .append_presumed(world.append("a-1", 1, 1), epoch - 1)
        .await;
    assert!(matches!(refused, Err(AppendError::Outdated)), "{refused:?}");
    assert_eq!(
        world.reader.head().await.unwrap().0,
        1,
        "nothing was recorded"
    );
    writer
        .append_presumed(world.append("a-1", 1, 1), epoch)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_broken_connection_to_the_same_server_makes_nothing_unknown() {
    let world = World::new().await;
    let writer = world.writer();
    append(&world, &writer, 0, 1).await;
    let loader = loader(&world, &writer);
    loader.load(world.tenant, "a-1", &SHAPE).await.unwrap();
    let (_, epoch) = loader.known("a-1").unwrap();
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE usename = 'medilink_app' AND datname = current_database()";
    let superuser = world.databases.superuser().await;
    superuser.execute(sql, &[]).await.unwrap();
    writer
        .append_presumed(world.append("a-1", 1, 1), epoch)
        .await
        .unwrap();
    assert_eq!(loader.known("a-1").unwrap().1, epoch);
}
