//! How people come to the small hospital of the tests.

use chrono::{TimeDelta, Utc};
use medilink_domain::application::{
    ApplicationEvent, Approved, Certificate, CertificateVerified, Rejected, Submitted, Withdrawn,
};
use medilink_domain::hospital_code::{self, HospitalCodeEvent, Used};
use medilink_domain::invitation::{self, Accepted, InvitationEvent, Place};
use medilink_domain::profile::{NameSet, ProfileEvent};
use medilink_domain::values::{Language, Role, SecretHash};
use medilink_domain::{doctor, patient};
use medilink_log::Position;

use super::world::{World, id, stream, text};

/// One thing that happens to somebody, drawn at random.
pub async fn happen(world: &World, what: u8, who: u8, with: u8) {
    let (person, doctor) = (40 + u128::from(who % 4), 30 + u128::from(with % 3));
    match what {
        32 => {
            let code = 1 + u128::from(who % 4);
            match with % 3 {
                0 => world.code_issued(code).await,
                1 => world.code_used(code, u128::from(with)).await,
                _ => world.code_revoked(code).await,
            };
        }
        33 => {
            let application = 900 + u128::from(who % 8);
            let applicant = 40 + application % 4;
            match with % 5 {
                0 | 1 => world.applied(application, applicant).await,
                2 => world.approved(application, applicant).await,
                3 => world.rejected(application, applicant).await,
                _ => world.withdrawn(application, applicant).await,
            };
        }
        34 => {
            let invitation = 800 + u128::from(who % 8);
            let invited = 40 + invitation % 4;
            match with % 3 {
                0 => world.invited(invitation, invited).await,
                1 => world.accepted(invitation, invited).await,
                _ => world.uninvited(invitation, invited).await,
            };
        }
        35 => {
            match with % 4 {
                0 => world.named(person, "Harpreet Kaur").await,
                1 => world.patient_told(person).await,
                2 => world.patient_moved(person).await,
                _ => world.doctor_told(doctor).await,
            };
        }
        _ => {}
    }
}

/// Something in every model that no later step can park.
pub async fn furnish(world: &World) {
    world.code_issued(9).await;
    world.applied(999, 49).await;
    world.invited(899, 49).await;
    world.named(49, "Harpreet Kaur").await;
}

impl World {
    pub async fn code_issued(&self, code: u128) -> Position {
        let event = hospital_code::Issued {
            code: id(code),
            hospital: id(10),
            role: Role::Doctor,
            most_uses: 20,
            digest: SecretHash::from([7; 32]),
            expires_at: Utc::now() + TimeDelta::days(9),
        };
        self.of_code(code, event).await
    }

    pub async fn code_used(&self, code: u128, application: u128) -> Position {
        let event = Used {
            code: id(code),
            application: id(application),
        };
        self.of_code(code, event).await
    }

    pub async fn code_revoked(&self, code: u128) -> Position {
        let event = hospital_code::Revoked {
            code: id(code),
            reason: text("rotated"),
        };
        self.of_code(code, event).await
    }

    async fn of_code(&self, code: u128, event: impl Into<HospitalCodeEvent>) -> Position {
        let stream = stream("hospital-code", code);
        self.tell::<HospitalCodeEvent>(&stream, None, event).await
    }

    pub async fn applied(&self, application: u128, person: u128) -> Position {
        let event = Submitted {
            application: id(application),
            applicant: id(person),
            hospital: id(10),
            code: id(1),
            role: Role::Doctor,
            name: text("Gurpreet Singh"),
            registration_number: Some(text("PMC-1699")),
            specialties: vec![text("Cardiology")],
            languages: vec![Language::Punjabi],
            department: None,
        };
        self.of_application(application, person, event).await
    }

    pub async fn approved(&self, application: u128, person: u128) -> Position {
        let verified = CertificateVerified {
            application: id(application),
            certificate: Certificate {
                kind: text("medical-registration"),
                number: text("PMC-1699"),
            },
            verified_by: id(3),
            verified_at: Utc::now(),
        };
        self.of_application(application, person, verified).await;
        let event = Approved {
            application: id(application),
            department: Some(id(20)),
            approved_by: id(3),
        };
        self.of_application(application, person, event).await
    }

    pub async fn rejected(&self, application: u128, person: u128) -> Position {
        let event = Rejected {
            application: id(application),
            rejected_by: id(3),
            reason: text("no-vacancy"),
        };
        self.of_application(application, person, event).await
    }

    pub async fn withdrawn(&self, application: u128, person: u128) -> Position {
        let event = Withdrawn {
            application: id(application),
        };
        self.of_application(application, person, event).await
    }

    async fn of_application(
        &self,
        application: u128,
        person: u128,
        event: impl Into<ApplicationEvent>,
    ) -> Position {
        let stream = stream("application", application);
        self.tell::<ApplicationEvent>(&stream, Some(id(person)), event)
            .await
    }

    pub async fn invited(&self, invitation: u128, person: u128) -> Position {
        let event = invitation::Issued {
            invitation: id(invitation),
            person: id(person),
            at: Some(Place {
                hospital: id(10),
                name: text("City Hospital"),
                department: None,
            }),
            role: Role::Administrator,
            email: text("harpreet@example.org"),
            language: Language::Punjabi,
            code: text("K7QM2-X9R4T"),
            expires_at: Utc::now() + TimeDelta::days(7),
        };
        self.of_invitation(invitation, person, event).await
    }

    pub async fn accepted(&self, invitation: u128, person: u128) -> Position {
        let event = Accepted {
            invitation: id(invitation),
            account: id(person),
        };
        self.of_invitation(invitation, person, event).await
    }

    pub async fn uninvited(&self, invitation: u128, person: u128) -> Position {
        let event = invitation::Revoked {
            invitation: id(invitation),
        };
        self.of_invitation(invitation, person, event).await
    }

    async fn of_invitation(
        &self,
        invitation: u128,
        person: u128,
        event: impl Into<InvitationEvent>,
    ) -> Position {
        let stream = stream("invitation", invitation);
        self.tell::<InvitationEvent>(&stream, Some(id(person)), event)
            .await
    }

    pub async fn named(&self, person: u128, name: &str) -> Position {
        let event = NameSet {
            person: id(person),
            name: text(name),
        };
        self.tell::<ProfileEvent>(&stream("profile", person), Some(id(person)), event)
            .await
    }

    pub async fn patient_told(&self, patient: u128) -> Position {
        let event = patient::ProfileSet {
            patient: id(patient),
            profile: patient::Profile {
                language: Language::Hindi,
                gender: None,
                address: None,
                emergency_contact: None,
                accessibility: vec![text("wheelchair")],
                accessibility_note: None,
            },
        };
        let stream = stream("patient", patient);
        self.tell::<patient::PatientEvent>(&stream, Some(id(patient)), event)
            .await
    }

    pub async fn patient_moved(&self, patient: u128) -> Position {
        let event = patient::EmailSet {
            patient: id(patient),
            email: text("kaur@example.org"),
        };
        let stream = stream("patient", patient);
        self.tell::<patient::PatientEvent>(&stream, Some(id(patient)), event)
            .await
    }

    pub async fn doctor_told(&self, doctor: u128) -> Position {
        let event = doctor::ProfileSet {
            doctor: id(doctor),
            profile: doctor::Profile {
                specialties: vec![text("Cardiology")],
                qualifications: Vec::new(),
                languages: vec![Language::Hindi],
                about: Some(text("Sees children.")),
            },
        };
        let stream = stream("doctor", doctor);
        self.tell::<doctor::DoctorEvent>(&stream, Some(id(doctor)), event)
            .await
    }
}
