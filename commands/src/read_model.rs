//! Having a read model built anew: asked for here, done by whoever hosts it.

use medilink_domain::read_model::{ReadModel, ReadModelCommand, Rebuild};
use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::work::Work;

/// The request that was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RebuildAnswer {
    /// The generation that another is to take the place of.
    pub generation: u32,
}

/// Records that the rows of a read model are to be built anew. Whoever hosts the projections
/// looks for it every other second; readers have the former rows until the new ones are whole.
#[derive(Clone, Debug)]
pub struct RequestRebuild(pub Rebuild);

impl Operation for RequestRebuild {
    const NAME: &'static str = "rebuild-read-model";
    type Answer = RebuildAnswer;

    fn target(&self) -> String {
        self.0.model.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<RebuildAnswer, CommandError> {
        work.authorize(
            Action::RebuildReadModel,
            &Resource::of_tenant("read model", work.tenant()),
        )
        .await?;
        let mut instance = work.load::<ReadModel>(&self.0.model, "read model").await?;
        work.expect_version(&instance)?;
        work.decide(&mut instance, ReadModelCommand::Rebuild(self.0.clone()))
            .await?;
        Ok(RebuildAnswer {
            generation: self.0.generation,
        })
    }
}
