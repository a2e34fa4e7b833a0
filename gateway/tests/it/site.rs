//! A whole gateway on a socket, over databases of a test's own.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use medilink_blobs::Blobs;
use medilink_commands::access_token::{AccessTokens, Issue, new_secret};
use medilink_commands::sign_in::{SignInConfig, SignInDesk, TokenKeys};
use medilink_commands::{Actor, CommandContext, Executor};
use medilink_database::Database;
use medilink_domain::TenantId;
use medilink_domain::values::Role;
use medilink_gateway::{
    Gateway, GatewayConfig, GatewayError, JobReport, JobStanding, Limits, Of, Parked, Parts, Told,
};
use medilink_projections::{Checkpoints, Projector, Reads};
use medilink_telemetry::Meters;
use medilink_test_support::TestStore;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub struct Site {
    pub url: String,
    pub tenant: TenantId,
    pub executor: Executor,
    pub app: Database,
    http: reqwest::Client,
    cancel: CancellationToken,
    gateway: JoinHandle<Result<(), GatewayError>>,
    projector: JoinHandle<()>,
    pub store: TestStore,
}

impl Site {
    pub async fn open() -> Self {
        let store = TestStore::create().await;
        medilink_projections::migrate(&store.owner()).await.unwrap();
        let (app, executor) = (store.app.clone(), store.executor());
        let cancel = CancellationToken::new();
        let projector = Projector::new(
            store.databases.pool("medilink_projector"),
            store.codec.clone(),
            None,
        )
        .polling_every(Duration::from_millis(20));
        let stop = cancel.clone();
        let projector = tokio::spawn(async move { projector.run(stop).await });
        let config = GatewayConfig {
            listen: "127.0.0.1:0".parse().unwrap(),
            limits: Limits {
                drain_ms: 2_000,
                ..Limits::default()
            },
            ..GatewayConfig::default()
        };
        let tenant = TenantId(Uuid::now_v7());
        let desk = desk(&executor, store.folder(), tenant);
        let parts = Parts {
            executor: executor.clone(),
            reads: Reads::new(app.clone(), store.vault.clone()),
            checkpoints: Checkpoints::new(app.clone()),
            database: app.clone(),
            sign_in: Arc::new(AccessTokens::new(app.clone())),
            desk,
            blobs: Blobs::in_folder(&store.folder().join("blobs"), store.vault.clone()).unwrap(),
            meters: Meters::detached(),
            probes: Vec::new(),
            jobs: Arc::new(NoJobs),
        };
        let bound = Gateway::new(config, parts).bind().await.unwrap();
        let url = format!("http://{}", bound.address());
        let gateway = tokio::spawn(bound.run(cancel.clone()));
        let site = Self {
            url,
            tenant,
            executor,
            app,
            http: reqwest::Client::new(),
            cancel,
            gateway,
            projector,
            store,
        };
        site.until_ready().await;
        site
    }

    async fn until_ready(&self) {
        for _ in 0..200 {
            let report: Value = self
                .http
                .get(format!("{}/readyz", self.url))
                .send()
                .await
                .unwrap()
                .json()
                .await
                .unwrap();
            if report["parts"]["projections"]["up"] == true {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the read models were never built");
    }

    /// A token for a person in a role of this tenant.
    pub async fn token(&self, person: Uuid, role: Role) -> String {
        self.token_in(self.tenant, person, role).await
    }

    pub async fn token_in(&self, tenant: TenantId, person: Uuid, role: Role) -> String {
        let (secret, secret_hash) = new_secret();
        let issue = Issue {
            person,
            roles: vec![role],
            secret_hash,
            expires_at: Utc::now() + TimeDelta::hours(1),
        };
        self.executor
            .execute(&CommandContext::new(Actor::console(tenant)), &issue)
            .await
            .unwrap();
        secret
    }

    pub fn request(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.url))
            .bearer_auth(token)
    }

    pub async fn post(&self, path: &str, token: &str, body: Value) -> (u16, Value) {
        answer(self.request(Method::POST, path, token).json(&body)).await
    }

    pub async fn put(&self, path: &str, token: &str, body: Value) -> (u16, Value) {
        answer(self.request(Method::PUT, path, token).json(&body)).await
    }

    pub async fn delete(&self, path: &str, token: &str) -> (u16, Value) {
        answer(self.request(Method::DELETE, path, token)).await
    }

    /// Reads what was written up to the position of an answer.
    pub async fn get_after(&self, written: &Value, path: &str, token: &str) -> (u16, Value) {
        let position = written["position"].to_string();
        answer(
            self.request(Method::GET, path, token)
                .header("medilink-min-position", position),
        )
        .await
    }

    pub async fn get(&self, path: &str, token: &str) -> (u16, Value) {
        answer(self.request(Method::GET, path, token)).await
    }

    pub async fn count(&self, kind: &str) -> i64 {
        let client = self.app.client().await.unwrap();
        client
            .query_one("SELECT count(*) FROM log.events WHERE type = $1", &[&kind])
            .await
            .unwrap()
            .get(0)
    }

    pub async fn close(self) {
        self.cancel.cancel();
        self.gateway.await.unwrap().unwrap();
        self.projector.await.unwrap();
    }
}

pub async fn answer(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// A hospital with a doctor, a window ten days from now and a patient.
pub struct Ward {
    pub site: Site,
    pub administrator: String,
    pub reception: String,
    pub doctor: Value,
    pub patient: Value,
    pub patient_token: String,
    pub slots: Vec<Value>,
    pub date: String,
}

impl Ward {
    pub async fn open() -> Self {
        let site = Site::open().await;
        let administrator = site.token(Uuid::now_v7(), Role::Administrator).await;
        let reception = site.token(Uuid::now_v7(), Role::Receptionist).await;
        let platform = site
            .token(Uuid::now_v7(), Role::PlatformAdministrator)
            .await;
        let (status, hospital) = site
            .post(
                "/v1/hospitals",
                &platform,
                json!({"name": "City", "time_zone": "Asia/Kolkata"}),
            )
            .await;
        assert_eq!(status, 201, "{hospital}");
        let departments = format!(
            "/v1/hospitals/{}/departments",
            hospital["id"].as_str().unwrap()
        );
        let (status, department) = site
            .post(
                &departments,
                &administrator,
                json!({"name": "Heart", "specialty": "Cardiology"}),
            )
            .await;
        assert_eq!(status, 201, "{department}");
        let (status, doctor) = site
            .post("/v1/doctors", &administrator, json!({
                "hospital": hospital["id"], "department": department["id"], "name": "Dr Vikram Canary",
                "registration_number": "PMC-1", "languages": ["en", "pa"],
            }))
            .await;
        assert_eq!(status, 201, "{doctor}");
        let date = (Utc::now() + TimeDelta::days(10)).date_naive().to_string();
        let windows = format!("/v1/doctors/{}/windows", doctor["id"].as_str().unwrap());
        let window = json!({"date": date, "opens": "09:00", "closes": "11:00", "slot_minutes": 30});
        let (status, window) = site.post(&windows, &administrator, window).await;
        assert_eq!(status, 201, "{window}");
        let (status, patient) = site
            .post(
                "/v1/patients",
                &reception,
                json!({"name": "Asha Canary", "phone": "+91 98000 00001", "language": "hi"}),
            )
            .await;
        assert_eq!(status, 201, "{patient}");
        let patient_token = site.token(id(&patient), Role::Patient).await;
        let path = format!(
            "/v1/doctors/{}/slots?from={date}T00:00:00Z&to={date}T23:00:00Z",
            doctor["id"].as_str().unwrap()
        );
        let (status, slots) = site.get_after(&patient, &path, &patient_token).await;
        assert_eq!(status, 200, "{slots}");
        let slots = slots["items"].as_array().unwrap().clone();
        assert_eq!(slots.len(), 4);
        Self {
            site,
            administrator,
            reception,
            doctor,
            patient,
            patient_token,
            slots,
            date,
        }
    }

    pub fn booking(&self, slot: usize) -> Value {
        json!({
            "patient": self.patient["id"], "doctor": self.doctor["id"],
            "starts_at": self.slots[slot]["starts_at"], "reason": "chest pain canary",
        })
    }
}

pub fn id(of: &Value) -> Uuid {
    of["id"].as_str().unwrap().parse().unwrap()
}

/// Where people sign in, with hashes that cost little.
pub fn desk(executor: &Executor, folder: &Path, tenant: TenantId) -> SignInDesk {
    let config: SignInConfig =
        serde_json::from_value(json!({"hashing": {"memory_kib": 256, "iterations": 1}})).unwrap();
    let keys = folder.join("sign-in-keys");
    let keys = TokenKeys::load_or_create(&keys, config.issuer(), &config.audience).unwrap();
    SignInDesk::new(executor.clone(), keys, config, tenant).unwrap()
}

/// There are no workers here.
struct NoJobs;

impl JobReport for NoJobs {
    fn standings(&self) -> Told<'_, Vec<JobStanding>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn parked<'a>(&'a self, _: TenantId, _: Of<'a>, _: u16) -> Told<'a, Vec<Parked>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}
