//! Connections and leadership against a real PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::net::TcpListener;
use std::time::{Duration, Instant};

use medilink_database::{Database, DatabaseConfig, beat, leading, try_lead};
use medilink_test_support::TestDatabases;

fn database(url: &str) -> Database {
    Database::new(DatabaseConfig::at(url)).unwrap()
}

async fn url() -> (TestDatabases, String) {
    let databases = TestDatabases::create().await;
    let url = databases.main("medilink_app").url;
    (databases, url)
}

#[tokio::test]
async fn the_server_soon_lets_go_of_what_a_silent_process_holds() {
    let (_databases, url) = url().await;
    let client = database(&url).connect().await.unwrap();
    for (setting, value) in [
        ("idle_in_transaction_session_timeout", "1min"),
        ("statement_timeout", "15s"),
        ("tcp_keepalives_idle", "15"),
        ("tcp_keepalives_interval", "5"),
        ("tcp_keepalives_count", "3"),
        ("tcp_user_timeout", "30000"),
    ] {
        let row = client.query_one(&format!("SHOW {setting}"), &[]).await;
        assert_eq!(row.unwrap().get::<_, &str>(0), value, "{setting}");
    }
}

#[tokio::test]
async fn a_leader_that_falls_silent_is_succeeded_and_one_that_lives_is_not() {
    let (_databases, url) = url().await;
    let database = database(&url);
    let connect = || async { database.connect().await.unwrap() };
    let (silent, busy) = (connect().await, connect().await);
    let (living, next) = (connect().await, connect().await);
    assert!(try_lead(&silent, "one").await.unwrap());
    assert!(try_lead(&living, "two").await.unwrap());
    assert!(try_lead(&busy, "three").await.unwrap());
    busy.batch_execute("BEGIN; SELECT").await.unwrap();
    assert!(!try_lead(&next, "one").await.unwrap());
    let started = Instant::now();
    let succeeded = async {
        for name in ["one", "three"] {
            while !try_lead(&next, name).await.unwrap() {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
        assert!(!try_lead(&next, "two").await.unwrap(), "it lives");
    };
    // What takes longer than a silence may last.
    leading(&living, succeeded).await.unwrap();
    let took = started.elapsed();
    assert!(
        (Duration::from_secs(8)..Duration::from_secs(30)).contains(&took),
        "{took:?}"
    );
    beat(&living).await.unwrap();
    for gone in [silent, busy] {
        let refused = beat(&gone).await.unwrap_err();
        assert!(refused.is_transient(), "{refused}");
    }
}

#[tokio::test]
async fn of_several_servers_one_that_says_nothing_costs_its_share_of_the_time() {
    let (databases, url) = url().await;
    let (host, port) = databases.address();
    // Connections wait in its backlog, as with a machine that is stopped.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let dead = silent.local_addr().unwrap().port();
    let here = format!("{host}:{port}");
    for hosts in [
        format!("127.0.0.1:{dead},{here}"),
        format!("127.0.0.1:1,127.0.0.1:{dead},{here}"),
        format!("{here},127.0.0.1:{dead}"),
    ] {
        let url = url.replace(&here, &hosts) + "?target_session_attrs=read-write";
        let database = database(&url);
        database.ping().await.unwrap();
        database.connect().await.unwrap();
    }
    let nobody = url.replace(&here, &format!("127.0.0.1:1,127.0.0.1:{dead}"));
    let refused = database(&nobody).ping().await.unwrap_err();
    assert!(refused.is_transient(), "{refused}");
}
