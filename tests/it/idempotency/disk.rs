//! What is kept on disk: durable, sealed, and found out when it was changed.

use super::{CANARY, KEY, assert_replayed, entries, holds, post, sealed};
use crate::support::TestApp;
use ideogate::simulator::{Act, Script};

#[tokio::test]
async fn a_key_is_answered_again_after_a_restart_and_after_a_crash() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let first = post(&client, KEY).await;
    let app = app.restart().await;
    let client = client.at(app.url());
    assert_replayed(&post(&client, KEY).await, &first);
    let app = app.crash().await;
    let client = client.at(app.url());
    assert_replayed(&post(&client, KEY).await, &first);
    assert_eq!(app.arrived(), 1);
    assert_eq!(entries(&app, "ideogram.api.replayed").len(), 2);
}

#[tokio::test]
async fn an_answer_of_any_size_comes_back_whole() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Huge { bytes: 5 << 20 }));
    let first = post(&client, KEY).await;
    assert_eq!((first.status, first.body.len()), (200, 5 << 20));
    assert_replayed(&post(&client, KEY).await, &first);
    let app = app.restart().await;
    assert_replayed(&post(&client.at(app.url()), KEY).await, &first);
    assert_eq!(app.arrived(), 1);
}

#[tokio::test]
async fn nothing_on_disk_shows_a_prompt_a_link_or_a_key() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let first = post(&client, KEY).await;
    assert!(first.body.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()));
    let link = first.json()["data"][0]["url"].as_str().unwrap().to_owned();
    let path = link.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned();
    let files = sealed(&app);
    assert_eq!(files.len(), 1);
    let call = entries(&app, "ideogram.api.call")[0].metadata.call_id.clone().unwrap();
    assert!(files[0].ends_with(format!("{call}.sealed")));
    let app = app.restart().await;
    for secret in [CANARY, &link, &path, KEY] {
        assert!(!holds(&app.data(), secret), "{secret}");
    }
    assert!(holds(&app.data(), call.as_str()), "the search itself finds what is there");
    assert_replayed(&post(&client.at(app.url()), KEY).await, &first);
}

#[tokio::test]
async fn a_changed_answer_is_never_given_and_never_paid_for_again() {
    for place in [0, 12, 20, 60] {
        let app = TestApp::spawn().await;
        let client = app.client().await;
        assert_eq!(post(&client, KEY).await.status, 200);
        let file = sealed(&app).remove(0);
        let mut bytes = std::fs::read(&file).unwrap();
        bytes[place] ^= 1;
        std::fs::write(&file, bytes).unwrap();
        for _ in 0..2 {
            assert_eq!(post(&client, KEY).await.problem(), "502 outcome_unknown", "{place}");
        }
        let app = app.restart().await;
        let again = post(&client.at(app.url()), KEY).await;
        assert_eq!(again.problem(), "502 outcome_unknown");
        assert_eq!(app.arrived(), 1);
    }
}

#[tokio::test]
async fn an_answer_that_is_gone_is_not_paid_for_again() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    assert_eq!(post(&client, KEY).await.status, 200);
    std::fs::remove_file(&sealed(&app)[0]).unwrap();
    assert_eq!(post(&client, KEY).await.problem(), "502 outcome_unknown");
    let app = app.restart().await;
    assert_eq!(post(&client.at(app.url()), KEY).await.problem(), "502 outcome_unknown");
    assert_eq!(app.arrived(), 1);
}
