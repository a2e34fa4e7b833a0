//! Log, relay, broker and projection together against a reference of a few lines: whatever is
//! asked of them in whatever order, and whichever of them stops meanwhile.
//!
//! Requests that are made at once must have been answered as if they had come one after the
//! other, in some order; the read model must at any time be what the reference was when the log
//! was as long as the read model's position says; and in the end the broker holds the log.

mod model;
mod system;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use self::model::{Model, Outcome, Request, STREAMS};
use self::system::{Part, System};

/// What is done to them.
#[derive(Clone, Debug)]
enum Step {
    /// Requests that are made at once.
    Ask(Vec<Draft>),
    /// A part is killed, or started again.
    Toggle(Part),
    /// Starts what is killed.
    Heal,
    /// The broker is started anew without its store.
    ForgetStore,
    /// Deliveries begin to come twice, late, out of order or not at all, or cease to.
    Disorder(bool),
    /// The code fails once when it comes to a place.
    Fail(&'static str),
    /// The read model is built anew beside the one that answers.
    Rebuild,
    /// Everything catches up that can.
    Settle,
}

/// A request as it is drawn; what it means depends on what has happened until then.
#[derive(Clone, Debug)]
struct Draft {
    writer: usize,
    stream: usize,
    /// How far its decision is from the stream's version.
    off: i64,
    events: usize,
    name: Option<u8>,
    /// Not a new request, but this one of those before.
    again: Option<prop::sample::Index>,
}

/// Places in the writer and in the projection, before and after a commit.
const PLACES: [&str; 3] = [
    "log-after-begin",
    "projection-before-commit",
    "projection-after-apply-before-ack",
];

fn drafts() -> impl Strategy<Value = Vec<Draft>> {
    let draft = (
        0..2usize,
        0..STREAMS,
        prop_oneof![6 => Just(0), 1 => -2..=2i64],
        1..4usize,
        prop::option::weighted(0.2, 0..4u8),
        prop::option::weighted(0.15, any::<prop::sample::Index>()),
    )
        .prop_map(|(writer, stream, off, events, name, again)| Draft {
            writer,
            stream,
            off,
            events,
            name,
            again,
        });
    prop::collection::vec(draft, 1..=3)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let parts = prop::sample::select(&Part::ALL[..]);
    let step = prop_oneof![
        14 => drafts().prop_map(Step::Ask),
        3 => parts.prop_map(Step::Toggle),
        // Or all three would seldom be up together, and little would come from the broker.
        2 => Just(Step::Heal),
        1 => Just(Step::ForgetStore),
        1 => any::<bool>().prop_map(Step::Disorder),
        2 => prop::sample::select(&PLACES[..]).prop_map(Step::Fail),
        1 => Just(Step::Rebuild),
        2 => Just(Step::Settle),
    ];
    prop::collection::vec(step, 30..70)
}

/// The system and its reference, side by side.
struct Pair {
    model: Model,
    system: System,
    /// Every request until now.
    asked: Vec<Request>,
}

impl Pair {
    async fn take(&mut self, step: &Step) {
        match step {
            Step::Ask(drafts) => self.ask(drafts).await,
            Step::Toggle(part) => self.system.toggle(*part).await,
            Step::Heal => self.system.heal().await,
            Step::ForgetStore => self.system.forget_store(),
            Step::Disorder(on) => self.system.set_disorder(*on),
            Step::Fail(place) => fail::cfg(*place, "1*return->off").unwrap(),
            Step::Rebuild => self.system.rebuild().await,
            Step::Settle => self.system.settle().await,
        }
        self.look().await;
    }

    async fn ask(&mut self, drafts: &[Draft]) {
        let requests: Vec<(usize, Request)> = drafts
            .iter()
            .map(|draft| (draft.writer, self.request(draft)))
            .collect();
        let outcomes = self.system.ask(&requests).await;
        let told: Vec<(Request, Outcome)> = requests
            .into_iter()
            .map(|(_, request)| request)
            .zip(outcomes)
            .collect();
        self.asked
            .extend(told.iter().map(|(request, _)| request.clone()));
        self.model = self
            .model
            .explained(&told)
            .unwrap_or_else(|| panic!("no order explains {told:#?} after {:?}", self.model));
    }

    fn request(&self, draft: &Draft) -> Request {
        if let Some(again) = draft.again.filter(|_| !self.asked.is_empty()) {
            return again.get(&self.asked).clone();
        }
        Request {
            stream: draft.stream,
            expected: self
                .model
                .version(draft.stream)
                .saturating_add_signed(draft.off),
            events: draft.events,
            name: draft.name,
            key: uuid::Uuid::now_v7(),
        }
    }

    /// What the read model holds is what the log was when it was so long.
    async fn look(&self) {
        let (position, rows) = self.system.hospitals().await;
        assert!(
            position <= self.model.len(),
            "at {position} of {}",
            self.model.len()
        );
        assert_eq!(rows, self.model.hospitals_at(position), "at {position}");
    }

    /// Everything is started and caught up; all of them then say the same.
    async fn end(mut self) {
        self.system.heal().await;
        self.system.settle().await;
        self.look().await;
        assert_eq!(self.system.hospitals().await.0, self.model.len());
        assert_eq!(self.system.log().await, self.model.log());
        self.system.assert_broker_has_the_log().await;
    }
}

#[test]
fn log_relay_and_projection_do_what_a_few_lines_of_reference_say() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config {
        cases: 8,
        max_shrink_iters: 60,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&steps(), |steps| {
            let scenario = fail::FailScenario::setup();
            runtime.block_on(async {
                let mut pair = Pair {
                    model: Model::default(),
                    system: System::start().await,
                    asked: Vec::new(),
                };
                for step in &steps {
                    pair.take(step).await;
                }
                pair.end().await;
            });
            scenario.teardown();
            Ok(())
        })
        .unwrap();
}
