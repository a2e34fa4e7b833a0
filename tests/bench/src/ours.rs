//! Ours: the whole executor, with authorization, encryption, idempotency and leaf hashes.

use std::sync::Arc;

use medilink_commands::{
    Action, Actor, CommandContext, CommandError, Executor, Operation, Resource, Work,
};
use medilink_domain::TenantId;
use medilink_test_support::TestStore;
use uuid::Uuid;

use crate::Side;
use crate::journal::{Journal, JournalCommand, ids, text};

/// A log of its own.
pub struct Ours {
    executor: Executor,
    actor: Actor,
    /// Its databases, dropped with it.
    pub store: TestStore,
}

struct Write {
    journal: Uuid,
    patient: Uuid,
}

impl Operation for Write {
    const NAME: &'static str = "write-journal";
    type Answer = u64;

    fn target(&self) -> String {
        self.journal.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<u64, CommandError> {
        // The bench borrows an action of the shipped policies.
        let resource = Resource::of_tenant("journal", work.tenant()).about(self.patient);
        work.authorize(Action::BookAppointment, &resource)?;
        let mut journal = work.load::<Journal>(&self.journal, "journal").await?;
        work.decide(
            &mut journal,
            JournalCommand::Write {
                patient: self.patient,
                text: text(),
            },
        )
        .await?;
        Ok(journal.version())
    }
}

impl Ours {
    /// Sets up databases, vault, writer and executor.
    pub async fn start() -> Arc<Self> {
        let store = TestStore::create().await;
        let actor = Actor::console(TenantId(Uuid::now_v7()));
        Arc::new(Self {
            executor: store.executor(),
            actor,
            store,
        })
    }
}

impl Side for Ours {
    async fn command(&self, stream: u64) {
        let (journal, patient) = ids(stream);
        let context = CommandContext::new(self.actor.clone());
        self.executor
            .execute(&context, &Write { journal, patient })
            .await
            .unwrap();
    }
}
