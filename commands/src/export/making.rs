//! What workers do with an export. Each step changes nothing when it is done a second time.

use medilink_domain::ExportId;
use medilink_domain::export::{Export, ExportCommand, ExportState, File, Requested};
use medilink_domain::values::Code;
use serde::{Deserialize, Serialize};

use super::{ExportAnswer, KIND, OPEN, answer, end, name, of, stands};
use crate::action::Action;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::work::{Instance, Work};

/// Why nobody is to have an export.
const GROUND_GONE: &str = "ground-gone";

async fn loaded(
    work: &mut Work<'_>,
    export: ExportId,
) -> Result<(Instance<Export>, Requested), CommandError> {
    let instance = work.existing::<Export>(&export, KIND).await?;
    let asked = instance.state().asked()?.clone();
    let resource = of(work, asked.person);
    work.authorize(Action::MakeExport, &resource).await?;
    Ok((instance, asked))
}

/// Begins to make the file, if who asked for it still may have it; otherwise gives it up.
#[derive(Clone, Debug)]
pub struct Start {
    /// The export.
    pub export: ExportId,
}

/// What is to be made, if anything is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartAnswer {
    /// What was asked for; none when it was given up.
    pub asked: Option<Requested>,
}

impl Operation for Start {
    const NAME: &'static str = "start-export";
    type Answer = StartAnswer;

    fn target(&self) -> String {
        self.export.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<StartAnswer, CommandError> {
        let (mut instance, asked) = loaded(work, self.export).await?;
        if stands(work, &asked).await? {
            work.decide(&mut instance, ExportCommand::Start).await?;
            return Ok(StartAnswer { asked: Some(asked) });
        }
        end(work, &mut instance, &asked, GROUND_GONE).await?;
        Ok(StartAnswer { asked: None })
    }
}

/// Tells how much of the file is made.
#[derive(Clone, Debug)]
pub struct Progress {
    /// The export.
    pub export: ExportId,
    /// Of a hundred.
    pub percent: u8,
}

impl Operation for Progress {
    const NAME: &'static str = "progress-export";
    type Answer = ExportAnswer;

    fn target(&self) -> String {
        format!("{}/{}", self.export, self.percent)
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ExportAnswer, CommandError> {
        let (mut instance, _) = loaded(work, self.export).await?;
        let progress = ExportCommand::Progress(self.percent);
        work.decide(&mut instance, progress).await?;
        answer(&instance)
    }
}

/// Says that the file is made, if who asked for it still may have it; otherwise gives it up.
#[derive(Clone, Debug)]
pub struct Complete {
    /// The export.
    pub export: ExportId,
    /// The file.
    pub file: File,
}

/// What came of a file that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// Whether it can be fetched.
    pub ready: bool,
}

impl Operation for Complete {
    const NAME: &'static str = "complete-export";
    type Answer = Made;

    fn target(&self) -> String {
        format!("{}/{}", self.export, self.file.file)
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<Made, CommandError> {
        let (mut instance, asked) = loaded(work, self.export).await?;
        let ready = stands(work, &asked).await?;
        if ready {
            let complete = ExportCommand::Complete(self.file);
            work.decide(&mut instance, complete).await?;
        } else {
            end(work, &mut instance, &asked, GROUND_GONE).await?;
        }
        Ok(Made { ready })
    }
}

/// Gives an export up whose file can't be made.
#[derive(Clone, Debug)]
pub struct Fail {
    /// The export.
    pub export: ExportId,
    /// Why.
    pub cause: Code,
}

impl Operation for Fail {
    const NAME: &'static str = "fail-export";
    type Answer = ExportAnswer;

    fn target(&self) -> String {
        self.export.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ExportAnswer, CommandError> {
        let (mut instance, asked) = loaded(work, self.export).await?;
        let fail = ExportCommand::Fail(self.cause.clone());
        over(work, &mut instance, &asked, fail).await
    }
}

/// Gives an export up, whoever wants it: its person is being erased.
#[derive(Clone, Debug)]
pub struct Abandon {
    /// The export.
    pub export: ExportId,
    /// Why.
    pub cause: Code,
}

impl Operation for Abandon {
    const NAME: &'static str = "abandon-export";
    type Answer = ExportAnswer;

    fn target(&self) -> String {
        self.export.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ExportAnswer, CommandError> {
        let (mut instance, asked) = loaded(work, self.export).await?;
        let cancel = ExportCommand::Cancel(self.cause.clone());
        over(work, &mut instance, &asked, cancel).await
    }
}

/// Gives an export up if who asked for it may have it no more.
#[derive(Clone, Debug)]
pub struct Uphold {
    /// The export.
    pub export: ExportId,
}

impl Operation for Uphold {
    const NAME: &'static str = "uphold-export";
    type Answer = ExportAnswer;

    fn target(&self) -> String {
        self.export.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ExportAnswer, CommandError> {
        let (mut instance, asked) = loaded(work, self.export).await?;
        if !instance.state().state.is_closed() && !stands(work, &asked).await? {
            end(work, &mut instance, &asked, GROUND_GONE).await?;
        }
        answer(&instance)
    }
}

/// Ends an export whose time is over.
#[derive(Clone, Debug)]
pub struct Expire {
    /// The export.
    pub export: ExportId,
}

impl Operation for Expire {
    const NAME: &'static str = "expire-export";
    type Answer = ExportAnswer;

    fn target(&self) -> String {
        self.export.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ExportAnswer, CommandError> {
        let (mut instance, asked) = loaded(work, self.export).await?;
        // Cancelled in time is over, too.
        if instance.state().state.is_closed() {
            return answer(&instance);
        }
        over(work, &mut instance, &asked, ExportCommand::Expire).await
    }
}

/// Says that nothing is left of an export's file.
#[derive(Clone, Debug)]
pub struct Delete {
    /// The export.
    pub export: ExportId,
}

impl Operation for Delete {
    const NAME: &'static str = "delete-export";
    type Answer = ExportAnswer;

    fn target(&self) -> String {
        self.export.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ExportAnswer, CommandError> {
        let (mut instance, _) = loaded(work, self.export).await?;
        work.decide(&mut instance, ExportCommand::Delete).await?;
        answer(&instance)
    }
}

/// Decides what ends an export, after which another may be asked for.
async fn over(
    work: &mut Work<'_>,
    instance: &mut Instance<Export>,
    asked: &Requested,
    command: ExportCommand,
) -> Result<ExportAnswer, CommandError> {
    let before = instance.version();
    work.decide(instance, command).await?;
    debug_assert_ne!(instance.state().state, ExportState::Running);
    if instance.version() > before {
        work.release(instance, OPEN, &name(asked.person, asked.by));
    }
    answer(instance)
}
