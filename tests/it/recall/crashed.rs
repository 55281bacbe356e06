//! A call that takes no place can be billed all the same, and a crash does not let it be sent twice.

use crate::support::{Client, Home};
use ideogate::simulator::{Act, Script, SimulatorOptions};
use serde_json::json;

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
