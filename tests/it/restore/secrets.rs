//! Secrets that were replaced or forgotten.

use super::{Known, back_up, lose, restored, tried};
use crate::support::Home;
use serde_json::json;

/// Rotates a token after a backup in these ways, and returns what its first secret is answered before the loss,
/// and after a restore with all that is known, with nothing, and with trust.
async fn old_secret_after(rotations: &[&[&str]]) -> [u16; 4] {
    let home = Home::new().await;
    let gateway = home.start().await;
    let (id, old) = home.token().await;
    let backup = back_up(&home, true).await;
    let mut newest = None;
    for more in rotations {
        let asked = [&["token", "rotate", &id], *more].concat();
        let told = home.json(&asked).await;
        newest = told["token"].as_str().map(ToOwned::to_owned).or(newest);
    }
    let mut answers = [tried(&gateway, &old).await, 0, 0, 0];
    let left = lose(&home, gateway, backup).await;
    for (place, known) in [Known::All, Known::Nothing, Known::Trusted].into_iter().enumerate() {
        let (gateway, told) = restored(&home, &left, known).await;
        answers[place + 1] = tried(&gateway, &old).await;
        if let Some(newest) = &newest {
            assert_eq!(tried(&gateway, newest).await, 401, "nobody has its digest: {told}");
        }
        if known == Known::All {
            let told = told["not_applied"].as_array().unwrap();
            let rotate = json!(format!("ideogate token rotate {id}"));
            assert!(told.iter().any(|one| one["command"] == rotate), "{told:?}");
        }
        gateway.stop().await;
    }
    answers
}

#[tokio::test]
async fn a_secret_in_its_grace_goes_on_to_its_end() {
    assert_eq!(old_secret_after(&[&["--grace", "1h"]]).await, [200, 200, 401, 200]);
}

#[tokio::test]
async fn a_secret_that_ended_stays_ended() {
    assert_eq!(old_secret_after(&[&["--grace", "0s"]]).await, [401, 401, 401, 200]);
}

#[tokio::test]
async fn a_secret_that_was_finished_or_dropped_stays_so() {
    let finished: [&[&str]; 2] = [&["--grace", "1h"], &["--finish"]];
    assert_eq!(old_secret_after(&finished).await, [401, 401, 401, 200]);
    let dropped: [&[&str]; 2] = [&["--grace", "1h"], &["--drop-old"]];
    assert_eq!(old_secret_after(&dropped).await, [401, 401, 401, 200]);
}

#[tokio::test]
async fn a_secret_stays_that_stayed_when_the_newer_one_was_dropped() {
    let dropped: [&[&str]; 2] = [&["--grace", "1h"], &["--drop-new"]];
    assert_eq!(old_secret_after(&dropped).await, [200, 200, 401, 200]);
}
