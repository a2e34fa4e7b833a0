use std::time::Duration;

use medilink_log::{AppendError, Claim, Guard, LogWriter, NewReceipt, Position, StreamWrite};

use crate::support::{World, assert_whole, event};

#[tokio::test]
async fn positions_follow_each_other_in_commit_order_across_streams() {
    let world = World::new().await;
    let writer = world.writer();
    let first = writer.append(world.append("a-1", 0, 2)).await.unwrap();
    let second = writer.append(world.append("b-1", 0, 1)).await.unwrap();
    assert_eq!((first.first, first.last), (Position(1), Position(2)));
    assert_eq!((second.first, second.last), (Position(3), Position(3)));
    assert_eq!(*writer.recorded().borrow(), Position(3));
    assert_whole(&world.reader).await;
}

#[tokio::test]
async fn an_expectation_below_or_above_the_stream_is_a_conflict_and_records_nothing() {
    let world = World::new().await;
    let writer = world.writer();
    writer.append(world.append("a-1", 0, 3)).await.unwrap();
    for wrong in [0, 2, 4, 900] {
        let outcome = writer.append(world.append("a-1", wrong, 1)).await;
        let Err(AppendError::WrongVersion {
            actual, expected, ..
        }) = outcome
        else {
            panic!("expected {wrong} was taken: {outcome:?}");
        };
        assert_eq!((expected, actual), (wrong, 3));
    }
    assert_eq!(assert_whole(&world.reader).await, 3);
}

#[tokio::test]
async fn an_append_over_several_streams_is_all_or_nothing() {
    let world = World::new().await;
    let writer = world.writer();
    writer.append(world.append("b-1", 0, 1)).await.unwrap();
    let mut both = world.append("a-1", 0, 2);
    both.writes.push(StreamWrite {
        stream: "b-1".into(),
        expected: 0,
        events: vec![event()],
    });
    assert!(matches!(
        writer.append(both.clone()).await,
        Err(AppendError::WrongVersion { .. })
    ));
    assert_eq!(world.reader.stream("a-1", 0, 10).await.unwrap().len(), 0);
    both.writes[1].expected = 1;
    let appended = writer.append(both).await.unwrap();
    assert_eq!((appended.first, appended.last), (Position(2), Position(4)));
    assert_whole(&world.reader).await;
}

#[tokio::test]
async fn a_stream_that_was_only_read_must_not_have_moved_either() {
    let world = World::new().await;
    let writer = world.writer();
    writer.append(world.append("doctor-1", 0, 1)).await.unwrap();
    let guarded = |expected| {
        let mut append = world.append(&format!("a-{expected}"), 0, 1);
        append.guards.push(Guard {
            stream: "doctor-1".into(),
            expected,
        });
        append
    };
    assert!(matches!(
        writer.append(guarded(0)).await,
        Err(AppendError::WrongVersion { actual: 1, .. })
    ));
    // Many may rely on the same stream at once.
    let (one, two) = tokio::join!(writer.append(guarded(1)), async {
        let mut other = guarded(1);
        other.writes[0].stream = "b-1".into();
        writer.append(other).await
    });
    assert!(one.is_ok() && two.is_ok());
}

#[tokio::test]
async fn of_many_appends_to_one_version_exactly_one_wins_and_the_others_are_not_disturbed() {
    let world = World::new().await;
    let writer = world.writer();
    let contended = (0..300).map(|_| {
        let (writer, append) = (writer.clone(), world.append("hot-1", 0, 1));
        tokio::spawn(async move { writer.append(append).await.is_ok() })
    });
    let bystanders = (0..300).map(|n| {
        let (writer, append) = (writer.clone(), world.append(&format!("cold-{n}"), 0, 1));
        tokio::spawn(async move { writer.append(append).await.is_ok() })
    });
    let (contended, bystanders): (Vec<_>, Vec<_>) = (contended.collect(), bystanders.collect());
    let mut won = 0;
    for task in contended {
        won += usize::from(task.await.unwrap());
    }
    for task in bystanders {
        assert!(task.await.unwrap(), "a bystander was refused");
    }
    assert_eq!(won, 1);
    assert_eq!(assert_whole(&world.reader).await, 301);
}

#[tokio::test]
async fn a_name_is_held_by_the_first_stream_that_claims_it() {
    let world = World::new().await;
    let writer = world.writer();
    let claiming = |stream: &str| {
        let mut append = world.append(stream, 0, 1);
        append.claims.push(Claim {
            key: [7; 32],
            stream: stream.into(),
        });
        append
    };
    let (one, two) = tokio::join!(
        writer.append(claiming("a-1")),
        writer.append(claiming("b-1"))
    );
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    let Err(AppendError::ClaimTaken { holder }) = writer.append(claiming("c-1")).await else {
        panic!("the name was given twice");
    };
    assert_eq!(holder, if one.is_ok() { "a-1" } else { "b-1" });
    assert_eq!(assert_whole(&world.reader).await, 1);
}

#[tokio::test]
async fn a_request_is_recorded_once_however_often_and_however_parallel_it_comes() {
    let world = World::new().await;
    let writer = world.writer();
    let request = |n: u32| {
        let mut append = world.append(&format!("a-{n}"), 0, 1);
        append.receipt = Some(NewReceipt {
            scope: [1; 32],
            body_hash: [2; 32],
            answer: b"{}".as_slice().into(),
        });
        append
    };
    let tasks: Vec<_> = (0..50)
        .map(|n| {
            let (writer, append) = (writer.clone(), request(n));
            tokio::spawn(async move { writer.append(append).await })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => done += 1,
            Err(AppendError::AlreadyDone) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(done, 1);
    let receipt = world.reader.receipt(&[1; 32]).await.unwrap().unwrap();
    assert_eq!(
        (receipt.position, receipt.body_hash),
        (Position(1), [2; 32])
    );
    assert_eq!(assert_whole(&world.reader).await, 1);
}

#[tokio::test]
async fn writers_of_several_processes_share_the_log_without_gap_or_loss() {
    let world = World::new().await;
    let writers: Vec<LogWriter> = (0..3).map(|_| world.writer()).collect();
    let tasks: Vec<_> = (0..600)
        .map(|n| {
            let (writer, append) = (
                writers[n % 3].clone(),
                world.append(&format!("a-{n}"), 0, 2),
            );
            tokio::spawn(async move { writer.append(append).await.unwrap() })
        })
        .collect();
    let mut positions = Vec::new();
    for task in tasks {
        let appended = task.await.unwrap();
        positions.extend([appended.first, appended.last]);
    }
    positions.sort_unstable();
    assert_eq!(
        positions,
        (1..=1200).map(Position).collect::<Vec<_>>(),
        "each was told its own place"
    );
    assert_eq!(assert_whole(&world.reader).await, 1200);
}

#[tokio::test]
async fn no_event_is_earlier_than_the_one_before_whatever_the_clocks_say() {
    let world = World::new().await;
    let writer = world.writer();
    writer.append(world.append("a-1", 0, 1)).await.unwrap();
    // As a machine whose clock is an hour ahead would leave it.
    let superuser = world.databases.superuser().await;
    superuser
        .batch_execute("UPDATE log.head SET recorded_at = now() + interval '1 hour'")
        .await
        .unwrap();
    // The first of these doesn't know of it, the second has read it.
    let known = writer.append(world.append("a-2", 0, 1)).await.unwrap();
    let read = world.writer().append(world.append("a-3", 0, 1)).await;
    assert!(read.unwrap().recorded_at - known.recorded_at > chrono::TimeDelta::minutes(50));

    let writers = [writer, world.writer(), world.writer()];
    let appends = (0..300).map(|n| writers[n % 3].append(world.append(&format!("b-{n}"), 0, 1)));
    futures::future::join_all(appends).await;
    let events: Vec<_> = futures::TryStreamExt::try_collect(world.reader.all_after(Position(2)))
        .await
        .unwrap();
    assert_eq!(events.len(), 301);
    assert!(events.is_sorted_by_key(|event| event.recorded_at));
}

#[tokio::test]
async fn a_connection_that_is_cut_again_and_again_loses_nothing_and_doubles_nothing() {
    let world = World::new().await;
    let writer = world.writer();
    let superuser = world.databases.superuser().await;
    let cutting = tokio::spawn(async move {
        for _ in 0..40 {
            tokio::time::sleep(Duration::from_millis(25)).await;
            superuser
                .execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'medilink_app' AND datname = current_database()", &[])
                .await
                .unwrap();
        }
    });
    let mut tasks = Vec::new();
    for lane in 0..16 {
        let (writer, world_append) = (
            writer.clone(),
            (0..60)
                .map(|n| world.append(&format!("lane-{lane}"), n, 1))
                .collect::<Vec<_>>(),
        );
        tasks.push(tokio::spawn(async move {
            for append in world_append {
                // Not available means not recorded, so trying again is right.
                loop {
                    match writer.append(append.clone()).await {
                        Ok(_) => break,
                        Err(AppendError::Unavailable(_)) => {
                            tokio::time::sleep(Duration::from_millis(20)).await
                        }
                        Err(other) => panic!("{other:?}"),
                    }
                }
                tokio::time::sleep(Duration::from_millis(15)).await;
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    cutting.await.unwrap();
    assert_eq!(assert_whole(&world.reader).await, 16 * 60);
}

#[tokio::test]
async fn what_the_log_never_takes_is_refused_before_it_disturbs_anyone() {
    let world = World::new().await;
    let writer = world.writer();
    let refused = [
        world.append("", 0, 1),
        world.append("a\0b", 0, 1),
        world.append(&"x".repeat(256), 0, 1),
        world.append("a-1", 0, 0),
        world.append("a-1", 0, 1_001),
        {
            let mut huge = world.append("a-1", 0, 1);
            huge.writes[0].events[0].payload = vec![b'x'; (1 << 20) + 1].into();
            huge
        },
        {
            let mut twice = world.append("a-1", 0, 1);
            twice.writes.push(twice.writes[0].clone());
            twice
        },
    ];
    for append in refused {
        assert!(matches!(
            writer.append(append).await,
            Err(AppendError::Refused(_))
        ));
    }
    assert_eq!(assert_whole(&world.reader).await, 0);
}

/// Two writers that have met: both take the head's lock.
async fn acquainted(world: &World) -> (LogWriter, LogWriter) {
    let (one, other) = (world.writer(), world.writer());
    one.append(world.append("a-1", 0, 1)).await.unwrap();
    other.append(world.append("b-1", 0, 1)).await.unwrap();
    one.append(world.append("a-1", 1, 1)).await.unwrap();
    (one, other)
}

#[tokio::test]
async fn a_connection_that_breaks_before_anything_was_sent_costs_one_more_try() {
    let world = World::new().await;
    let (writer, _other) = acquainted(&world).await;
    let scenario = fail::FailScenario::setup();
    fail::cfg("log-after-begin", "2*return").unwrap();
    let appended = writer.append(world.append("a-1", 2, 1)).await.unwrap();
    assert_eq!(appended.last, Position(4));
    // Nothing is in doubt when it stays that way.
    fail::cfg("log-after-begin", "return").unwrap();
    let refused = writer.append(world.append("a-1", 3, 1)).await;
    assert!(
        matches!(refused, Err(AppendError::Unavailable(_))),
        "{refused:?}"
    );
    scenario.teardown();
    writer.append(world.append("a-1", 3, 1)).await.unwrap();
    assert_eq!(assert_whole(&world.reader).await, 5);
}

#[tokio::test]
async fn a_batch_that_makes_the_writer_panic_does_not_end_it() {
    let world = World::new().await;
    let (writer, _other) = acquainted(&world).await;
    let scenario = fail::FailScenario::setup();
    fail::cfg("log-before-commit", "1*panic").unwrap();
    let unknown = writer.append(world.append("a-1", 2, 1)).await;
    assert!(
        matches!(unknown, Err(AppendError::OutcomeUnknown)),
        "{unknown:?}"
    );
    scenario.teardown();
    let appended = writer.append(world.append("a-1", 2, 1)).await.unwrap();
    assert_eq!(appended.last, Position(4), "nothing was recorded");
    assert_eq!(assert_whole(&world.reader).await, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_writer_that_is_stopped_while_it_holds_the_head_holds_nobody_up_for_long() {
    let world = World::new().await;
    let (stopped, other) = acquainted(&world).await;
    let scenario = fail::FailScenario::setup();
    fail::cfg("log-before-commit", "1*sleep(7000)").unwrap();
    let append = world.append("a-1", 2, 1);
    let held = tokio::spawn(async move { stopped.append(append).await });
    tokio::time::sleep(Duration::from_millis(500)).await;
    let started = std::time::Instant::now();
    let appended = other.append(world.append("b-1", 1, 1)).await.unwrap();
    let took = started.elapsed();
    assert!(took < Duration::from_secs(6), "{took:?}");
    assert_eq!(
        appended.last,
        Position(4),
        "the stopped one had not recorded"
    );

    // It finds out, and does it again.
    let appended = held.await.unwrap().unwrap();
    assert_eq!(appended.last, Position(5));
    assert_eq!(assert_whole(&world.reader).await, 5);
    scenario.teardown();
}
