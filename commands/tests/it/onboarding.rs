//! How many come to a hospital with its code, and who they then are.

use chrono::{TimeDelta, Utc};
use futures::future::join_all;
use medilink_commands::application::{Approve, Details, Register};
use medilink_commands::hospital_code::{Issue, Rotate, TYPED, Typed, new_code};
use medilink_commands::{Actor, CommandContext, CommandError, Post, verification};
use medilink_domain::values::{Language, Role, SecretHash};
use medilink_domain::verification::Letter;
use medilink_domain::{HospitalCodeId, HospitalId, SubjectId, VerificationId};
use uuid::Uuid;

use crate::support::{World, slug};

const CODE: &str = "K7QM2-X9R4T";

impl World {
    async fn hospital(&self) -> HospitalId {
        self.practice(&Uuid::now_v7().simple().to_string()).await.1
    }

    /// A code for doctors, as somebody would type it.
    async fn code(&self, hospital: HospitalId, most_uses: u16) -> Typed {
        let typed = new_code();
        let issue = Issue {
            hospital,
            role: Role::Doctor,
            most_uses,
            expires_at: Utc::now() + TimeDelta::days(1),
            typed: typed.clone(),
        };
        let issued = self.run(&self.console(), &issue).await.unwrap();
        let index = self.vault.blind_index(self.tenant, TYPED, &typed.shown());
        Typed {
            code: issued.answer.code,
            digest: SecretHash::from(index),
        }
    }

    /// Somebody who has read a mail and types a code.
    async fn applicant(&self, typed: Typed) -> Register {
        let verification = VerificationId(Uuid::now_v7());
        let ask = verification::Request(medilink_domain::verification::Request {
            verification,
            person: SubjectId(Uuid::now_v7()),
            letter: Letter::Registration,
            email: format!("{}@example.org", Uuid::now_v7().simple())
                .parse()
                .unwrap(),
            language: Language::English,
            code: CODE.parse().unwrap(),
            passwords: None,
        });
        self.run(&self.console(), &ask).await.unwrap();
        Register {
            verification,
            code: CODE.parse().unwrap(),
            password_hash: "$none".parse().unwrap(),
            typed,
            details: Details {
                name: "Gurpreet Canary".parse().unwrap(),
                registration_number: Some(Uuid::now_v7().simple().to_string().parse().unwrap()),
                specialties: Vec::new(),
                languages: vec![Language::Punjabi],
                department: None,
            },
        }
    }

    /// Somebody with this role at a hospital, and none elsewhere.
    fn member(&self, role: Role, hospital: HospitalId) -> CommandContext {
        let post = Post {
            role,
            hospital,
            department: None,
        };
        CommandContext::new(Actor {
            posts: vec![post],
            second_factor: true,
            ..Actor::new(Uuid::now_v7(), self.tenant, Vec::new())
        })
    }
}

#[tokio::test]
async fn as_many_apply_at_once_as_a_code_is_for_and_not_one_more() {
    let world = World::new().await;
    let typed = world.code(world.hospital().await, 7).await;
    let applicants = join_all((0..50).map(|_| world.applicant(typed))).await;
    let visitor = CommandContext::new(Actor::anonymous(world.tenant));
    let tries = applicants.iter().map(|applicant| async {
        loop {
            match world.run(&visitor, applicant).await {
                Err(CommandError::Contention) => {}
                outcome => return outcome,
            }
        }
    });
    let outcomes = join_all(tries).await;
    let (through, refused): (Vec<_>, Vec<_>) =
        outcomes.into_iter().partition(|outcome| outcome.is_ok());
    assert_eq!((through.len(), refused.len()), (7, 43));
    for outcome in refused {
        assert_eq!(slug(outcome), "hospital-code-refused");
    }
    // Whoever was refused may use the mailed code again.
    let other = world.code(world.hospital().await, 50).await;
    let mut late = applicants;
    for applicant in &mut late {
        applicant.typed = other;
    }
    let again = late.iter().map(|applicant| async {
        loop {
            match world.run(&visitor, applicant).await {
                Err(CommandError::Contention) => {}
                outcome => return outcome.is_ok(),
            }
        }
    });
    let again = join_all(again).await;
    assert_eq!(again.into_iter().filter(|through| *through).count(), 43);
}

#[tokio::test]
async fn a_code_leads_to_an_application_of_its_own_hospital_alone() {
    let world = World::new().await;
    let (here, there) = (world.hospital().await, world.hospital().await);
    let typed = world.code(here, 5).await;
    let visitor = CommandContext::new(Actor::anonymous(world.tenant));
    // The digest of one code with the id of another, and one that was never issued.
    let other = world.code(there, 5).await;
    for wrong in [
        Typed {
            digest: other.digest,
            ..typed
        },
        Typed {
            code: HospitalCodeId(Uuid::now_v7()),
            ..typed
        },
    ] {
        let applicant = world.applicant(wrong).await;
        let outcome = world.run(&visitor, &applicant).await;
        assert_eq!(slug(outcome), "hospital-code-refused");
    }
    let applicant = world.applicant(typed).await;
    let applied = world.run(&visitor, &applicant).await.unwrap().answer;
    let approve = Approve {
        application: applied.application,
        department: None,
        certificates: Vec::new(),
    };
    for role in Role::ALL {
        let refused = world.run(&world.member(*role, there), &approve).await;
        assert!(matches!(refused, Err(CommandError::NotFound(_))), "{role}");
        if *role != Role::Administrator {
            let refused = world.run(&world.member(*role, here), &approve).await;
            assert!(matches!(refused, Err(CommandError::NotFound(_))), "{role}");
        }
    }
    let manager = world.member(Role::Administrator, here);
    let refused = world.run(&manager, &approve).await;
    assert_eq!(slug(refused), "application-needs-department");
    // Codes are their own hospital's, too.
    let rotate = |hospital| Rotate {
        hospital,
        code: typed.code,
        expires_at: Utc::now() + TimeDelta::days(1),
        typed: new_code(),
    };
    let stranger = world.member(Role::Administrator, there);
    let refused = world.run(&stranger, &rotate(there)).await;
    assert!(
        matches!(refused, Err(CommandError::NotFound(_))),
        "{refused:?}"
    );
    let refused = world.run(&stranger, &rotate(here)).await;
    assert!(
        matches!(refused, Err(CommandError::Forbidden)),
        "{refused:?}"
    );
    world.run(&manager, &rotate(here)).await.unwrap();
    let late = world.applicant(typed).await;
    let outcome = world.run(&visitor, &late).await;
    assert_eq!(slug(outcome), "hospital-code-refused");
}
