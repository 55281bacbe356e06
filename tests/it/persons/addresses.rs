//! Of network addresses no more is on record than is set.

use crate::support::{Client, TestApp, TestSettings};
use ideogate::{audit::Entry, domain::RecordBody, store::RecordQuery};
use serde_json::json;

const GENERATE: &str = "/v1/ideogram-v3/generate";
const V4: &str = "203.0.113.77";
const V6: &str = "2001:db8:1:2:3:4:5:6";

async fn app(detail: &str) -> TestApp {
    let toml = format!(
        "[audit]\nclient_addr = \"{detail}\"\n[door]\ntrusted_proxies = [\"127.0.0.1/32\"]\n"
    );
    TestApp::with(TestSettings { toml, ..TestSettings::default() }).await
}

/// A call and a refusal from each of these addresses, and something that an operator does.
async fn happen(app: &TestApp, addresses: &[&str]) {
    let client = app.client().await;
    let stranger = Client::new(app.url(), "idg_app_nothing");
    for address in addresses {
        let from = |client: &Client| {
            let request = client.request("POST", GENERATE).header("X-Forwarded-For", *address);
            request.json(&json!({"prompt": format!("a heron seen from {}", address.len())}))
        };
        assert_eq!(client.send(from(&client)).await.status, 200);
        assert_eq!(stranger.send(from(&stranger)).await.problem(), "401 token_invalid");
    }
    let operator = app.made_operator("otto", "operator").await;
    operator.post("/api/v1/pause", Some(&json!({"environment": "app"}))).await;
    operator.with("ido_nothing").get("/api/v1/usage").await;
    app.entries().await;
}

/// All that is on record, as text.
fn recorded(app: &TestApp) -> String {
    let records = app.running.reader().records(&RecordQuery::default()).unwrap();
    let text = records.iter().map(|record| String::from_utf8_lossy(&record.bytes).into_owned());
    text.collect::<Vec<_>>().join("\n")
}

fn addresses(entries: &[Entry]) -> Vec<(String, Option<&str>)> {
    let told = |entry: &Entry| entry.user_id.to_string();
    entries.iter().map(|entry| (told(entry), entry.metadata.client_addr.as_deref())).collect()
}

#[tokio::test]
async fn with_network_no_record_holds_a_whole_address() {
    let app = app("network").await;
    happen(&app, &[V4, V6]).await;
    let text = recorded(&app);
    for whole in [V4, V6, "2001:db8:1:2", "127.0.0.1"] {
        assert!(!text.contains(whole), "{whole}: {text}");
    }
    let entries = app.entries().await;
    let found = addresses(&entries);
    assert_eq!(found[0].1, Some("203.0.113.0/24"));
    assert_eq!(found[1], ("address:203.0.113.0/24".to_owned(), Some("203.0.113.0/24")));
    assert_eq!(found[3], ("address:2001:db8:1::/48".to_owned(), Some("2001:db8:1::/48")));
    assert!(text.contains("127.0.0.0/24"), "of operators too: {text}");
}

#[tokio::test]
async fn with_none_no_record_holds_anything_of_an_address_and_floods_are_still_told_apart() {
    let app = app("none").await;
    happen(&app, &[V4]).await;
    let found =
        addresses(&app.entries().await).iter().map(|one| one.1.is_none()).collect::<Vec<_>>();
    assert!(found.iter().all(|is_none| *is_none), "{found:?}");
    let text = recorded(&app);
    assert!(!text.contains("203.0.113") && !text.contains("127.0.0"), "{text}");
    let stranger = Client::new(app.url(), "idg_app_nothing");
    for address in ["198.51.100.1", "198.51.100.2"] {
        for _ in 0..12 {
            let request = stranger.request("POST", GENERATE).header("X-Forwarded-For", address);
            assert_eq!(stranger.send(request).await.status, 401);
        }
    }
    app.entries().await;
    let records = app.running.reader().records(&RecordQuery::default()).unwrap();
    let refused = |body: &RecordBody| matches!(body, RecordBody::Refusal(refusal) if refusal.code.as_str() == "token_invalid");
    let written = records.iter().filter(|sealed| refused(&sealed.record.body)).count();
    assert_eq!(written, 1 + 10 + 10, "ten of each, and the one from before");
}

#[tokio::test]
async fn addresses_are_kept_whole_unless_it_is_set_otherwise() {
    let app = app("full").await;
    happen(&app, &[V4, V6]).await;
    let entries = app.entries().await;
    let found = addresses(&entries);
    assert_eq!((found[0].1, found[2].1), (Some(V4), Some(V6)));
    assert_eq!(found[3].0, format!("address:{V6}"));
}
