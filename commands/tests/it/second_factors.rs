//! Who takes lost second factors away, and what giving power takes of whoever has signed in.

use chrono::{TimeDelta, Utc};
use medilink_commands::account::{Disable, Enable, Register};
use medilink_commands::second_factor::{ChooseMail, RemoveAll};
use medilink_commands::staff::{GivePermission, GiveRole};
use medilink_commands::{Action, Actor, CommandContext, CommandError, Post, verification};
use medilink_domain::account::Account;
use medilink_domain::second_factor::SecondFactor;
use medilink_domain::values::{Language, Role};
use medilink_domain::verification::{Letter, Verification, VerificationEvent};
use medilink_domain::{
    AccountId, Category, Decider, HospitalId, StaffId, SubjectId, TenantId, VerificationId,
};
use medilink_log::{EventCodec, Position};
use uuid::Uuid;

use crate::support::{World, slug};

const CODE: &str = "K7QM2-X9R4T";

fn acting(actor: Actor) -> CommandContext {
    CommandContext::new(Actor {
        second_factor: true,
        signed_in: true,
        proven_at: Some(Utc::now()),
        ..actor
    })
}

impl World {
    /// Somebody with an account and codes by mail.
    async fn person(&self) -> AccountId {
        let (person, verification) = (Uuid::now_v7(), VerificationId(Uuid::now_v7()));
        let ask = verification::Request(medilink_domain::verification::Request {
            verification,
            person: SubjectId(person),
            letter: Letter::Registration,
            email: format!("{}@example.org", person.simple()).parse().unwrap(),
            language: Language::Punjabi,
            code: CODE.parse().unwrap(),
            passwords: None,
        });
        self.run(&self.console(), &ask).await.unwrap();
        let register = Register {
            verification,
            code: CODE.parse().unwrap(),
            password_hash: "$none".parse().unwrap(),
            name: "P".parse().unwrap(),
            phone: "+919876543210".parse().unwrap(),
            date_of_birth: None,
        };
        self.run(&self.console(), &register).await.unwrap();
        let account = AccountId(person);
        let own = acting(Actor::new(person, self.tenant, vec![Role::Patient]));
        self.run(&own, &ChooseMail { account }).await.unwrap();
        account
    }

    fn with_role(&self, role: Role) -> CommandContext {
        acting(Actor::new(Uuid::now_v7(), self.tenant, vec![role]))
    }

    fn at(&self, role: Role, hospital: HospitalId) -> CommandContext {
        let post = Post {
            role,
            hospital,
            department: None,
        };
        acting(Actor {
            posts: vec![post],
            ..Actor::new(Uuid::now_v7(), self.tenant, Vec::new())
        })
    }

    async fn give(&self, account: AccountId, role: Role, hospital: Option<HospitalId>) {
        let give = GiveRole {
            staff: StaffId(account.uuid()),
            role,
            hospital,
            department: None,
            until: None,
        };
        self.run(&self.console(), &give).await.unwrap();
    }

    /// What has happened to something so far.
    async fn state<D: Decider>(&self, id: &D::Id) -> D {
        let codec = EventCodec::new(self.vault.clone());
        let mut state = D::default();
        for event in self.events(&D::stream(id)).await {
            let event: Option<D::Event> = codec.decode(&event).await.unwrap();
            state.evolve(&event.unwrap());
        }
        state
    }

    async fn has_factors(&self, account: AccountId) -> bool {
        self.state::<SecondFactor>(&account).await.is_on()
    }
}

fn remove(account: AccountId) -> RemoveAll {
    RemoveAll::new(account, "telephone-lost".parse().unwrap())
}

fn is_hidden<T>(outcome: &Result<T, CommandError>) -> bool {
    matches!(outcome, Err(CommandError::NotFound("account")))
}

#[tokio::test]
async fn managers_remove_what_somebody_has_lost_and_tell_them() {
    let world = World::new().await;
    for role in Role::ALL {
        let account = world.person().await;
        let done = world.run(&world.with_role(*role), &remove(account)).await;
        let may = matches!(role, Role::Administrator | Role::PlatformAdministrator);
        assert_eq!(done.is_ok(), may, "{role}");
        assert!(may || is_hidden(&done), "{role}");
        assert_eq!(world.has_factors(account).await, !may, "{role}");
        let era = world.state::<Account>(&account).await.era;
        assert_eq!(era, u32::from(may), "{role}");
    }
    // By mail, in their language, with no code in it.
    let mut mailed = 0;
    let codec = EventCodec::new(world.vault.clone());
    let reader = world.executor.reader();
    for event in reader.after(Position(0), 1_000).await.unwrap() {
        if event.kind == "verification.requested" {
            let requested = codec.decode(&event).await.unwrap();
            let Some(VerificationEvent::Requested(requested)) = requested else {
                panic!("it is one");
            };
            if requested.letter == Letter::SecondFactorsRemoved {
                mailed += 1;
                assert_eq!(requested.language, Language::Punjabi);
                assert!(!requested.words().unwrap().text.as_str().contains("-"));
                let open = Verification::stream(&requested.verification);
                assert_eq!(open, event.stream);
            }
        }
    }
    assert_eq!(mailed, 2);
}

#[tokio::test]
async fn nobody_comes_at_more_than_they_could_give() {
    let world = World::new().await;
    let (here, there) = (
        world.practice(&Uuid::now_v7().simple().to_string()).await.1,
        world.practice(&Uuid::now_v7().simple().to_string()).await.1,
    );
    let manager = world.with_role(Role::Administrator);
    let registrar = world.with_role(Role::PlatformAdministrator);
    for role in [Role::ComplianceOfficer, Role::PlatformAdministrator] {
        let account = world.person().await;
        world.give(account, role, None).await;
        let refused = world.run(&manager, &remove(account)).await;
        assert!(is_hidden(&refused), "{role}");
        world.run(&registrar, &remove(account)).await.unwrap();
    }
    let (local, elsewhere) = (
        world.at(Role::Administrator, here),
        world.at(Role::Administrator, there),
    );
    let nurse = world.person().await;
    world.give(nurse, Role::Nurse, Some(here)).await;
    for context in [&elsewhere, &world.at(Role::Receptionist, here)] {
        assert!(is_hidden(&world.run(context, &remove(nurse)).await));
    }
    world.run(&local, &remove(nurse)).await.unwrap();
    // Who works at both is for those who answer for both.
    let both = world.person().await;
    world.give(both, Role::Nurse, Some(here)).await;
    world.give(both, Role::Nurse, Some(there)).await;
    for context in [&local, &elsewhere] {
        assert!(is_hidden(&world.run(context, &remove(both)).await));
    }
    world.run(&registrar, &remove(both)).await.unwrap();
    // Patients are of the whole network.
    let patient = world.person().await;
    world.run(&elsewhere, &remove(patient)).await.unwrap();
}

#[tokio::test]
async fn it_is_no_way_around_anything() {
    let world = World::new().await;
    let manager = world.with_role(Role::Administrator);
    let account = world.person().await;
    // Without a fresh proof, or in another network.
    let stale = CommandContext::new(Actor {
        proven_at: Some(Utc::now() - TimeDelta::minutes(11)),
        ..manager.actor.clone()
    });
    let unproven = CommandContext::new(Actor {
        signed_in: false,
        proven_at: None,
        ..manager.actor.clone()
    });
    for context in [stale, unproven] {
        let refused = world.run(&context, &remove(account)).await;
        assert!(matches!(refused, Err(CommandError::ProofRequired)));
    }
    let foreign = CommandContext::new(Actor {
        tenant: TenantId(Uuid::now_v7()),
        ..manager.actor.clone()
    });
    assert!(is_hidden(&world.run(&foreign, &remove(account)).await));
    let nobody = AccountId(Uuid::now_v7());
    assert!(is_hidden(&world.run(&manager, &remove(nobody)).await));
    // One's own.
    let own = acting(Actor {
        id: account.uuid(),
        ..manager.actor.clone()
    });
    let refused = world.run(&own, &remove(account)).await;
    assert!(matches!(refused, Err(CommandError::Forbidden)));
    // A disabled account stays as it is.
    let disable = Disable {
        account,
        reason: "test".parse().unwrap(),
    };
    world.run(&manager, &disable).await.unwrap();
    let refused = world.run(&manager, &remove(account)).await;
    assert_eq!(slug(refused), "account-disabled");
    assert!(world.has_factors(account).await);
    world.run(&manager, &Enable { account }).await.unwrap();
    world.run(&manager, &remove(account)).await.unwrap();
    let again = world.run(&manager, &remove(account)).await;
    assert_eq!(slug(again), "no-second-factor-to-remove");
    // An erased person is nobody.
    let erased = world.person().await;
    for category in Category::ALL {
        let subject = SubjectId(erased.uuid());
        world
            .vault
            .shred(world.tenant, subject, category, Uuid::nil())
            .await
            .unwrap();
    }
    assert!(is_hidden(&world.run(&manager, &remove(erased)).await));
}

#[tokio::test]
async fn whoever_has_signed_in_gives_power_only_with_a_fresh_proof() {
    let world = World::new().await;
    let hospital = world.practice(&Uuid::now_v7().simple().to_string()).await.1;
    let account = world.person().await;
    let staff = StaffId(account.uuid());
    let manager = world.with_role(Role::Administrator).actor;
    let with = |signed_in, proven_at| {
        CommandContext::new(Actor {
            signed_in,
            proven_at,
            ..manager.clone()
        })
    };
    let role = |role| GiveRole {
        staff,
        role,
        hospital: Some(hospital),
        department: None,
        until: None,
    };
    let permission = |action: Action| GivePermission {
        staff,
        action,
        hospital,
        until: None,
    };
    let disable = Disable {
        account,
        reason: "test".parse().unwrap(),
    };
    let enable = Enable { account };
    let refused = |outcome: Option<CommandError>| {
        assert!(
            matches!(outcome, Some(CommandError::ProofRequired)),
            "{outcome:?}"
        );
    };
    let late = with(true, Some(Utc::now() - TimeDelta::minutes(11)));
    for context in [with(true, None), late] {
        refused(world.run(&context, &role(Role::Nurse)).await.err());
        let figures = permission(Action::ReadFigures);
        refused(world.run(&context, &figures).await.err());
        refused(world.run(&context, &disable).await.err());
        refused(world.run(&context, &enable).await.err());
    }
    // Just shown; or nobody is there who could show anything.
    for (context, given, permitted) in [
        (
            with(true, Some(Utc::now())),
            Role::Nurse,
            Action::ReadFigures,
        ),
        (with(false, None), Role::Receptionist, Action::ReadBoard),
    ] {
        world.run(&context, &role(given)).await.unwrap();
        world.run(&context, &permission(permitted)).await.unwrap();
        world.run(&context, &disable).await.unwrap();
        world.run(&context, &enable).await.unwrap();
    }
}
