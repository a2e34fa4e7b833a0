//! Poison: it parks its stream, in order, and nothing else.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use chrono::Utc;
use medilink_domain::{HospitalId, TenantId};
use medilink_log::Position;
use medilink_workers::{Attempt, DeadLetters, Due, DueJob, JobError, Jobs, ResolveError, Tools};

use crate::support::{Running, World, a_while, eventually};
use crate::witness::Witness;

const CONSUMER: &str = "job-witness";

struct Scene {
    world: World,
    witness: Witness,
    letters: DeadLetters,
    stream: String,
    hospital: HospitalId,
    poison: Position,
    worker: Running,
}

impl Scene {
    /// An operator says that it is mended.
    async fn retry(&self) {
        let executor = &self.world.tools.executor;
        let reason = "mended".parse().unwrap();
        let retried = self.letters.retry(executor, CONSUMER, &self.stream, reason);
        retried.await.unwrap();
    }
}

/// A stream whose second event fails, with one event behind it; the verdict job runs too.
async fn parked(error: JobError) -> Scene {
    let (world, witness) = (World::new().await, Witness::default());
    let hospital = world.open_hospital().await;
    let poison = world.add_department(hospital, "Heart").await.position;
    world.add_department(hospital, "Lung").await;
    witness.fails_at(poison, error);
    let jobs = Jobs::shipped(&Default::default(), world.folder())
        .unwrap()
        .event(witness.clone());
    let worker = world.worker(jobs);
    let letters = DeadLetters::new(world.app.clone());
    eventually("parked", async || {
        !letters.list(Some(CONSUMER), 10).await.unwrap().is_empty()
    })
    .await;
    let stream = format!("hospital-{hospital}");
    Scene {
        world,
        witness,
        letters,
        stream,
        hospital,
        poison,
        worker,
    }
}

#[tokio::test]
async fn poison_parks_its_stream_while_other_streams_go_on() {
    let scene = parked(JobError::permanent("broken")).await;
    let other = scene.world.open_hospital().await;
    let other = format!("hospital-{other}");
    eventually("the other stream", async || {
        scene.witness.versions_of(&other) == [1]
    })
    .await;
    scene.world.add_department(scene.hospital, "Eye").await;
    eventually("behind it", async || {
        scene.letters.list(Some(CONSUMER), 10).await.unwrap()[0].behind == 2
    })
    .await;
    let letters = scene.letters.list(Some(CONSUMER), 10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!(
        (letters[0].stream.as_str(), letters[0].position),
        (scene.stream.as_str(), scene.poison)
    );
    assert_eq!(
        (
            letters[0].code.as_str(),
            letters[0].attempts,
            letters[0].retry_at
        ),
        ("broken", 1, None)
    );
    assert_eq!(scene.witness.versions_of(&scene.stream), [1]);
    scene.worker.stop().await;
}

#[tokio::test]
async fn a_retry_tries_the_event_and_then_those_behind_it_in_order() {
    let scene = parked(JobError::permanent("broken")).await;
    scene.witness.is_well();
    scene.retry().await;
    eventually("all of it", async || {
        scene.witness.versions_of(&scene.stream) == [1, 2, 3]
    })
    .await;
    eventually("no letter", async || {
        scene
            .letters
            .list(Some(CONSUMER), 10)
            .await
            .unwrap()
            .is_empty()
    })
    .await;
    scene.world.add_department(scene.hospital, "Eye").await;
    eventually("the stream goes on", async || {
        scene.witness.versions_of(&scene.stream) == [1, 2, 3, 4]
    })
    .await;
    assert_eq!(scene.world.count("dead-letter.retried").await, 1);
    scene.worker.stop().await;
}

#[tokio::test]
async fn a_replay_that_ends_half_way_goes_on_by_itself() {
    let scene = parked(JobError::permanent("broken")).await;
    scene.witness.is_well();
    let behind = scene.poison.next();
    scene
        .witness
        .fails_at(behind, JobError::Away("a moment".to_owned()));
    scene.retry().await;
    eventually("the first of them", async || {
        scene.witness.versions_of(&scene.stream) == [1, 2]
    })
    .await;
    a_while().await;
    scene.witness.is_well();
    eventually("the rest", async || {
        scene.witness.versions_of(&scene.stream) == [1, 2, 3]
    })
    .await;
    scene.worker.stop().await;
}

#[tokio::test]
async fn a_retry_that_fails_waits_for_the_next_verdict() {
    let scene = parked(JobError::permanent("broken")).await;
    let executor = &scene.world.tools.executor;
    scene
        .letters
        .retry(executor, CONSUMER, &scene.stream, "hope".parse().unwrap())
        .await
        .unwrap();
    eventually("tried", async || {
        scene.letters.list(Some(CONSUMER), 10).await.unwrap()[0].attempts == 2
    })
    .await;
    assert_eq!(scene.witness.versions_of(&scene.stream), [1]);
    scene.worker.stop().await;
}

#[tokio::test]
async fn a_skip_passes_over_the_event_and_goes_on_with_those_behind_it() {
    let scene = parked(JobError::permanent("broken")).await;
    let executor = &scene.world.tools.executor;
    scene
        .letters
        .skip(
            executor,
            CONSUMER,
            &scene.stream,
            "not needed".parse().unwrap(),
        )
        .await
        .unwrap();
    eventually("the rest", async || {
        scene.witness.versions_of(&scene.stream) == [1, 3]
    })
    .await;
    eventually("no letter", async || {
        scene
            .letters
            .list(Some(CONSUMER), 10)
            .await
            .unwrap()
            .is_empty()
    })
    .await;
    let again = scene
        .letters
        .skip(executor, CONSUMER, &scene.stream, "again".parse().unwrap())
        .await;
    assert!(matches!(again, Err(ResolveError::NothingWaits)));
    scene.worker.stop().await;
}

#[tokio::test]
async fn what_may_go_better_later_is_tried_again_by_itself() {
    let scene = parked(JobError::transient("busy")).await;
    scene.witness.is_well();
    eventually("all of it", async || {
        scene.witness.versions_of(&scene.stream) == [1, 2, 3]
    })
    .await;
    assert_eq!(scene.world.count("dead-letter.retried").await, 0);
    scene.worker.stop().await;
}

#[tokio::test]
async fn what_never_goes_better_waits_for_an_operator_in_the_end() {
    let scene = parked(JobError::transient("busy")).await;
    eventually("given up", async || {
        let letter = scene
            .letters
            .list(Some(CONSUMER), 10)
            .await
            .unwrap()
            .remove(0);
        letter.attempts == 4 && letter.retry_at.is_none()
    })
    .await;
    assert_eq!(scene.witness.versions_of(&scene.stream), [1]);
    scene.worker.stop().await;
}

#[tokio::test]
async fn an_effect_that_panics_is_poison_and_no_more() {
    let scene = parked(JobError::permanent("panic")).await;
    assert_eq!(
        scene.letters.list(Some(CONSUMER), 10).await.unwrap()[0].code,
        "panicked"
    );
    let other = format!("hospital-{}", scene.world.open_hospital().await);
    eventually("the other stream", async || {
        scene.witness.versions_of(&other) == [1]
    })
    .await;
    scene.worker.stop().await;
}

#[tokio::test]
async fn another_tenants_operator_can_not_resolve_it() {
    use medilink_commands::dead_letter::Resolve;
    use medilink_commands::{Actor, CommandContext};
    use medilink_domain::TenantId;
    use medilink_domain::dead_letter::Verdict;

    let scene = parked(JobError::permanent("broken")).await;
    scene.witness.is_well();
    let verdict = Verdict {
        consumer: CONSUMER.parse().unwrap(),
        stream: scene.stream.parse().unwrap(),
        position: scene.poison.0,
        reason: "mine".parse().unwrap(),
    };
    let stranger = CommandContext::new(Actor::console(TenantId(uuid::Uuid::now_v7())));
    scene
        .world
        .tools
        .executor
        .execute(
            &stranger,
            &Resolve {
                waits: true,
                verdict,
                skip: true,
            },
        )
        .await
        .unwrap();
    crate::support::a_while().await;
    assert_eq!(
        scene.letters.list(Some(CONSUMER), 10).await.unwrap().len(),
        1
    );
    scene.worker.stop().await;
}

/// A timer whose first look ends badly.
struct Stumbling(Arc<AtomicU32>);

impl DueJob for Stumbling {
    const NAME: &'static str = "stumbling";
    type What = ();

    async fn due(&self, _: &Tools, _: u16) -> Result<Vec<Due<()>>, JobError> {
        let looks = self.0.fetch_add(1, Ordering::Relaxed);
        assert!(looks > 0, "a fault of the job itself");
        Ok(Vec::new())
    }

    async fn carry_out(&self, _: &Tools, _: &Due<()>, _: Attempt) -> Result<(), JobError> {
        Ok(())
    }
}

#[tokio::test]
async fn a_job_that_panics_begins_anew() {
    let (world, looks) = (World::new().await, Arc::default());
    let job = Stumbling(Arc::clone(&looks));
    let worker = world.worker(Jobs::default().due(Some(job)));
    eventually("the next look", async || looks.load(Ordering::Relaxed) > 2).await;
    worker.stop().await;
}

/// Two timers of one event, which fail until they are mended.
#[derive(Clone)]
struct Twins {
    cause: Arc<OnceLock<(Position, TenantId)>>,
    mended: Arc<AtomicBool>,
    carried_out: Arc<Mutex<Vec<String>>>,
}

impl DueJob for Twins {
    const NAME: &'static str = "twins";
    type What = &'static str;

    async fn due(&self, _: &Tools, _: u16) -> Result<Vec<Due<Self::What>>, JobError> {
        let Some((position, tenant)) = self.cause.get().copied() else {
            return Ok(Vec::new());
        };
        let due = ["one", "other"].map(|key| Due {
            key: key.to_owned(),
            tenant,
            stream: "twins-1".to_owned(),
            position,
            since: Utc::now(),
            what: key,
        });
        Ok(due.into())
    }

    async fn carry_out(
        &self,
        _: &Tools,
        due: &Due<Self::What>,
        _: Attempt,
    ) -> Result<(), JobError> {
        if !self.mended.load(Ordering::Relaxed) {
            return Err(JobError::permanent("broken"));
        }
        self.carried_out.lock().unwrap().push(due.key.clone());
        Ok(())
    }
}

#[tokio::test]
async fn two_timers_of_one_event_both_wait_for_the_verdict_and_both_come_again() {
    let world = World::new().await;
    let twins = Twins {
        cause: Arc::default(),
        mended: Arc::default(),
        carried_out: Arc::default(),
    };
    let hospital = world.open_hospital().await;
    let cause = world.add_department(hospital, "Heart").await.position;
    twins.cause.set((cause, world.tenant)).unwrap();
    let jobs = Jobs::shipped(&Default::default(), world.folder()).unwrap();
    let worker = world.worker(jobs.due(Some(twins.clone())));
    let count = "SELECT count(*) FROM work.dead_letters WHERE consumer = $1";
    eventually("parked", async || {
        world.number(count, &"job-twins").await == 2
    })
    .await;
    let letters = DeadLetters::new(world.app.clone());
    let shown = letters.list(Some("job-twins"), 10).await.unwrap();
    assert_eq!((shown.len(), shown[0].behind), (1, 0));
    twins.mended.store(true, Ordering::Relaxed);
    let executor = &world.tools.executor;
    letters
        .retry(executor, "job-twins", "twins-1", "mended".parse().unwrap())
        .await
        .unwrap();
    eventually("both", async || {
        let mut carried_out = twins.carried_out.lock().unwrap().clone();
        carried_out.sort();
        carried_out == ["one", "other"]
    })
    .await;
    assert_eq!(world.number(count, &"job-twins").await, 0);
    worker.stop().await;
}
