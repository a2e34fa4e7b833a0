//! The web application in a real browser, on the whole platform.
//!
//! A test sets the stage (a hospital and those who work there, over HTTP) and has one of the
//! flows beside it played in Chromium (`*.js`), which is told who is there.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops where it is wrong"
)]
#![allow(missing_docs, reason = "a test's name says what it is for")]

mod stage;

use stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_registers_and_looks_after_their_visits() {
    Stage::open().await.play("patient").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_factor_lets_its_person_in() {
    Stage::open().await.play("sign_in").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_for_everybody() {
    Stage::open().await.play("accessibility").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_says_what_is_wrong_and_recovers() {
    Stage::open().await.play("outage").await;
}
