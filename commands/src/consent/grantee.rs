//! Who a consent is granted to: that they exist, and who is part of them.

use medilink_domain::account::Account;
use medilink_domain::consent::Grantee;
use medilink_domain::doctor::{Doctor, Post};
use medilink_domain::values::Role;
use medilink_domain::{AccountId, DoctorId, SubjectId};

use crate::actor::Actor;
use crate::error::CommandError;
use crate::executor::Executor;
use crate::practice::hospital_of;
use crate::work::Work;

/// Whether an actor is the grantee, or works where the grantee is.
pub(super) fn is_part_of(actor: &Actor, post: Option<Post>, grantee: Grantee) -> bool {
    let runs_it = || {
        let roles = actor.roles.iter();
        roles.copied().any(|role| {
            // Their roles hold in every hospital of the tenant.
            matches!(role, Role::Administrator | Role::Receptionist)
        })
    };
    match grantee {
        Grantee::Person { id } => id.uuid() == actor.id,
        Grantee::Department { id, hospital } => {
            post.is_some_and(|post| (post.hospital, post.department) == (hospital, id)) || runs_it()
        }
        Grantee::Hospital { id } => post.is_some_and(|post| post.hospital == id) || runs_it(),
        Grantee::Integrator { .. } => false,
    }
}

/// Where the actor of this work gives care, if they do.
pub(super) async fn post(work: &mut Work<'_>) -> Result<Option<Post>, CommandError> {
    let actor = &work.context().actor;
    if !actor.roles.contains(&Role::Doctor) {
        return Ok(None);
    }
    let doctor = work.load::<Doctor>(&DoctorId(actor.id), "doctor").await?;
    Ok(doctor.state().post)
}

/// The same outside of any work.
pub(super) async fn post_of(
    executor: &Executor,
    actor: &Actor,
) -> Result<Option<Post>, CommandError> {
    if !actor.roles.contains(&Role::Doctor) {
        return Ok(None);
    }
    let id = DoctorId(actor.id);
    let doctor = executor.state::<Doctor>(actor.tenant, &id).await?;
    Ok(doctor.and_then(|doctor| doctor.post))
}

/// Everything that an actor is to whom something may be granted: themselves, and the department
/// and hospital where they give care.
///
/// # Errors
/// When the log doesn't answer.
pub async fn grantees_of(executor: &Executor, actor: &Actor) -> Result<Vec<Grantee>, CommandError> {
    let oneself = Grantee::Person {
        id: SubjectId(actor.id),
    };
    let work = post_of(executor, actor).await?.map(|post| {
        let department = Grantee::Department {
            id: post.department,
            hospital: post.hospital,
        };
        [department, Grantee::Hospital { id: post.hospital }]
    });
    Ok([oneself]
        .into_iter()
        .chain(work.into_iter().flatten())
        .collect())
}

/// Nothing is granted to nobody.
///
/// # Errors
/// [`CommandError::NotFound`].
pub(super) async fn existing(work: &mut Work<'_>, grantee: Grantee) -> Result<(), CommandError> {
    match grantee {
        Grantee::Person { id } => {
            let doctor = DoctorId(id.uuid());
            if work.load::<Doctor>(&doctor, "person").await?.version() == 0 {
                let account = AccountId(id.uuid());
                work.existing::<Account>(&account, "person").await?;
            }
        }
        Grantee::Department { id, hospital } => {
            hospital_of(work, hospital).await?.department(id)?;
        }
        Grantee::Hospital { id } => {
            hospital_of(work, id).await?;
        }
        // None is known yet.
        Grantee::Integrator { .. } => return Err(CommandError::NotFound("integrator")),
    }
    Ok(())
}
