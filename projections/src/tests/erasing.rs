//! Erasures, as the people who wait for them and the worker that carries them out see them.

use chrono::TimeDelta;
use medilink_domain::erasure::{
    Begun, Certified, ErasureEvent, Held, HoldLifted, Requested, Scheduled, Shredded, Stage,
    Withdrawn,
};
use medilink_domain::values::TreeRoot;
use medilink_domain::{Category, SubjectId};
use medilink_log::Position;

use super::world::{TENANT, World, day, id, stream, text};
use crate::Page;
use crate::erasure::{self, ErasureState};

impl World {
    /// Any of what can happen to one, drawn at random.
    pub async fn happens_to_an_erasure(&self, who: u8, with: u8) -> Position {
        let erasure = 900 + u128::from(who % 6);
        let person = 40 + erasure % 4;
        let category = Category::ALL[usize::from(who % 4)];
        match with % 7 {
            0 => self.forgets(erasure, person).await,
            1 => self.stopped(erasure, None).await,
            2 => self.goes_on(erasure).await,
            3 => self.begun(erasure, person, category).await,
            4 => self.shredded(erasure, person, category).await,
            5 => self.certified(erasure, &[category]).await,
            _ => self.given_up(erasure).await,
        }
    }

    async fn of_erasure(&self, erasure: u128, event: impl Into<ErasureEvent>) -> Position {
        self.tell::<ErasureEvent>(&stream("erasure", erasure), None, event)
            .await
    }

    /// Asked for, and all of it scheduled for the second day.
    pub async fn forgets(&self, erasure: u128, person: u128) -> Position {
        let asked = Requested {
            erasure: id(erasure),
            person: id(person),
            reason: text("leaves-the-hospital"),
        };
        let mut last = self.of_erasure(erasure, asked).await;
        for category in Category::ALL {
            let scheduled = Scheduled {
                erasure: id(erasure),
                category,
                not_before: day(2),
            };
            last = self.of_erasure(erasure, scheduled).await;
        }
        last
    }

    pub async fn stopped(&self, erasure: u128, days: Option<i64>) -> Position {
        let held = Held {
            erasure: id(erasure),
            category: None,
            basis: text("litigation"),
            rule: None,
            rules_version: None,
            until: days.map(day),
        };
        self.of_erasure(erasure, held).await
    }

    pub async fn goes_on(&self, erasure: u128) -> Position {
        let lifted = HoldLifted {
            erasure: id(erasure),
        };
        self.of_erasure(erasure, lifted).await
    }

    pub async fn given_up(&self, erasure: u128) -> Position {
        let withdrawn = Withdrawn {
            erasure: id(erasure),
        };
        self.of_erasure(erasure, withdrawn).await
    }

    pub async fn begun(&self, erasure: u128, person: u128, category: Category) -> Position {
        let begun = Begun {
            erasure: id(erasure),
            person: id(person),
            category,
        };
        self.of_erasure(erasure, begun).await
    }

    pub async fn shredded(&self, erasure: u128, person: u128, category: Category) -> Position {
        let shredded = Shredded {
            erasure: id(erasure),
            person: id(person),
            category,
            tombstone: 7,
            at: day(3),
        };
        self.of_erasure(erasure, shredded).await
    }

    pub async fn certified(&self, erasure: u128, all: &[Category]) -> Position {
        let certified = Certified {
            erasure: id(erasure),
            certificate: uuid::Uuid::from_u128(erasure),
            categories: all.to_vec(),
            tree_size: 99,
            root: TreeRoot::from([1; 32]),
            complete: all.len() == Category::ALL.len(),
        };
        self.of_erasure(erasure, certified).await
    }
}

#[tokio::test]
async fn an_erasure_is_due_when_something_can_be_done_for_it() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    let of = async |erasure: u128| {
        world.settle(&projector).await;
        let row = erasure::get(&world.reads, TENANT, id(erasure)).await;
        row.unwrap().unwrap()
    };
    world.forgets(1, 41).await;
    let row = of(1).await;
    assert_eq!(
        (row.state, row.due_at),
        (ErasureState::Scheduled, Some(day(2)))
    );
    assert_eq!(row.parts.0.len(), 4);
    world.stopped(1, None).await;
    let row = of(1).await;
    assert_eq!((row.state, row.due_at), (ErasureState::Held, None));
    world.stopped(1, Some(5)).await;
    assert_eq!(of(1).await.due_at, Some(day(5)));
    world.goes_on(1).await;
    // Begun, it is due whatever is in the way of the rest.
    world.begun(1, 41, Category::Identity).await;
    world.stopped(1, None).await;
    assert_eq!(of(1).await.due_at, Some(day(2)));
    let gone = world.shredded(1, 41, Category::Identity).await;
    let row = of(1).await;
    assert_eq!((row.state, row.due_at), (ErasureState::Held, None));
    assert_eq!(row.to_certify, Some(gone));
    world.certified(1, &[Category::Identity]).await;
    world.goes_on(1).await;
    let row = of(1).await;
    assert_eq!((row.state, row.to_certify), (ErasureState::UnderWay, None));
    let stages: Vec<Stage> = row.parts.0.iter().map(|part| part.stage).collect();
    assert_eq!(stages[..2], [Stage::Certified, Stage::Scheduled]);
    for category in Category::ALL {
        world.begun(1, 41, category).await;
        world.shredded(1, 41, category).await;
    }
    world.certified(1, &Category::ALL).await;
    let row = of(1).await;
    assert_eq!((row.state, row.due_at), (ErasureState::Complete, None));
    assert_eq!(row.certificates.0.len(), 2);
    world.forgets(2, 42).await;
    world.given_up(2).await;
    let row = of(2).await;
    assert_eq!((row.state, row.due_at), (ErasureState::Withdrawn, None));
    running.stop().await;
}

#[tokio::test]
async fn the_worker_finds_what_is_due_and_what_a_checkpoint_covers() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    for erasure in 1..=3 {
        world.forgets(erasure, 40 + erasure).await;
    }
    world.stopped(3, None).await;
    let gone = world.begun(2, 42, Category::Billing).await.0 + 1;
    world.shredded(2, 42, Category::Billing).await;
    world.settle(&projector).await;
    running.stop().await;
    let before = day(2) - TimeDelta::seconds(1);
    for (now, expected) in [(before, 0), (day(2), 2)] {
        let due = erasure::due(&world.reads, now, 10).await.unwrap();
        assert_eq!(due.len(), expected, "{now}");
    }
    for (size, expected) in [(gone - 1, 0), (gone, 1)] {
        let covered = erasure::to_certify(&world.reads, size, 10).await.unwrap();
        assert_eq!(covered.len(), expected, "{size}");
    }
    let page = Page::first(2);
    let listed = erasure::list(&world.reads, TENANT, None, page)
        .await
        .unwrap();
    let newest: Vec<_> = listed.rows.iter().map(|row| row.erasure).collect();
    assert_eq!(newest, [id(3), id(2)]);
    let person = Some(id::<SubjectId>(41));
    let own = erasure::list(&world.reads, TENANT, person, Page::first(9)).await;
    assert_eq!(own.unwrap().rows.len(), 1);
}
