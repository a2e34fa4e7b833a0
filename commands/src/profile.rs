//! What people are called who act for a hospital.

use medilink_domain::SubjectId;
use medilink_domain::profile::{Profile, ProfileCommand, SetName};
use medilink_domain::values::PersonName;

use crate::error::CommandError;
use crate::work::Work;

/// Says what somebody is called, as part of what makes them one of the staff.
///
/// # Errors
/// When the vault can't seal it.
pub(crate) async fn set_name(
    work: &mut Work<'_>,
    person: SubjectId,
    name: &PersonName,
) -> Result<(), CommandError> {
    let mut instance = work.load::<Profile>(&person, "profile").await?;
    let set = ProfileCommand::SetName(SetName {
        person,
        name: name.clone(),
    });
    work.decide(&mut instance, set).await
}
