//! Who is behind the ids of people in a list.

use std::collections::{BTreeSet, HashMap};

use medilink_domain::values::{PersonName, Role, ShortText};
use medilink_domain::{HospitalId, TenantId};
use uuid::Uuid;

use crate::reads::{ReadError, Reads};
use crate::staff::StaffRole;
use crate::{doctor, hospital, integrator, profile, staff};

/// The read models that names are taken from.
pub const MODELS: [&str; 5] = ["doctor", "hospital", "integrator", "profile", "staff"];

/// What people who work for hospitals are called, and where they work; and what programs of
/// others are.
#[derive(Debug, Default)]
pub struct Names {
    people: HashMap<Uuid, PersonName>,
    programs: HashMap<Uuid, ShortText>,
    roles: HashMap<Uuid, Vec<StaffRole>>,
    hospitals: HashMap<HospitalId, ShortText>,
}

impl Names {
    /// Looks these people up. Wait for [`MODELS`] first.
    ///
    /// # Errors
    /// [`ReadError`] when that can't be read.
    pub async fn of(
        reads: &Reads,
        tenant: TenantId,
        people: BTreeSet<Uuid>,
    ) -> Result<Self, ReadError> {
        // The one place where names come from: a model that knows others' adds them here.
        let doctors = doctor::among(reads, tenant, people.iter().copied()).await?;
        let programs = integrator::among(reads, tenant, people.iter().copied()).await?;
        let called = profile::names(reads, tenant, people.iter().copied()).await?;
        // A doctor is called as patients know them.
        let doctors = doctors.into_iter().map(|row| (row.doctor.uuid(), row.name));
        let called = called
            .into_iter()
            .map(|(person, name)| (person.uuid(), name));
        let members = staff::among(reads, tenant, people).await?.into_iter();
        let roles: HashMap<Uuid, Vec<StaffRole>> =
            members.map(|row| (row.staff.uuid(), row.roles.0)).collect();
        let places: BTreeSet<HospitalId> = roles
            .values()
            .flatten()
            .filter_map(|given| given.hospital)
            .collect();
        let hospitals = hospital::among(reads, tenant, places).await?.into_iter();
        let programs = programs.into_iter();
        Ok(Self {
            programs: programs
                .map(|row| (row.integrator.uuid(), row.name))
                .collect(),
            people: called.chain(doctors).collect(),
            roles,
            hospitals: hospitals.map(|row| (row.hospital, row.name)).collect(),
        })
    }

    /// Those whom these know, too.
    pub fn extend(&mut self, others: Self) {
        self.people.extend(others.people);
        self.programs.extend(others.programs);
        self.roles.extend(others.roles);
        self.hospitals.extend(others.hospitals);
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
