//! What can't be folded parks its own stream, in order, until an operator decides.

use std::sync::atomic::{AtomicBool, Ordering};

use medilink_domain::hospital::HospitalEvent;
use medilink_domain::{HospitalId, TenantId};

use super::world::{World, id, stream};
use crate::runtime::folding::BEHIND;
use crate::runtime::lane::{Registration, lane};
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::row;

row! {
    /// Counts departments; fails as told.
    pub struct TallyRow in "tally" {
        key {
            /// The hospital.
            hospital: HospitalId,
        }
        clear {
            /// Its tenant.
            tenant: TenantId,
            /// The names of its departments, in the order of folding.
            names: String,
        }
    }
}

struct Tally;

static BROKEN: AtomicBool = AtomicBool::new(true);

impl ReadModel for Tally {
    const VERSION: u16 = 1;
    const INDEXES: &'static [&'static str] = &[];
    type Source = HospitalEvent;
    type Row = TallyRow;

    fn keys(fact: &Fact<HospitalEvent>) -> Result<Vec<(HospitalId,)>, FoldError> {
        Ok(vec![(fact.id("hospital")?,)])
    }

    fn fold(
        key: &(HospitalId,),
        row: Option<TallyRow>,
        fact: &Fact<HospitalEvent>,
    ) -> Result<Option<TallyRow>, FoldError> {
        let empty = TallyRow {
            hospital: key.0,
            tenant: fact.tenant,
            names: String::new(),
        };
        let mut row = row.unwrap_or(empty);
        if let Folded::Clear(HospitalEvent::DepartmentAdded(added)) = &fact.body {
            let broken = BROKEN.load(Ordering::SeqCst);
            match added.department.uuid().as_u128() {
                666 if broken => panic!("a fault in the fold"),
                667 if broken => return Err(FoldError("refused-by-the-test")),
                668 => row.names.push('\0'),
                number => row.names.push_str(&format!("{number} ")),
            }
        }
        Ok(Some(row))
    }
}

fn tally() -> Vec<Registration> {
    vec![lane::<Tally>()]
}

async fn names(world: &World, hospital: u128) -> String {
    let projector = world.projector_of(tally());
    let rows = world.rows(&projector, "tally").await;
    let name = id::<HospitalId>(hospital).to_string();
    let row = rows.iter().find(|row| row["hospital"] == name.as_str());
    row.map(|row| row["names"].as_str().unwrap().trim().to_owned())
        .unwrap_or_default()
}

#[tokio::test]
async fn a_poisoned_stream_parks_alone_and_in_order_and_a_retry_replays_it() {
    BROKEN.store(true, Ordering::SeqCst);
    let world = World::new().await;
    let projector = world.projector_of(tally());
    let running = world.run(&projector);
    world.opened(10).await;
    world.opened(11).await;
    world.department(10, 1).await;
    let poison = world.department(10, 666).await;
    let waiting = world.department(10, 2).await;
    let second_poison = world.department(10, 667).await;
    world.department(11, 3).await;
    world.settle(&projector).await;

    let parked = stream("hospital", 10);
    assert_eq!(
        (names(&world, 10).await, names(&world, 11).await),
        ("1".to_owned(), "3".to_owned())
    );
    let letter = |at: medilink_log::Position, code: &str, attempts| {
        (parked.clone(), at.0, code.to_owned(), attempts)
    };
    let all = [
        letter(poison, "panic-in-fold", 1),
        letter(waiting, BEHIND, 0),
        letter(second_poison, BEHIND, 0),
    ];
    assert_eq!(world.letters("tally").await, all);

    // Still broken: a retry tries again and changes nothing else.
    world.retry("tally", &parked, poison).await;
    world.settle(&projector).await;
    assert_eq!(
        world.letters("tally").await[0],
        letter(poison, "panic-in-fold", 2)
    );
    assert_eq!(names(&world, 10).await, "1");

    // Skipped: the stream goes on to the next one that can't be folded, and parks there.
    world.skip("tally", &parked, poison).await;
    world.settle(&projector).await;
    assert_eq!(
        world.letters("tally").await,
        [letter(second_poison, "refused-by-the-test", 1)]
    );
    assert_eq!(names(&world, 10).await, "1 2");

    // What comes now waits behind it; other projections' letters are not touched.
    let late = world.department(10, 4).await;
    world.retry("hospital", &parked, second_poison).await;
    world.settle(&projector).await;
    assert_eq!(world.letters("tally").await[1], letter(late, BEHIND, 0));

    // A rebuild with the same code follows the same decisions to the same rows and letters.
    world.assert_rebuilds_alike(&projector).await;

    // Mended: a retry brings everything in, in order.
    BROKEN.store(false, Ordering::SeqCst);
    world.retry("tally", &parked, second_poison).await;
    world.settle(&projector).await;
    assert!(world.letters("tally").await.is_empty());
    assert_eq!(names(&world, 10).await, "1 2 667 4");
    running.stop().await;
}

#[tokio::test]
async fn what_no_column_can_hold_parks_its_stream_instead_of_stopping_the_batch() {
    let world = World::new().await;
    let projector = world.projector_of(tally());
    let running = world.run(&projector);
    let poison = world.department(10, 668).await;
    world.department(11, 3).await;
    world.settle(&projector).await;
    assert_eq!(
        world.letters("tally").await,
        [(
            stream("hospital", 10),
            poison.0,
            "not-storable".to_owned(),
            1
        )]
    );
    assert_eq!(names(&world, 11).await, "3");
    world.assert_rebuilds_alike(&projector).await;
    running.stop().await;
}

#[tokio::test]
async fn bytes_that_are_no_event_and_another_tenants_event_park_their_streams() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    world.opened(10).await;
    let garbled = world
        .garble(&stream("hospital", 10), "hospital.department-added", "[]")
        .await;
    world.opened(11).await;
    let foreign = medilink_domain::hospital::DepartmentAdded {
        hospital: id(11),
        department: id(1),
        name: super::world::text("Ward"),
        specialty: super::world::text("surgery"),
    };
    let other = TenantId(uuid::Uuid::from_u128(2));
    let foreign = world
        .tell_as::<HospitalEvent>(other, &stream("hospital", 11), None, foreign.into())
        .await;
    let unnamed = world
        .garble("hospital-none", "hospital.department-added", "{}")
        .await;
    world.settle(&projector).await;
    let codes: Vec<(u64, String)> = world
        .letters("hospital")
        .await
        .into_iter()
        .map(|(_, position, code, _)| (position, code))
        .collect();
    assert_eq!(
        codes,
        [
            (garbled.0, "decode".to_owned()),
            (foreign.0, "other-tenant".to_owned()),
            (unnamed.0, "decode".to_owned()),
        ]
    );
    assert_eq!(world.rows(&projector, "hospital").await.len(), 2);
    world.assert_rebuilds_alike(&projector).await;
    running.stop().await;
}
