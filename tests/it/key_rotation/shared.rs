//! Environments with one key from different places.

use super::{ASKED, Exchange, GENERATE, NEW, OLD, body};
use serde_json::json;

const OTHER: &str =
    "[environments.other]\naccount = \"ideogram\"\nscopes = [\"read:*\", \"write:*\"]\n";

#[tokio::test]
async fn each_source_switches_its_own_environments_and_the_key_goes_with_the_last() {
    let files =
        [("IDEOGRAM_API_KEY_APP_FILE", "app", OLD), ("IDEOGRAM_API_KEY_OTHER_FILE", "other", OLD)];
    let exchange = Exchange::with(&format!("{ASKED}{OTHER}"), &files).await;
    let app = exchange.app.client().await;
    let other = exchange.app.client_with("other", &["write:*"]).await;
    let both = exchange.list().await;
    assert!(both.iter().all(|view| view.shared_with.len() == 1), "{both:#?}");
    exchange.app.ideogram.accept_key(NEW);
    exchange.put("app", NEW);
    let told = exchange.rotate(json!({"environment": "app"})).await;
    assert_eq!(told.as_array().unwrap().len(), 1);
    app.post(GENERATE, &body()).await;
    other.post(GENERATE, &body()).await;
    assert_eq!(exchange.keys_at(GENERATE), [NEW, OLD]);
    let old = exchange.becomes("…aaaa", "current").await;
    assert!(!old.safe_to_revoke);
    assert!(!exchange.told().iter().any(|told| told.starts_with("key.retired")));

    exchange.put("other", NEW);
    exchange.rotate(json!({})).await;
    exchange.safe_to_revoke("…aaaa").await;
    other.post(GENERATE, &body()).await;
    assert_eq!(exchange.keys_at(GENERATE), [NEW, OLD, NEW]);
}

#[tokio::test]
async fn environments_with_one_source_switch_together() {
    let exchange =
        Exchange::with(&format!("{ASKED}{OTHER}"), &[("IDEOGRAM_API_KEY_FILE", "key", OLD)]).await;
    let other = exchange.app.client_with("other", &["write:*"]).await;
    exchange.app.ideogram.accept_key(NEW);
    exchange.put("key", NEW);
    exchange.rotate(json!({"environment": "app"})).await;
    exchange.safe_to_revoke("…aaaa").await;
    other.post(GENERATE, &body()).await;
    assert_eq!(exchange.keys_at(GENERATE), [NEW]);
}
