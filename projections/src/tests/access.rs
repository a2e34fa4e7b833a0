//! Who had access to whose data, and who works where.

use chrono::{TimeDelta, Utc};
use medilink_domain::access::{AccessEvent, Denied, Recorded};
use medilink_domain::staff::{PermissionGiven, PermissionTaken, RoleGiven, RoleTaken, StaffEvent};
use medilink_domain::values::Role;
use medilink_domain::{DepartmentId, HospitalId, SubjectId, TenantId};
use medilink_log::{Metadata, Position};
use uuid::Uuid;

use super::world::{TENANT, World, id, stream, text};
use crate::access::{AccessCursor, AccessRow, Wanted, list};
use crate::{Listed, Page, staff};

fn by(actor: u128, role: &str) -> Metadata {
    Metadata {
        actor: Uuid::from_u128(actor).to_string(),
        role: role.to_owned(),
        session: Some(Uuid::from_u128(77)),
        request: Some(Uuid::from_u128(78)),
        ..Metadata::default()
    }
}

impl World {
    pub async fn read_by(&self, access: u128, subject: u128, by: Metadata) -> Position {
        let event = Recorded {
            access: id(access),
            subject: id(subject),
            resource: text("appointments"),
            purpose: text("treatment"),
            consents: vec![id(8)],
            emergency: Some(id(9)),
        };
        let (stream, subject) = (stream("access", access), Some(id(subject)));
        self.tell_by::<AccessEvent>(by, &stream, subject, event)
            .await
    }

    pub async fn refused_to(&self, access: u128, subject: u128, by: Metadata) -> Position {
        let event = Denied {
            access: id(access),
            subject: id(subject),
            action: text("read-patient"),
            resource: text("patient"),
        };
        let (stream, subject) = (stream("access", access), Some(id(subject)));
        self.tell_by::<AccessEvent>(by, &stream, subject, event)
            .await
    }

    async fn of_staff(&self, person: u128, event: impl Into<StaffEvent>) -> Position {
        self.tell::<StaffEvent>(&stream("staff", person), Some(id(person)), event)
            .await
    }

    pub async fn acts(&self, person: u128, role: Role, hospital: Option<u128>) -> Position {
        let event = RoleGiven {
            staff: id(person),
            role,
            hospital: hospital.map(id),
            department: (role == Role::Nurse).then(|| id::<DepartmentId>(20)),
            until: None,
        };
        self.of_staff(person, event).await
    }

    pub async fn acts_no_more(&self, person: u128, role: Role, hospital: u128) -> Position {
        let event = RoleTaken {
            staff: id(person),
            role,
            hospital: Some(id(hospital)),
            reason: text("left-the-hospital"),
        };
        self.of_staff(person, event).await
    }

    pub async fn may(&self, person: u128, hospital: u128, hours: i64) -> Position {
        let event = PermissionGiven {
            staff: id(person),
            action: text("read-figures"),
            hospital: id(hospital),
            until: Some(Utc::now() + TimeDelta::hours(hours)),
        };
        self.of_staff(person, event).await
    }

    /// Somebody looks at a person's data, or wants to, and roles change.
    pub async fn watched(&self, number: u128, person: u128, with: u8) {
        let (access, hospital) = (3_000 + number, 10 + u128::from(with % 3));
        match with % 6 {
            0 => self.read_by(access, person, by(30, "doctor patient")).await,
            1 => self.refused_to(access, person, by(0, "unheard-of")).await,
            2 => self.acts(person, Role::Nurse, Some(hospital)).await,
            3 => self.acts_no_more(person, Role::Nurse, hospital).await,
            4 => self.may(person, hospital, 1).await,
            _ => {
                let event = PermissionTaken {
                    staff: id(person),
                    action: text("read-figures"),
                    hospital: id(hospital),
                    reason: text("no-longer-needed"),
                };
                self.of_staff(person, event).await
            }
        };
    }
}

fn numbers(listed: &Listed<AccessRow, AccessCursor>) -> Vec<u128> {
    let rows = listed.rows.iter();
    rows.map(|row| row.access.uuid().as_u128()).collect()
}

#[tokio::test]
async fn an_access_says_who_in_which_role_and_whose_data_it_was() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    world.read_by(500, 40, by(30, "doctor patient")).await;
    world.refused_to(501, 40, by(0, "worker")).await;
    world.read_by(502, 40, Metadata::default()).await;
    world.settle(&projector).await;
    let of_patient = Wanted {
        subject: Some(id(40)),
        ..Wanted::default()
    };
    let found = list(&world.reads, TENANT, &of_patient, Page::first(9)).await;
    let rows = found.unwrap().unwrap().rows;
    let [unknown, refused, read] = &rows[..] else {
        panic!("{} rows", rows.len());
    };
    assert_eq!(read.actor, Some(Uuid::from_u128(30)));
    assert_eq!(read.roles.0, [Role::Doctor, Role::Patient]);
    assert_eq!(
        (read.purpose.clone(), read.action.clone(), read.denied),
        (Some(text("treatment")), None, false)
    );
    assert_eq!(
        (&read.consents.0[..], read.emergency),
        (&[id(8)][..], Some(id(9)))
    );
    assert_eq!(
        (read.session, read.request),
        (Some(Uuid::from_u128(77)), Some(Uuid::from_u128(78)))
    );
    assert_eq!(
        (refused.actor, &refused.roles.0[..]),
        (None, &[Role::Worker][..])
    );
    assert_eq!(
        (
            refused.purpose.clone(),
            refused.action.clone(),
            refused.denied
        ),
        (None, Some(text("read-patient")), true)
    );
    assert_eq!((unknown.actor, unknown.roles.0.len()), (None, 0));
    world.assert_rebuilds_alike(&projector).await;
    running.stop().await;
}

#[tokio::test]
async fn accesses_are_listed_by_what_is_asked_and_a_page_stays_while_others_come() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    for number in 0..6 {
        world
            .read_by(500 + number, 40 + number % 2, by(30, "doctor"))
            .await;
    }
    world.refused_to(506, 40, by(31, "nurse")).await;
    world.settle(&projector).await;
    let asked = async |tenant: TenantId, wanted: Wanted, page: Page<AccessCursor>| {
        list(&world.reads, tenant, &wanted, page).await.unwrap()
    };
    let all = async |wanted: Wanted| {
        let listed = asked(TENANT, wanted, Page::first(50)).await.unwrap();
        assert_eq!(listed.next, None);
        numbers(&listed)
    };
    let everything = Wanted::default();
    let of_40 = Wanted {
        subject: Some(SubjectId(Uuid::from_u128(40))),
        ..everything
    };
    assert_eq!(all(everything).await, [506, 505, 504, 503, 502, 501, 500]);
    assert_eq!(all(of_40).await, [506, 504, 502, 500]);
    let denied = |denied| Wanted {
        denied: Some(denied),
        ..of_40
    };
    assert_eq!(all(denied(true)).await, [506]);
    assert_eq!(all(denied(false)).await, [504, 502, 500]);
    let of_actor = Wanted {
        actor: Some(Uuid::from_u128(31)),
        ..everything
    };
    assert_eq!(all(of_actor).await, [506]);
    let tenant = TenantId(Uuid::from_u128(2));
    let elsewhere = asked(tenant, everything, Page::first(9)).await.unwrap();
    assert!(elsewhere.rows.is_empty());

    let first = asked(TENANT, of_40, Page::first(2)).await.unwrap();
    assert_eq!(numbers(&first), [506, 504]);
    let (newest, oldest) = (&first.rows[0], first.rows[1].at);
    let between = Wanted {
        from: Some(oldest),
        to: Some(newest.at),
        ..of_40
    };
    assert_eq!(all(between).await, [504]);
    // Others come meanwhile: the next page is what it was.
    world.read_by(507, 40, by(30, "doctor")).await;
    world.settle(&projector).await;
    let page = Page {
        after: first.next,
        limit: 2,
    };
    let second = asked(TENANT, of_40, page).await.unwrap();
    assert_eq!((numbers(&second), second.next), (vec![502, 500], None));

    // A place of one list is none of another.
    let of_41 = Wanted {
        subject: Some(SubjectId(Uuid::from_u128(41))),
        ..everything
    };
    for (tenant, other) in [(TENANT, of_41), (TENANT, denied(true)), (tenant, of_40)] {
        assert!(asked(tenant, other, page).await.is_none(), "{other:?}");
    }
    let mut tampered = first.next.unwrap();
    tampered.at += TimeDelta::seconds(1);
    let page = Page {
        after: Some(tampered),
        limit: 2,
    };
    assert!(asked(TENANT, of_40, page).await.is_none());
    running.stop().await;
}

#[tokio::test]
async fn a_hospitals_staff_is_who_has_something_there_now() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    let (city, other): (HospitalId, HospitalId) = (id(10), id(11));
    world.acts(50, Role::Nurse, Some(10)).await;
    world.acts(50, Role::Administrator, Some(11)).await;
    world.acts(51, Role::Receptionist, Some(10)).await;
    world.acts_no_more(51, Role::Receptionist, 10).await;
    world.may(52, 10, 1).await;
    world.may(53, 10, -1).await;
    world.acts(54, Role::Analyst, None).await;
    world.settle(&projector).await;
    running.stop().await;
    let reads = &world.reads;
    let page = Page::first(2);
    let listed = staff::of_hospital(reads, TENANT, city, page).await.unwrap();
    let who = |row: &staff::StaffRow| row.staff.uuid().as_u128();
    assert_eq!(listed.rows.iter().map(who).collect::<Vec<_>>(), [50, 52]);
    let page = Page {
        after: listed.next,
        limit: 2,
    };
    let rest = staff::of_hospital(reads, TENANT, city, page).await.unwrap();
    assert_eq!(rest.rows.iter().map(who).collect::<Vec<_>>(), [53]);

    let (now, nurse) = (Utc::now(), &listed.rows[0]);
    let roles: Vec<_> = nurse.roles_at(Some(city), now).collect();
    assert_eq!(roles.len(), 1);
    assert_eq!(
        (roles[0].role, roles[0].department),
        (Role::Nurse, Some(id(20)))
    );
    assert_eq!((nurse.version, nurse.roles_at(None, now).count()), (2, 0));
    assert_eq!(listed.rows[1].permissions_at(city, now).count(), 1);
    assert_eq!(listed.rows[1].permissions_at(other, now).count(), 0);
    // What has run out is no more.
    assert_eq!(rest.rows[0].permissions_at(city, now).count(), 0);
    let people = [51, 54, 60].map(Uuid::from_u128);
    let among = staff::among(reads, TENANT, people).await.unwrap();
    let mut found: Vec<_> = among
        .iter()
        .map(|row| (who(row), row.roles_at(None, now).count()))
        .collect();
    found.sort_unstable();
    assert_eq!(found, [(51, 0), (54, 1)]);
    assert!(staff::among(reads, TENANT, []).await.unwrap().is_empty());
    let elsewhere = TenantId(Uuid::from_u128(2));
    let none = staff::of_hospital(reads, elsewhere, city, Page::first(9)).await;
    assert!(none.unwrap().rows.is_empty());
}
