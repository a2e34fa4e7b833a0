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
async fn every_page_of_patients_is_for_everybody() {
    Stage::open().await.play("accessibility").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_care_is_for_everybody() {
    let stage = Stage::open().await;
    stage.receiving_now().await.play("accessibility_care").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_hospitals_is_for_everybody() {
    Stage::open().await.play("accessibility_hospital").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_the_network_is_for_everybody() {
    Stage::open().await.play("accessibility_network").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_says_what_is_wrong_and_recovers() {
    Stage::open().await.play("outage").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_lets_a_doctor_see_their_record_and_takes_it_back() {
    Stage::open().await.play("consent").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_opened_in_an_emergency_is_reviewed() {
    Stage::open().await.play("emergency").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_freed_slot_finds_who_waits_and_its_visit_runs_to_its_end() {
    let stage = Stage::open().await;
    stage.receiving_now().await.play("waitlist").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_runs_a_hospital_and_what_people_type_stays_text() {
    Stage::open().await.play("hospital").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_invited_takes_it_up() {
    Stage::open().await.play("invitation").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_to_be_erased_reads_what_the_law_keeps() {
    Stage::open().await.play("erase").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_erased_has_the_proof_of_it() {
    Stage::lawless().await.play("erased").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_tells_nobody_and_staff_read_their_language() {
    Stage::open().await.play("lasting").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_release_is_taken_when_its_person_says_so() {
    Stage::open().await.play("update").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_a_screen_open_is_asked_and_signed_out() {
    Stage::impatient().await.play("session_end").await;
}
