//! `authorize_*`: what a decision of the policies costs the process that asks.
//!
//! - `authorize_first_p99`: of decisions that were never made before: each role, also with a
//!   second factor, asks for each action on a record of its own, of another and of nobody.
//! - `authorize_p99`: of the same decisions from the second time on, which is what a gateway that
//!   has run for a minute makes: the kinds of questions are few, as no person is named in them.

use std::hint::black_box;
use std::time::Instant;

use medilink_commands::{Action, Actor, Authorizer, Resource};
use medilink_domain::values::Role;
use uuid::Uuid;

use super::Bench;
use crate::ours::TENANT;
use crate::report::{Line, say};
use crate::rounds::{Run, median, scatter};

struct Question {
    actor: Actor,
    action: Action,
    resource: Resource,
}

/// Runs the group.
pub async fn run(bench: &mut Bench) {
    let questions = questions();
    say(format_args!("{} different questions", questions.len()));
    let (mut first, mut again) = (Vec::new(), Vec::new());
    for round in 1..=bench.scale.rounds {
        let authorizer = Authorizer::shipped().unwrap();
        let new = ask(&authorizer, questions.iter());
        let count = bench.scale.requests.max(questions.len() as u64);
        let scattered = (0..count).map(|number| {
            let place = scatter(round << 32 | number) as usize % questions.len();
            &questions[place]
        });
        let known = ask(&authorizer, scattered);
        say(format_args!(
            "authorize, round {round}: first {new}, again {known}"
        ));
        first.push(new.percentile(0.99) * 1_000.0);
        again.push(known.percentile(0.99) * 1_000.0);
    }
    let line = |figures| Line::alone(median(figures), "µs");
    bench.report.record("authorize_first_p99", line(first));
    bench.report.record("authorize_p99", line(again));
}

fn ask<'a>(authorizer: &Authorizer, questions: impl Iterator<Item = &'a Question>) -> Run {
    let mut latencies = Vec::new();
    for question in questions {
        let since = Instant::now();
        let Question {
            actor,
            action,
            resource,
        } = question;
        drop(black_box(authorizer.authorize(actor, *action, resource)));
        latencies.push(since.elapsed().as_secs_f64() * 1_000.0);
    }
    Run::with_latencies(0.0, latencies)
}

fn questions() -> Vec<Question> {
    let me = Uuid::from_u128(1);
    let about = |person| Resource::of_tenant("patient", TENANT).about(person);
    let resources = [
        about(me),
        about(Uuid::from_u128(2)),
        Resource::of_tenant("hospital", TENANT),
    ];
    let mut questions = Vec::new();
    for role in Role::ALL {
        for second_factor in [false, true] {
            for action in Action::ALL {
                questions.extend(resources.iter().map(|resource| Question {
                    actor: Actor {
                        second_factor,
                        ..Actor::new(me, TENANT, vec![*role])
                    },
                    action: *action,
                    resource: resource.clone(),
                }));
            }
        }
    }
    questions
}
