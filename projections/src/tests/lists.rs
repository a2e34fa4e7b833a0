//! Lists, and what is asked before anything is built.

use super::world::{TENANT, World, id};
use crate::reads::{Page, ReadError};
use crate::{doctor, hospital};

#[tokio::test]
async fn doctors_and_hospitals_are_listed_page_by_page() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    world.opened(10).await;
    world.department(10, 20).await;
    world.opened(11).await;
    for number in 30..37 {
        world.doctor(number, "Gurpreet Singh").await;
    }
    world.settle(&projector).await;
    running.stop().await;
    let reads = &world.reads;
    let first = doctor::list(reads, TENANT, Some(id(10)), Some(id(20)), Page::first(3))
        .await
        .unwrap();
    assert_eq!(
        first
            .rows
            .iter()
            .map(|row| row.doctor.uuid().as_u128())
            .collect::<Vec<_>>(),
        [30, 32, 34]
    );
    let page = Page {
        after: first.next,
        limit: 3,
    };
    let second = doctor::list(reads, TENANT, Some(id(10)), Some(id(20)), page)
        .await
        .unwrap();
    assert_eq!((second.rows.len(), second.next), (1, None));
    assert_eq!(
        doctor::list(reads, TENANT, None, None, Page::first(0))
            .await
            .unwrap()
            .rows
            .len(),
        1
    );
    assert_eq!(
        doctor::get(reads, TENANT, id(30))
            .await
            .unwrap()
            .unwrap()
            .registration_number
            .as_str(),
        "PMC-1699"
    );

    let listed = hospital::list(reads, TENANT, Page::first(1)).await.unwrap();
    assert_eq!(listed.next, Some(id(10)));
    let found = hospital::get(reads, TENANT, id(10)).await.unwrap().unwrap();
    assert_eq!(found.departments.0[0].name.as_str(), "Ward 20");
}

#[tokio::test]
async fn a_model_that_is_not_built_yet_says_so() {
    let world = World::new().await;
    let read = hospital::get(&world.reads, TENANT, id(10)).await;
    assert!(matches!(read, Err(error @ ReadError::NotBuilt) if error.is_transient()));
}
