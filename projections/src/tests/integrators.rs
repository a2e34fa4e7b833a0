//! Integrators, as their model keeps them.

use medilink_domain::integrator::{
    ClientKey, Disabled, Enabled, IntegratorEvent, KeysReplaced, Registered, ScopesChanged,
};
use medilink_log::Position;

use super::world::{TENANT, World, id, stream, text};
use crate::{Page, integrator};

fn key(kid: &str) -> ClientKey {
    ClientKey::Ed25519 {
        kid: text(kid),
        x: text(&"x".repeat(43)),
    }
}

impl World {
    async fn of_integrator(&self, integrator: u128, event: impl Into<IntegratorEvent>) -> Position {
        let stream = stream("integrator", integrator);
        self.tell::<IntegratorEvent>(&stream, None, event.into())
            .await
    }

    pub async fn integrator(&self, integrator: u128) -> Position {
        let event = Registered {
            integrator: id(integrator),
            name: text(&format!("Lab {integrator}")),
            scopes: vec![text("system/Appointment.rs")],
            keys: vec![key("first")],
            hospitals: vec![id(10)],
            expires_at: None,
        };
        self.of_integrator(integrator, event).await
    }

    /// Whatever can happen to integrators, by the numbers.
    pub async fn integrators(&self, who: u8, with: u8) {
        let number = 490 + u128::from(who % 3);
        let integrator = id(number);
        match with % 5 {
            0 => self.integrator(number).await,
            1 => {
                let keys = vec![key("second")];
                self.of_integrator(number, KeysReplaced { integrator, keys })
                    .await
            }
            2 => {
                let scopes = vec![text("system/Slot.s")];
                self.of_integrator(number, ScopesChanged { integrator, scopes })
                    .await
            }
            3 => {
                let reason = text("contract-ended");
                self.of_integrator(number, Disabled { integrator, reason })
                    .await
            }
            _ => self.of_integrator(number, Enabled { integrator }).await,
        };
    }
}

#[tokio::test]
async fn an_integrator_is_shown_as_it_stands() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    for number in [491, 492, 493] {
        world.integrator(number).await;
    }
    for change in [1, 2, 3] {
        world.integrators(1, change).await;
    }
    world.integrators(2, 3).await;
    world.integrators(2, 4).await;
    world.settle(&projector).await;
    running.stop().await;

    let reads = &world.reads;
    let first = integrator::get(reads, TENANT, id(491))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(first.keys.0, [key("second")]);
    assert_eq!(first.scopes.0, [text("system/Slot.s")]);
    assert!(first.disabled_at.is_some());
    assert_eq!(first.version, 4);
    let second = integrator::get(reads, TENANT, id(492))
        .await
        .unwrap()
        .unwrap();
    assert!(second.disabled_at.is_none());
    let elsewhere = id(987_654);
    let foreign = integrator::get(reads, elsewhere, id(491)).await.unwrap();
    assert!(foreign.is_none());

    let listed = integrator::list(reads, TENANT, Page::first(2))
        .await
        .unwrap();
    let names: Vec<_> = listed.rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["Lab 491", "Lab 492"]);
    let rest = Page {
        after: listed.next,
        limit: 2,
    };
    let rest = integrator::list(reads, TENANT, rest).await.unwrap();
    assert_eq!((rest.rows.len(), rest.next), (1, None));
}
