//! What somebody has open in emergencies, kept in the same append as each emergency access.

use medilink_domain::emergency_watch::{Begin, EmergencyWatch, EmergencyWatchCommand, End};
use medilink_domain::{EmergencyAccessId, StaffId, SubjectId};

use crate::emergency_access::KIND;
use crate::error::CommandError;
use crate::work::Work;

/// Takes up what somebody opens.
///
/// # Errors
/// When they have that record open already, or as many as one may.
pub(crate) async fn begin(
    work: &mut Work<'_>,
    clinician: StaffId,
    access: EmergencyAccessId,
    subject: SubjectId,
) -> Result<(), CommandError> {
    let mut watch = work.load::<EmergencyWatch>(&clinician, KIND).await?;
    let begin = Begin {
        clinician,
        access,
        subject,
    };
    work.decide(&mut watch, EmergencyWatchCommand::Begin(begin))
        .await
}

/// Takes off what they close.
///
/// # Errors
/// When the log doesn't answer.
pub(crate) async fn end(
    work: &mut Work<'_>,
    clinician: StaffId,
    access: EmergencyAccessId,
) -> Result<(), CommandError> {
    let mut watch = work.load::<EmergencyWatch>(&clinician, KIND).await?;
    work.decide(&mut watch, EmergencyWatchCommand::End(End { access }))
        .await
}
