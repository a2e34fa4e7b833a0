//! How many messages are sent, and where to.

use futures::future::join_all;
use medilink_tests::{History, SmsServer};

use super::{NUMBER, OTHER, give, proven, texting, told};

const TOO_OFTEN: (u16, &str) = (429, "tried-too-often");

#[tokio::test]
async fn an_account_and_a_number_get_so_many_an_hour_however_they_are_asked_for() {
    let server = SmsServer::start().await;
    let bounds = "[sign_in.sms]\ncooldown_seconds = 0\nhourly = 3\ndaily = 100";
    let platform = texting(&server, bounds).await;
    let (_, asha) = proven(&platform).await;
    let answers = join_all((0..50).map(|_| give(&asha, NUMBER))).await;
    let sent = answers.iter().filter(|answer| answer.status == 202).count();
    // Side by side they may also get into each other's way; never past the bound.
    assert!((1..=3).contains(&sent), "{sent}");
    for answer in answers.iter().filter(|answer| answer.status == 429) {
        assert_eq!(told(answer), TOO_OFTEN);
        let wait: u64 = answer.header("retry-after").parse().unwrap();
        assert!((1..=3_600).contains(&wait), "{wait}");
    }
    assert_eq!(told(&give(&asha, OTHER).await), TOO_OFTEN);
    // Nor does another account reach the same number more often.
    let (_, bina) = proven(&platform).await;
    assert_eq!(told(&give(&bina, NUMBER).await), TOO_OFTEN);
    let history = History::read(&platform).await;
    assert_eq!(history.of("verification.sms-requested").count(), sent);
}

#[tokio::test]
async fn a_network_gets_so_many_whoever_asks() {
    let server = SmsServer::start().await;
    let bounds = "[sign_in.sms]\ncooldown_seconds = 0\nnetwork_hourly = 2";
    let platform = texting(&server, bounds).await;
    for expected in [(202, ""), (202, ""), TOO_OFTEN] {
        let (_, caller) = proven(&platform).await;
        let number = format!("+9198{:08}", rand_number());
        let answer = give(&caller, &number).await;
        assert_eq!(told(&answer), expected, "{}", answer.text);
    }
}

#[tokio::test]
async fn the_next_message_waits_and_other_countries_get_none() {
    let server = SmsServer::start().await;
    let bounds = "[sign_in.sms]\ncountries = ['+91', '+1212']";
    let platform = texting(&server, bounds).await;
    let (_, caller) = proven(&platform).await;
    for foreign in ["+12025550123", "+37127654321", "+8819876543"] {
        let answer = give(&caller, foreign).await;
        assert_eq!(told(&answer), (422, "country-not-served"), "{foreign}");
        assert_eq!(answer.body["field"], "/phone", "{}", answer.text);
    }
    let first = give(&caller, "+12125550123").await;
    assert_eq!(first.status, 202, "{}", first.text);
    let second = give(&caller, NUMBER).await;
    assert_eq!(told(&second), TOO_OFTEN);
    let wait: u64 = second.header("retry-after").parse().unwrap();
    assert!((1..=30).contains(&wait), "{wait}");
}

fn rand_number() -> u32 {
    uuid::Uuid::new_v4().as_u128() as u32 % 100_000_000
}
