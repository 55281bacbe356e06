//! The record cannot be written: nothing is switched.

use super::{GENERATE, NEW, OLD};
use crate::support::Home;
use serde_json::json;
use std::fs;

#[tokio::test]
async fn a_switch_that_cannot_be_put_on_record_does_not_happen() {
    let mut home = Home::new().await;
    home.change("[keys]\nlook_every = \"1h\"\n");
    let file = home.path().join("key");
    fs::write(&file, OLD).unwrap();
    home.variables = vec![("IDEOGRAM_API_KEY_FILE".to_owned(), file.display().to_string())];
    home.ideogram.accept_key(OLD);
    home.ideogram.accept_key(NEW);
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    home.break_database();
    let reply = client.post(GENERATE, &json!({"prompt": "unrecorded"})).await;
    assert_eq!(reply.problem(), "503 audit_unavailable");
    fs::write(&file, NEW).unwrap();
    let told = home.run(&["key", "rotate"]).await;
    assert_eq!(told.code, 1, "{told:?}");
    let told = home.run(&["key", "list"]).await.good();
    assert!(told.out.contains("…aaaa  current") && !told.out.contains("retired"), "{told:?}");
    gateway.stop().await;
    home.verify().await;
}
