//! What is done to the servers before anything is measured on them.

use medilink_test_support::TestDatabases;

/// Brings databases to rest: freshly filled tables give bimodal figures until they are
/// vacuumed, analyzed and written out.
///
/// # Panics
/// When the server has gone.
pub async fn settle(databases: &[&TestDatabases]) {
    for databases in databases {
        for client in [
            databases.superuser().await,
            databases.keys_superuser().await,
        ] {
            for statement in ["VACUUM ANALYZE", "CHECKPOINT"] {
                client.batch_execute(statement).await.unwrap();
            }
        }
    }
}
