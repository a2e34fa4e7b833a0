//! Who is behind the ids of people in a list.

use std::collections::{BTreeSet, HashMap};

use medilink_domain::values::{PersonName, Role, ShortText};
use medilink_domain::{HospitalId, TenantId};
use medilink_projections::staff::StaffRole;
use medilink_projections::{doctor, hospital, integrator, profile, staff};
use uuid::Uuid;

use crate::backend::{Backend, unreadable};
use crate::problem::Problem;

/// The read models that names are taken from.
pub const MODELS: [&str; 5] = ["doctor", "hospital", "integrator", "profile", "staff"];

/// What people who work for hospitals are called, and where they work; and what programs of
/// others are.
pub struct Names {
    people: HashMap<Uuid, PersonName>,
    programs: HashMap<Uuid, ShortText>,
    roles: HashMap<Uuid, Vec<StaffRole>>,
    hospitals: HashMap<HospitalId, ShortText>,
}

impl Names {
    /// Looks these people up. Ask for the view of [`MODELS`] first.
    ///
    /// # Errors
    /// 503 when that can't be found out.
    pub async fn of(
        backend: &Backend,
        tenant: TenantId,
        people: BTreeSet<Uuid>,
    ) -> Result<Self, Problem> {
        let reads = backend.reads();
        // The one place where names come from: a model that knows others' adds them here.
        let doctors = doctor::among(reads, tenant, people.iter().copied()).await;
        let doctors = doctors.map_err(unreadable)?.into_iter();
        let programs = integrator::among(reads, tenant, people.iter().copied()).await;
        let programs = programs.map_err(unreadable)?.into_iter();
        let called = profile::names(reads, tenant, people.iter().copied()).await;
        let called = called.map_err(unreadable)?.into_iter();
        // A doctor is called as patients know them.
        let doctors = doctors.map(|row| (row.doctor.uuid(), row.name));
        let names = called
            .map(|(person, name)| (person.uuid(), name))
            .chain(doctors);
        let members = staff::among(reads, tenant, people).await;
        let members = members.map_err(unreadable)?.into_iter();
        let roles: HashMap<Uuid, Vec<StaffRole>> =
            members.map(|row| (row.staff.uuid(), row.roles.0)).collect();
        let places: BTreeSet<HospitalId> = roles
            .values()
            .flatten()
            .filter_map(|given| given.hospital)
            .collect();
        let hospitals = hospital::among(reads, tenant, places).await;
        let hospitals = hospitals.map_err(unreadable)?.into_iter();
        Ok(Self {
            programs: programs
                .map(|row| (row.integrator.uuid(), row.name))
                .collect(),
            people: names.collect(),
            roles,
            hospitals: hospitals.map(|row| (row.hospital, row.name)).collect(),
        })
    }

    /// What somebody is called, if that is known.
    pub fn person(&self, person: Uuid) -> Option<&PersonName> {
        self.people.get(&person)
    }

    /// What a program of others is called.
    pub fn program(&self, integrator: Uuid) -> Option<&ShortText> {
        self.programs.get(&integrator)
    }

    /// A hospital at which somebody acts in one of these roles, if there is one.
    pub fn hospital(&self, person: Uuid, roles: &[Role]) -> Option<&ShortText> {
        let given = self.roles.get(&person)?;
        let there = given.iter().find(|given| roles.contains(&given.role))?;
        self.hospitals.get(&there.hospital?)
    }
}
