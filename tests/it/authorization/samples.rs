//! For each operation a request that only its caller's rights can fail: path and body.

use serde_json::{Value, json};
use uuid::Uuid;

use medilink_tests::Newcomer;

use super::world::World;

type Sample = (String, Option<Value>);

impl World {
    /// A request of a fresh thing.
    pub async fn sample(&self, operation: &str) -> Sample {
        if let Some(sample) = self.of_visits(operation).await {
            return sample;
        }
        if let Some(sample) = self.of_consents(operation).await {
            return sample;
        }
        if let Some(sample) = self.of_exports(operation).await {
            return sample;
        }
        if let Some(sample) = self.of_integrators(operation).await {
            return sample;
        }
        if let Some(sample) = self.of_emergencies(operation).await {
            return sample;
        }
        if let Some(sample) = self.of_platform(operation).await {
            return sample;
        }
        if let Some(sample) = self.of_places(operation).await {
            return sample;
        }
        if let Some(sample) = self.of_staff(operation).await {
            return sample;
        }
        if let Some(sample) = self.of_second_factors(operation).await {
            return sample;
        }
        self.of_people(operation).await.unwrap_or_else(|| {
            panic!(
                "{operation} is a new route: give it a sample here, then look at the table that it makes"
            )
        })
    }

    async fn of_visits(&self, operation: &str) -> Option<Sample> {
        let Self {
            city,
            doctor,
            patient,
            appointment,
            ..
        } = self;
        let period = "from=2026-12-01T00:00:00Z&to=2026-12-02T00:00:00Z";
        let of = |visit: Uuid, rest: &str| format!("/v1/appointments/{visit}/{rest}");
        Some(match operation {
            "acceptOffer" | "declineOffer" => {
                let (entry, appointment) = self.offered().await;
                let answer = operation.trim_end_matches("Offer");
                (
                    format!("/v1/waitlist/{entry}/{answer}"),
                    Some(json!({"appointment": appointment})),
                )
            }
            "bookAppointment" => (
                "/v1/appointments".to_owned(),
                Some(city.booking(*patient, *doctor, city.at(self.slot()))),
            ),
            "bookSeries" => ("/v1/series".to_owned(), Some(self.series())),
            "cancelAppointment" => (of(self.appointment().await, "cancel"), Some(json!({}))),
            "cancelSeries" => {
                let booked = self.receive("/v1/series", &self.series()).await;
                let series = booked.body["id"].as_str().unwrap().to_owned();
                (format!("/v1/series/{series}/cancel"), Some(json!({})))
            }
            "checkIn" => (of(self.appointment().await, "check-in"), None),
            "completeVisit" => (of(self.arrived(&["start"]).await, "complete"), None),
            "findSlots" => (format!("/v1/doctors/{doctor}/slots?{period}"), None),
            "giveFeedback" => {
                let visit = self.arrived(&["start", "complete"]).await;
                (of(visit, "feedback"), Some(json!({"rating": 5})))
            }
            "joinWaitlist" => (
                "/v1/waitlist".to_owned(),
                Some(self.wish(self.fresh_date())),
            ),
            "leaveWaitlist" => (format!("/v1/waitlist/{}", self.waiting().await.0), None),
            "listAppointments" => (format!("/v1/patients/{patient}/appointments"), None),
            "listWaitlist" => (format!("/v1/patients/{patient}/waitlist"), None),
            "readAppointment" => (format!("/v1/appointments/{appointment}"), None),
            "readBoard" => (
                format!("/v1/hospitals/{}/board?date={}", city.hospital, city.date),
                None,
            ),
            "readBoardVersion" => (
                format!(
                    "/v1/hospitals/{}/board/version?date={}",
                    city.hospital, city.date
                ),
                None,
            ),
            "readDayVersion" => (
                format!("/v1/doctors/{doctor}/day/version?date={}", city.date),
                None,
            ),
            "readDay" => (format!("/v1/doctors/{doctor}/day?date={}", city.date), None),
            "readFigures" => (
                format!(
                    "/v1/hospitals/{}/figures?from={1}&to={1}",
                    city.hospital, city.date
                ),
                None,
            ),
            "readFeedback" => (of(self.rated().await, "feedback"), None),
            "readPlace" => (of(*appointment, "queue"), None),
            "readQueue" => (
                format!("/v1/doctors/{doctor}/queue?date={}", city.date),
                None,
            ),
            "readRatings" => (format!("/v1/doctors/{doctor}/ratings"), None),
            "recordNoShow" => (of(self.missed().await, "no-show"), None),
            "rescheduleAppointment" => {
                let to = json!({"starts_at": city.at(self.slot())});
                (of(self.appointment().await, "reschedule"), Some(to))
            }
            "searchSlots" => (format!("/v1/slots?{period}"), None),
            "startVisit" => (of(self.arrived(&[]).await, "start"), None),
            "walkIn" => ("/v1/walk-ins".to_owned(), Some(self.walk_in())),
            _ => return None,
        })
    }

    async fn of_places(&self, operation: &str) -> Option<Sample> {
        let Self {
            city,
            doctor,
            visit_type,
            ..
        } = self;
        let name = format!("N {}", Uuid::now_v7());
        let here = |rest: &str| format!("/v1/hospitals/{}/{rest}", city.hospital);
        let own = |rest: &str| format!("/v1/doctors/{doctor}/{rest}");
        let asset = json!({"class": "room", "name": name});
        let leave = |date| json!({"from": date, "until": date});
        Some(match operation {
            "addAsset" => (here("assets"), Some(asset)),
            "addDepartment" => (
                here("departments"),
                Some(json!({"name": name, "specialty": "x"})),
            ),
            "givePermission" | "giveRole" | "giveNetworkRole" => {
                let person = self.account(false).await;
                (self.given(operation, person), Some(json!({})))
            }
            "takePermission" | "takeRole" | "takeNetworkRole" => {
                let person = self.account(false).await;
                self.appoint(person).await;
                let given = self.given(&operation.replace("take", "give"), person);
                (given + "?reason=test", None)
            }
            "listStaff" => (here("staff"), None),
            "listNetworkStaff" => ("/v1/staff".to_owned(), None),
            "changeVisitType" => (
                format!("/v1/visit-types/{visit_type}"),
                Some(Self::visit_type()),
            ),
            "closeWindow" => {
                let opening = self.opening();
                let window = self.made(&own("windows"), &opening).await;
                let date = opening["date"].as_str().unwrap();
                (own(&format!("windows/{window}?date={date}")), None)
            }
            "declareHoliday" => (
                here("holidays"),
                Some(json!({"date": self.fresh_date(), "name": name})),
            ),
            "defineVisitType" => (here("visit-types"), Some(Self::visit_type())),
            "grantLeave" => (own("leaves"), Some(leave(self.fresh_date()))),
            "listHospitals" => ("/v1/hospitals".to_owned(), None),
            "listVisitTypes" => (here("visit-types"), None),
            "openHospital" => (
                "/v1/hospitals".to_owned(),
                Some(json!({"name": name, "time_zone": "Asia/Kolkata"})),
            ),
            "openWindow" => (own("windows"), Some(self.opening())),
            "readHospital" => (format!("/v1/hospitals/{}", city.hospital), None),
            "readSchedule" => (own("schedule"), None),
            "readVisitType" => (format!("/v1/visit-types/{visit_type}"), None),
            "resetDate" => {
                let date = own(&format!("schedule/dates/{}", self.fresh_date()));
                self.administrate("PUT", &date, &json!({"hours": []})).await;
                (date, None)
            }
            "retireAsset" => {
                let asset = self.made(&here("assets"), &asset).await;
                (here(&format!("assets/{asset}")), None)
            }
            "retireVisitType" => {
                let retired = self.made(&here("visit-types"), &Self::visit_type()).await;
                (format!("/v1/visit-types/{retired}"), None)
            }
            "setBookingPolicy" => (here("booking-policy"), Some(Self::rules())),
            "setDate" => (
                own(&format!("schedule/dates/{}", self.fresh_date())),
                Some(json!({"hours": []})),
            ),
            "setWeek" => (self.week(self.fresh_date()), Some(Self::hours())),
            "withdrawHoliday" => {
                let date = self.fresh_date();
                let holiday = json!({"date": date, "name": name});
                self.made(&here("holidays"), &holiday).await;
                (here(&format!("holidays/{date}")), None)
            }
            "withdrawLeave" => {
                let leave = self.made(&own("leaves"), &leave(self.fresh_date())).await;
                (own(&format!("leaves/{leave}")), None)
            }
            _ => return None,
        })
    }

    async fn of_people(&self, operation: &str) -> Option<Sample> {
        let Self {
            city,
            doctor,
            patient,
            ..
        } = self;
        Some(match operation {
            "closeCalendarFeed" => (
                format!("/v1/me/calendar-feeds/{}", self.feed().await.0),
                None,
            ),
            "listCalendarFeeds" | "openCalendarFeed" => ("/v1/me/calendar-feeds".to_owned(), None),
            "readCalendarFeed" => (self.feed().await.1, None),
            "chooseReminders" => (
                format!("/v1/patients/{patient}/reminders"),
                Some(json!({"leads": [60]})),
            ),
            "followMyChanges" => ("/v1/me/changes".to_owned(), None),
            "listAccesses" => (format!("/v1/patients/{patient}/accesses"), None),
            "searchAccesses" => (format!("/v1/accesses?subject={patient}"), None),
            "readPolicies" => ("/v1/policies".to_owned(), None),
            "testPolicies" => (
                "/v1/policies/test".to_owned(),
                Some(json!({
                    "person": self.account(false).await, "action": "read-patient",
                    "resource": {"kind": "patient", "subject": patient},
                })),
            ),
            "listDoctors" => ("/v1/doctors".to_owned(), None),
            "listNotices" => (format!("/v1/patients/{patient}/notices"), None),
            "listMyNotices" => ("/v1/me/notices".to_owned(), None),
            "listProblems" => ("/problems".to_owned(), None),
            "listSessions" => ("/v1/me/sessions".to_owned(), None),
            "listSigningKeys" => ("/.well-known/jwks.json".to_owned(), None),
            // Nobody has a password or a code that they could show, whoever they are.
            "changePassword" => (
                "/v1/me/password".to_owned(),
                Some(json!({"current": "not the one", "new": "seven lazy green foxes"})),
            ),
            "completeRecovery" => (
                format!("/v1/recoveries/{}/completion", Uuid::now_v7()),
                Some(json!({"code": "K7QM2-X9R4T", "password": "seven lazy green foxes"})),
            ),
            "completeRegistration" => (
                format!("/v1/registrations/{}/completion", Uuid::now_v7()),
                Some(Newcomer::details("K7QM2-X9R4T", "seven lazy green foxes")),
            ),
            "disableAccount" => (
                format!("/v1/accounts/{}/disable", self.account(false).await),
                Some(json!({"reason": "left-the-hospital"})),
            ),
            "enableAccount" => (
                format!("/v1/accounts/{}/enable", self.account(true).await),
                None,
            ),
            "endSession" => (format!("/v1/me/sessions/{}", Uuid::now_v7()), None),
            "refreshSession" => (
                "/v1/sessions/refresh".to_owned(),
                Some(json!({"refresh_token": "medilink_refresh_00"})),
            ),
            "requestRecovery" => (
                "/v1/recoveries".to_owned(),
                Some(json!({"email": self.address()})),
            ),
            "requestRegistration" => (
                "/v1/registrations".to_owned(),
                Some(json!({"email": self.address(), "language": "en"})),
            ),
            "startSession" => (
                "/v1/sessions".to_owned(),
                Some(json!({"email": self.address(), "password": "seven lazy green foxes"})),
            ),
            "requestErasure" => {
                self.forget_nothing().await;
                let path = format!("/v1/patients/{patient}/erasures");
                (path, Some(json!({"reason": "leaves-the-hospital"})))
            }
            "listPatientErasures" => (format!("/v1/patients/{patient}/erasures"), None),
            "listErasures" => ("/v1/erasures".to_owned(), None),
            "readErasure" => (self.erasure(false).await, None),
            "withdrawErasure" => (format!("{}/withdraw", self.erasure(false).await), None),
            "holdErasure" => (
                format!("{}/hold", self.erasure(false).await),
                Some(json!({"basis": "litigation"})),
            ),
            "releaseErasure" => (
                format!("{}/release", self.erasure(true).await),
                Some(json!({"reason": "case-closed"})),
            ),
            "readErasureCertificate" => {
                (format!("{}/certificate", self.erasure(false).await), None)
            }
            // Nobody has the code.
            "collectErasureCertificate" => (
                format!("/v1/erasures/{}/certificate", Uuid::now_v7()),
                Some(json!({"code": "00"})),
            ),
            "placeLegalHold" => {
                self.forget_nothing().await;
                let path = format!("/v1/patients/{patient}/legal-hold");
                (path, Some(json!({"basis": "litigation"})))
            }
            "liftLegalHold" => {
                self.erasure(true).await;
                let path = format!("/v1/patients/{patient}/legal-hold/release");
                (path, Some(json!({"reason": "case-closed"})))
            }
            "readDoctor" => (format!("/v1/doctors/{doctor}"), None),
            "readMe" => ("/v1/me".to_owned(), None),
            "readPatient" => (format!("/v1/patients/{patient}"), None),
            "registerDoctor" => {
                let number = Uuid::now_v7().simple().to_string();
                let body = json!({
                    "hospital": city.hospital, "department": city.department, "name": "D",
                    "registration_number": number, "languages": ["en"],
                });
                ("/v1/doctors".to_owned(), Some(body))
            }
            "registerPatient" => (
                "/v1/patients".to_owned(),
                Some(json!({"name": "P", "phone": "+919876543210", "language": "en"})),
            ),
            _ => return None,
        })
    }

    /// Nobody has a challenge that they could answer, whoever they are, nor an account.
    /// What somebody may be given.
    fn given(&self, operation: &str, person: Uuid) -> String {
        let here = format!("/v1/hospitals/{}/staff/{person}", self.city.hospital);
        match operation {
            "giveRole" => format!("{here}/roles/receptionist"),
            "givePermission" => format!("{here}/permissions/read-figures"),
            _ => format!("/v1/staff/{person}/roles/compliance-officer"),
        }
    }

    /// The id of what an administrator made.
    async fn made(&self, path: &str, body: &Value) -> Uuid {
        let made = self.administrate("POST", path, body).await;
        made.body["id"].as_str().unwrap().parse().unwrap()
    }
}
