//! Who a consent is granted to: that they exist, and who is part of them.

use std::collections::BTreeSet;

use medilink_domain::account::Account;
use medilink_domain::consent::Grantee;
use medilink_domain::doctor::{Doctor, Post};
use medilink_domain::integrator::Integrator;
use medilink_domain::staff::Staff;
use medilink_domain::values::Role;
use medilink_domain::{AccountId, DoctorId, HospitalId, IntegratorId, StaffId, SubjectId};

use crate::actor::{self, Actor};
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Executor;
use crate::practice::hospital_of;
use crate::work::Work;

/// Everything that an actor is to whom something may be granted: themselves, and the
/// departments and hospitals where they work; or the program that they are.
///
/// # Errors
/// When the log doesn't answer.
pub async fn grantees_of(executor: &Executor, actor: &Actor) -> Result<Vec<Grantee>, CommandError> {
    Ok(everything(actor, post_of(executor, actor).await?))
}

/// The same in an operation.
pub(crate) async fn grantees(work: &mut Work<'_>) -> Result<Vec<Grantee>, CommandError> {
    let post = post(work).await?;
    Ok(everything(&work.context().actor, post))
}

fn everything(actor: &Actor, post: Option<Post>) -> Vec<Grantee> {
    if actor.is_integrator() {
        let id = IntegratorId(actor.id);
        return vec![Grantee::Integrator { id }];
    }
    let registered = post.map(|post| (post.hospital, Some(post.department)));
    let posts = actor
        .posts
        .iter()
        .filter(|post| gives_care(post.role))
        .map(|post| (post.hospital, post.department));
    let oneself = Grantee::Person {
        id: SubjectId(actor.id),
    };
    let mut all = BTreeSet::from([oneself]);
    for (hospital, department) in posts.chain(registered) {
        all.insert(Grantee::Hospital { id: hospital });
        all.extend(department.map(|id| Grantee::Department { id, hospital }));
    }
    all.into_iter().collect()
}

/// What is granted to a hospital or department is granted to those who give care there.
const fn gives_care(role: Role) -> bool {
    matches!(role, Role::DepartmentHead | Role::Doctor | Role::Nurse)
}

/// The same of somebody who need not be the actor, as the log has it now; nothing, if they give
/// care no more. The append fails if that changes meanwhile.
pub(crate) async fn grantees_for(
    work: &mut Work<'_>,
    person: SubjectId,
) -> Result<Vec<Grantee>, CommandError> {
    let now = work.now();
    let account = AccountId(person.uuid());
    let account = work.load::<Account>(&account, "account").await?;
    let staff = StaffId(person.uuid());
    let staff = work.load::<Staff>(&staff, "staff").await?;
    let given = staff.state().roles.iter();
    let given: Vec<_> = given
        .filter(|given| given.until.is_none_or(|until| now < until))
        .collect();
    let mut roles: Vec<Role> = account.state().roles.clone();
    let everywhere = given.iter().filter(|given| given.hospital.is_none());
    roles.extend(everywhere.map(|given| given.role));
    // What somebody acts as who has no account is on their access token, and asked for at the
    // door.
    if account.version() == 0 {
        roles.push(Role::Doctor);
    }
    let posts = given.iter().filter_map(|given| {
        Some(actor::Post {
            role: given.role,
            hospital: given.hospital?,
            department: given.department,
        })
    });
    let actor = Actor {
        posts: posts.collect(),
        ..Actor::new(person.uuid(), work.tenant(), roles)
    };
    if !actor.roles_anywhere().any(gives_care) {
        return Ok(Vec::new());
    }
    let post = post_of_doctor(work, &actor).await?;
    Ok(everything(&actor, post))
}

/// Something that is granted to this grantee, as the policies see it: whether the actor is part
/// of them, and at which hospitals it is for the actor's roles to count.
pub(super) fn granted_to(
    resource: Resource,
    actor: &Actor,
    post: Option<Post>,
    grantee: Grantee,
) -> Resource {
    let part = everything(actor, post).contains(&grantee) || runs(actor, grantee);
    let resource = resource.with_grantee(part.then_some(actor.id));
    match hospital_of_grantee(grantee) {
        Some(hospital) => resource.at(hospital),
        // A person is what they are, wherever that is.
        None => actor
            .posts
            .iter()
            .fold(resource, |resource, post| resource.at(post.hospital)),
    }
}

/// Whoever runs a hospital, or its front desk, acts for all of its departments.
fn runs(actor: &Actor, grantee: Grantee) -> bool {
    hospital_of_grantee(grantee).is_some_and(|hospital| {
        let there = [hospital];
        let mut roles = actor.roles_at(&there);
        roles.any(|role| matches!(role, Role::Administrator | Role::Receptionist))
    })
}

const fn hospital_of_grantee(grantee: Grantee) -> Option<HospitalId> {
    match grantee {
        Grantee::Department { hospital, .. } => Some(hospital),
        Grantee::Hospital { id } => Some(id),
        Grantee::Person { .. } | Grantee::Integrator { .. } => None,
    }
}

/// Whose role was given at single hospitals works there, and where they registered no more.
fn is_doctor(actor: &Actor) -> bool {
    actor.roles.contains(&Role::Doctor)
}

/// Where the actor of this work is registered, if they are a doctor in the whole network.
pub(super) async fn post(work: &mut Work<'_>) -> Result<Option<Post>, CommandError> {
    let actor = work.context().actor.clone();
    post_of_doctor(work, &actor).await
}

async fn post_of_doctor(work: &mut Work<'_>, actor: &Actor) -> Result<Option<Post>, CommandError> {
    if !is_doctor(actor) {
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
    if !is_doctor(actor) {
        return Ok(None);
    }
    let id = DoctorId(actor.id);
    let doctor = executor.state::<Doctor>(actor.tenant, &id).await?;
    Ok(doctor.and_then(|doctor| doctor.post))
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
        Grantee::Integrator { id } => {
            let integrator = work.existing::<Integrator>(&id, "integrator").await?;
            if !integrator.state().is_let_in(work.now()) {
                return Err(CommandError::NotFound("integrator"));
            }
        }
    }
    Ok(())
}
