//! A call that takes no place can be billed all the same, and a crash does not let it be sent twice.

use crate::support::{Client, Home, until};
use ideogate::simulator::{Act, Script, SimulatorOptions};
use serde_json::json;
use std::fs;

const GENERATE: &str = "/v1/ideogram-v3/generate";
const PROMPT: &str = "/v1/ideogram-v4/magic-prompt";

#[tokio::test]
async fn a_crashed_call_without_places_is_not_sent_again() {
    let home = Home::with("", SimulatorOptions { pace: 0.0, ..SimulatorOptions::default() }).await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    home.ideogram.script(Script::new(Act::Hang).on(PROMPT));
    let body = json!({"text_prompt": "a lighthouse"});
    let call = tokio::spawn(client.request("POST", PROMPT).json(&body).send());
    home.ideogram.seen_when(|seen| seen.calls.iter().any(|call| call.body_length > 0)).await;
    gateway.kill().await;
    call.await.unwrap().unwrap_err();
    let gateway = home.start().await;
    let client = Client::new(gateway.ready.proxy.clone(), &client.token);
    let before = home.ideogram.seen().calls.len();
    assert_eq!(client.post(PROMPT, &body).await.problem(), "502 outcome_unknown");
    assert_eq!(home.ideogram.seen().calls.len(), before);
    gateway.stop().await;
}

#[tokio::test]
async fn answers_that_are_lost_with_their_files_are_warned_of_in_one_line() {
    let home = Home::with("", SimulatorOptions { pace: 0.0, ..SimulatorOptions::default() }).await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    home.hold_all();
    let body = |number: usize| json!({"prompt": format!("picture {number}")});
    let call = |number| tokio::spawn(client.request("POST", GENERATE).json(&body(number)).send());
    let calls: Vec<_> = (0..3).map(call).collect();
    home.ideogram.seen_when(|seen| seen.calls.len() == 3).await;
    for call in calls {
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
    }
    home.ideogram.release();
    let kept = || fs::read_dir(home.data().join("answers")).map_or(0, Iterator::count);
    until("all answers are kept", async || (kept() == 3).then_some(())).await;
    let ended = async || {
        let calls = home.calls().await;
        let is_over = |entry: &&serde_json::Value| entry["metadata"]["outcome"] == "success";
        (calls.iter().filter(is_over).count() == 3).then_some(())
    };
    until("all are on record", ended).await;
    gateway.kill().await;
    for file in fs::read_dir(home.data().join("answers")).unwrap() {
        fs::remove_file(file.unwrap().path()).unwrap();
    }
    let gateway = home.start().await;
    let log = gateway.log();
    let warned: Vec<_> =
        log.lines().filter(|line| line.contains("cannot be given again; identical")).collect();
    assert_eq!(warned.len(), 1, "{log}");
    assert!(warned[0].contains("WARN") && warned[0].contains("lost=3"), "{warned:?}");
    assert_eq!(log.matches("an undelivered answer cannot be given again").count(), 3, "{log}");
    let client = Client::new(gateway.ready.proxy.clone(), &client.token);
    for number in 0..3 {
        assert_eq!(client.post(GENERATE, &body(number)).await.problem(), "502 outcome_unknown");
    }
    assert_eq!(home.ideogram.seen().calls.len(), 3, "nothing is sent twice");
    gateway.stop().await;
}
