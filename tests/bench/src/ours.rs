//! Ours: the whole executor, with authorization, encryption, idempotency and leaf hashes.

use std::sync::Arc;

use medilink_commands::{
    Action, Actor, CommandContext, CommandError, Executor, Operation, Resource, Work,
};
use medilink_domain::TenantId;
use medilink_test_support::TestStore;
use uuid::Uuid;

use crate::journal::{Journal, JournalCommand, ids, text};
use crate::rounds::Side;

/// Whose all events of the benchmarks are.
pub const TENANT: TenantId = TenantId(Uuid::from_u128(0x9000 << 64));

/// Journals in a log.
pub struct Ours {
    executor: Executor,
    actor: Actor,
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
        work.authorize(Action::BookAppointment, &resource).await?;
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
    /// In a log of its own.
    pub async fn start() -> (Arc<Self>, TestStore) {
        let store = TestStore::create().await;
        (Self::over(store.executor()), store)
    }

    /// In the log of this executor.
    pub fn over(executor: Executor) -> Arc<Self> {
        let actor = Actor::console(TENANT);
        Arc::new(Self { executor, actor })
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
