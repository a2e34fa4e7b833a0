use crate::support::World;

/// Statements that would change history, and must be refused to everyone.
const CHANGES: &[&str] = &[
    "UPDATE log.events SET payload = '{}'",
    "DELETE FROM log.events",
    "TRUNCATE log.events CASCADE",
    "DELETE FROM log.events WHERE false",
    "UPDATE log.checkpoints SET root = root",
    "DELETE FROM log.checkpoints",
    "TRUNCATE log.checkpoints",
    "DELETE FROM log.head",
    "UPDATE log.head SET position = 0",
];

#[tokio::test]
async fn not_even_a_superuser_changes_history_by_accident() {
    let world = World::new().await;
    world
        .writer()
        .append(world.append("a-1", 0, 2))
        .await
        .unwrap();
    let superuser = world.databases.superuser().await;
    for change in CHANGES {
        let error = superuser.batch_execute(change).await.expect_err(change);
        assert_eq!(error.code().unwrap().code(), "42501", "{change}: {error}");
    }
    superuser
        .batch_execute("SET session_replication_role = replica")
        .await
        .unwrap();
    assert!(
        superuser
            .batch_execute("DELETE FROM log.events")
            .await
            .is_err(),
        "replica mode does not switch the triggers off"
    );
    assert_eq!(world.reader.head().await.unwrap().0, 2);
}

#[tokio::test]
async fn the_applications_role_can_append_and_read_and_nothing_else() {
    let world = World::new().await;
    world
        .writer()
        .append(world.append("a-1", 0, 1))
        .await
        .unwrap();
    let app = world.app.client().await.unwrap();
    let forbidden = CHANGES.iter().copied().chain([
        "ALTER TABLE log.events DISABLE TRIGGER ALL",
        "DROP TABLE log.events",
        "CREATE TABLE log.mine (x int)",
        "DELETE FROM log.receipts",
        "UPDATE log.claims SET stream = 'x'",
        "SET ROLE medilink_owner",
    ]);
    for statement in forbidden {
        assert!(
            app.batch_execute(statement).await.is_err(),
            "{statement} was allowed"
        );
    }
    app.batch_execute("SELECT * FROM log.events").await.unwrap();
}

#[tokio::test]
async fn the_projectors_role_only_reads_the_log() {
    let world = World::new().await;
    let projector = world
        .databases
        .pool("medilink_projector")
        .client()
        .await
        .unwrap();
    projector
        .batch_execute("SELECT * FROM log.events; SELECT * FROM log.head")
        .await
        .unwrap();
    for statement in [
        "INSERT INTO log.head VALUES (true, 1)",
        "UPDATE log.head SET position = 9",
        "SELECT * FROM log.receipts",
    ] {
        assert!(
            projector.batch_execute(statement).await.is_err(),
            "{statement} was allowed"
        );
    }
}
