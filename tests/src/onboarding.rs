//! How hospitals and those who work there come to the platform, as the app would have it done.

use chrono::{TimeDelta, Utc};
use medilink_domain::invitation::{Invitation, InvitationEvent};
use medilink_domain::{Decider, InvitationId};
use medilink_log::EventCodec;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::History;
use crate::http::{Answer, Caller};
use crate::newcomer::{Newcomer, Tokens};
use crate::platform::Platform;
use crate::scenario::id;

/// A password that will do, for those of whom no test asks for another.
pub const PASSWORD: &str = "a quiet brown river runs";

/// Somebody who works here, signed in.
#[derive(Clone, Debug)]
pub struct Member {
    /// Who.
    pub person: Uuid,
    /// The address that they sign in with.
    pub email: String,
    /// What signs them in besides [`PASSWORD`], once each.
    pub backup_codes: Vec<String>,
    /// What their sign-in answered.
    pub tokens: Tokens,
    /// Whoever has its access token.
    pub caller: Caller,
    /// The position at which they came to be here.
    pub position: u64,
}

/// A hospital that was registered with its manager, and one department.
#[derive(Clone, Debug)]
pub struct NewHospital {
    /// The hospital.
    pub hospital: Uuid,
    /// Its department.
    pub department: Uuid,
    /// Its manager.
    pub manager: Member,
}

/// An address that nobody has used.
pub fn new_address() -> String {
    format!("{}@example.org", Uuid::now_v7().simple())
}

impl Member {
    /// Sets up an authenticator app, and signs in with it and [`PASSWORD`].
    pub async fn of(platform: &Platform, person: Uuid, email: String, position: u64) -> Self {
        let newcomer = Newcomer {
            email,
            password: PASSWORD.to_owned(),
            person,
            position,
        };
        let totp = newcomer.turn_on_totp(platform).await;
        let tokens = newcomer.sign_in_with(platform, &totp.app).await;
        Self {
            backup_codes: totp.backup_codes,
            person,
            caller: tokens.caller(platform),
            email: newcomer.email,
            tokens,
            position,
        }
    }

    /// Takes an invitation up that was mailed to an address without an account.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn invited(platform: &Platform, invitation: Uuid, email: String) -> Self {
        let code = platform.code_of_invitation(invitation).await;
        let path = format!("/v1/invitations/{invitation}/accept");
        let body = json!({"code": code, "name": "Kiran Bedi", "password": PASSWORD});
        let accepted = platform.caller("").post(&path, &body).await;
        let person = id(&accepted);
        Self::of(platform, person, email, accepted.position()).await
    }

    /// Registers as a provider with a hospital's code.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn applied(platform: &Platform, hospital_code: &str) -> (Self, Uuid) {
        let email = new_address();
        let body = platform.provider(&email, hospital_code).await;
        let applied = platform.caller("").post("/v1/providers", &body).await;
        let application = id(&applied);
        let history = History::read(platform).await;
        let opened = history.of("account.opened").last().unwrap();
        let person = opened.stream.strip_prefix("account-").unwrap();
        let person = person.parse().unwrap();
        let member = Self::of(platform, person, email, applied.position()).await;
        (member, application)
    }
}

impl NewHospital {
    /// Registers a hospital, whose manager accepts and adds a department.
    ///
    /// # Panics
    /// When any of it is refused.
    pub async fn register(platform: &Platform, registrar: &Caller) -> Self {
        let email = new_address();
        let body = json!({
            "name": "City Hospital", "time_zone": "Asia/Kolkata",
            "manager": {"email": email, "language": "en"},
        });
        let hospital = id(&registrar.post("/v1/hospitals", &body).await);
        let manager = Member::invited(platform, platform.last_invitation().await, email).await;
        let departments = format!("/v1/hospitals/{hospital}/departments");
        let heart = json!({"name": "Heart", "specialty": "Cardiology"});
        let department = id(&manager.caller.post(&departments, &heart).await);
        Self {
            hospital,
            department,
            manager,
        }
    }

    /// A path under the hospital's.
    pub fn path(&self, rest: &str) -> String {
        format!("/v1/hospitals/{}/{rest}", self.hospital)
    }

    /// Issues a code for so many doctors; the answer, which shows it.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn code(&self, most_uses: u32) -> Answer {
        let expires_at = Utc::now() + TimeDelta::days(1);
        let body = json!({"role": "doctor", "most_uses": most_uses, "expires_at": expires_at});
        let issued = self.manager.caller.post(&self.path("codes"), &body).await;
        assert_eq!(issued.status, 201, "{}", issued.text);
        issued
    }

    /// A doctor who applied with a code and was taken on.
    ///
    /// # Panics
    /// When any of it is refused.
    pub async fn doctor(&self, platform: &Platform) -> Member {
        let code = self.code(1).await;
        let code = code.body["code"].as_str().unwrap();
        let (doctor, application) = Member::applied(platform, code).await;
        let approved = self.approve(application).await;
        assert_eq!(approved.status, 200, "{}", approved.text);
        Member {
            position: approved.position(),
            ..doctor
        }
    }

    /// Approves an application, having seen a certificate.
    pub async fn approve(&self, application: Uuid) -> Answer {
        let body = json!({
            "department": self.department,
            "certificates": [{"kind": "medical-registration", "number": "PMC-1699"}],
        });
        let path = format!("/v1/applications/{application}/approve");
        self.manager.caller.post(&path, &body).await
    }
}

impl Platform {
    /// Whoever the console invited to run the platform.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn platform_administrator(&self) -> Member {
        let email = new_address();
        let command = ["admin", "invite-platform-administrator", &email];
        let (success, said) = self.run(&command);
        assert!(success, "{said}");
        let invitation = self.last_invitation().await;
        assert!(said.contains(&invitation.to_string()), "{said}");
        let code = self.code_of_invitation(invitation).await;
        assert!(said.contains(&code), "{said}");
        Member::invited(self, invitation, email).await
    }

    /// The invitation that was sent last.
    ///
    /// # Panics
    /// When there is none.
    pub async fn last_invitation(&self) -> Uuid {
        let history = History::read(self).await;
        let issued = history.of("invitation.issued").last();
        let stream = &issued.expect("somebody was invited").stream;
        stream.strip_prefix("invitation-").unwrap().parse().unwrap()
    }

    /// The code that was mailed with an invitation.
    ///
    /// # Panics
    /// When there is none.
    pub async fn code_of_invitation(&self, invitation: Uuid) -> String {
        let stream = Invitation::stream(&InvitationId(invitation));
        let codec = EventCodec::new(self.vault().await);
        let events = self.log().stream(&stream, 0, 1).await.unwrap();
        match codec.decode(&events[0]).await.unwrap().unwrap() {
            InvitationEvent::Issued(issued) => issued.code.shown(),
            _ => panic!("an invitation is sent before anything becomes of it"),
        }
    }

    /// What a provider registers with, whose address is verified first.
    ///
    /// # Panics
    /// When no code is mailed.
    pub async fn provider(&self, email: &str, hospital_code: &str) -> Value {
        let visitor = self.caller("");
        let body = json!({"email": email, "language": "en"});
        let asked = visitor.post("/v1/registrations", &body).await;
        assert_eq!(asked.status, 202, "{}", asked.text);
        json!({
            "registration": asked.body["id"], "code": self.code_of(&asked).await,
            "hospital_code": hospital_code, "password": PASSWORD, "name": "Gurpreet Singh",
            "registration_number": format!("PMC-{}", Uuid::now_v7().simple()),
            "specialties": ["Cardiology"], "languages": ["en", "pa"],
        })
    }
}
