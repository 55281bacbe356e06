//! `ideogate review`, with the binary: for people, for scripts, for CI.

use crate::support::{Client, Home};
use ideogate::simulator::SimulatorOptions;
use serde_json::json;

async fn home() -> Home {
    let toml = "[environments.app]\ndaily_budget = \"50.00\"\n[review]\nproduction = [\"app\"]\n";
    Home::with(toml, SimulatorOptions { pace: 0.0, ..SimulatorOptions::default() }).await
}

#[tokio::test]
async fn the_exit_code_says_whether_something_was_found_that_is_grave_enough() {
    let home = home().await;
    let gateway = home.start().await;
    let told = home.run(&["review", "--environment", "sandbox"]).await.good();
    assert!(
        told.out.contains("0 tokens reviewed") && told.out.contains("nothing found"),
        "{told:?}"
    );
    let (id, token) = home.token().await;
    let client = Client::new(gateway.ready.proxy.clone(), &token);
    let body = json!({"prompt": "a heron"});
    assert_eq!(client.post(super::GENERATE, &body).await.status, 200);
    let told = home.run(&["review", "--token", &id]).await;
    assert_eq!(told.code, 2, "{told:?}");
    let lines: Vec<_> = told.out.lines().map(str::trim).collect();
    assert_eq!(lines[0], "HIGH (1)");
    assert_eq!(lines[1], format!("wildcard in production: {id} (test) in app"));
    assert!(lines[4].starts_with(&format!("$ ideogate token reduce {id} --scope write:generate")));
    assert!(lines.contains(&"LOW (1)"), "{told:?}");
    assert!(lines.last().unwrap().ends_with(": 1 high, 1 low"), "{told:?}");
    assert_eq!(home.run(&["review", "--token", &id, "--fail-on", "high"]).await.code, 2);
    home.run(&["token", "reduce", &id, "--scope", "write:generate", "--scope", "read:models"])
        .await
        .good();
    let told = home.run(&["review", "--token", &id]).await;
    assert_eq!(
        (told.code, told.out.contains("LOW (1)") || told.out.contains("INFO (1)")),
        (0, true),
        "{told:?}"
    );
    assert_eq!(home.run(&["review", "--token", &id, "--fail-on", "low"]).await.code, 0, "{told:?}");
}

#[tokio::test]
async fn scripts_get_findings_with_evidence_and_commands() {
    let home = home().await;
    let gateway = home.start().await;
    let (id, token) = home.token().await;
    let client = Client::new(gateway.ready.proxy.clone(), &token);
    client.post(super::GENERATE, &json!({"prompt": "a heron"})).await;
    let told = home.run(&["review", "--output", "json"]).await;
    assert_eq!(told.code, 2);
    let review = told.json();
    let mut fields: Vec<_> = review.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["counts", "findings", "record_begins", "reviewed_at", "since", "tokens"]);
    let finding = &review["findings"][0];
    let mut fields: Vec<_> = finding.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["command", "evidence", "kind", "remedy", "severity", "subject"]);
    assert_eq!((&finding["subject"]["id"], &finding["evidence"]["calls"]), (&json!(id), &json!(1)));
    assert!(finding["evidence"]["last_used_at"].is_string());
    assert!(finding["evidence"]["watched_since"].is_string());
    assert!(!told.out.contains(&token) && !told.out.contains(crate::support::KEY));
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let home = home().await;
    let told = home.run(&["review"]).await;
    assert_eq!(told.code, 69, "{told:?}");
    let _gateway = home.start().await;
    for wrong in [
        &["review", "--fail-on", "info"][..],
        &["review", "--environment", "nowhere"],
        &["review", "--since", "soon"],
        &["review", "--token", "idg_app_secret"],
    ] {
        let told = home.run(wrong).await;
        assert_eq!((told.code, told.out.as_str()), (64, ""), "{wrong:?}: {told:?}");
        assert!(!told.err.contains("idg_app_secret"), "{told:?}");
    }
    assert_eq!(home.run(&["review", "--token", "tok_none"]).await.code, 1);
}
