//! Money on the command line, as operators and apps ask for it.

use crate::support::{Client, Home, eventually};
use serde_json::json;

const GENERATE: &str = "/v1/ideogram-v3/generate";

#[tokio::test]
async fn operators_read_usage_as_a_table_as_json_and_as_csv() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    let two = json!({"prompt": "a lighthouse", "num_images": 2});
    assert_eq!(client.post(GENERATE, &two).await.status, 200);
    let lines = home.json(&["usage", "--by", "environment", "--since", "24h"]).await;
    let expected = json!([
        {"key": "app", "calls": 1, "images": 2, "cost_usd": "0.12", "reserved_usd": "0.00", "reads": 0},
    ]);
    assert_eq!(lines, expected);
    let csv = home.run(&["usage", "--by", "route", "--output", "csv"]).await.good().out;
    assert_eq!(
        csv,
        "key,name,calls,images,cost_usd,reserved_usd,reads\nv3.generate,,1,2,0.12,0.00,0\n"
    );
    let table = home.run(&["usage", "--by", "account"]).await.good().out;
    assert!(table.starts_with("ACCOUNT"), "{table}");
    assert!(table.contains("ideogram") && table.contains("0.12"), "{table}");
    assert!(!table.contains("NAME"), "{table}");
    let named = home.run(&["usage", "--by", "token"]).await.good().out;
    assert!(named.lines().next().unwrap().contains("NAME"), "{named}");
    for wrong in [["env", "list", "--output", "csv"], ["usage", "balance", "--output", "csv"]] {
        assert_eq!(home.run(&wrong).await.code, 64, "{wrong:?}");
    }
    assert_eq!(home.run(&["usage", "--since", "yesterday"]).await.code, 64);
    assert_eq!(home.run(&["usage", "write-off", "../pause"]).await.code, 64);
    assert_eq!(home.run(&["usage", "write-off", "call_01"]).await.code, 1);
    gateway.stop().await;
}

#[tokio::test]
async fn a_low_balance_is_told_wherever_operators_look_and_logged_once() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    let unknown = home.run(&["usage", "balance"]).await.good().out;
    assert!(unknown.contains("unknown"), "{unknown}");
    let told = home.json(&["usage", "balance", "10.00"]).await;
    assert_eq!((&told["left_usd"], &told["low"]), (&json!("10.00"), &json!(false)));
    assert_eq!(client.post(GENERATE, &json!({"prompt": "a lighthouse"})).await.status, 200);
    let shown = home.run(&["usage", "balance", "--account", "ideogram"]).await.good();
    assert!(shown.out.contains("$9.94") && shown.err.contains("is low"), "{shown:?}");
    let queue = home.run(&["queue", "status"]).await.good();
    assert!(queue.err.contains("The balance of ideogram is low: $9.94"), "{queue:?}");
    eventually("the log warns", || gateway.log().contains("low_balance")).await;
    assert_eq!(client.post(GENERATE, &json!({"prompt": "another"})).await.status, 200);
    let scraper = Client::new(gateway.ready.admin.clone(), "no token");
    let metrics = scraper.get("/metrics").await;
    let metrics = String::from_utf8_lossy(&metrics.body);
    let line = "ideogate_account_balance_usd_micros{account=\"ideogram\"} 9880000";
    assert!(metrics.contains(line), "{metrics}");
    assert_eq!(gateway.log().matches("low_balance").count(), 1);
    assert_eq!(home.run(&["usage", "balance", "-1"]).await.code, 64);
    assert_eq!(home.run(&["usage", "balance", "--account", "../pause", "1.00"]).await.code, 64);
    assert_eq!(home.run(&["usage", "balance", "--account", "other", "1.00"]).await.code, 1);
    gateway.stop().await;
}

#[tokio::test]
async fn an_app_asks_who_it_is_with_its_token_in_a_variable_or_a_file() {
    let mut home = Home::new().await;
    let gateway = home.start().await;
    let (id, token) = home.token().await;
    let url = gateway.ready.proxy.clone();
    let missing = home.run(&["whoami", "--url", &url]).await;
    assert_eq!(missing.code, 64, "{missing:?}");
    let file = home.path().join("token");
    std::fs::write(&file, format!("{token}\n")).unwrap();
    let asked = ["whoami", "--url", &url, "--token-file", file.to_str().unwrap()];
    let who = home.json(&asked).await;
    assert_eq!((&who["token_id"], &who["environment"]), (&json!(id), &json!("app")));
    home.give("IDEOGATE_TOKEN", &token);
    let told = home.run(&["whoami", "--url", &url]).await.good();
    assert!(told.out.contains(&id) && told.out.contains("read:* write:*"), "{told:?}");
    assert!(told.out.contains("It may ") && told.out.contains("It may not "), "{told:?}");
    assert!(!told.out.contains(&token) && !told.err.contains(&token));
    home.give("IDEOGATE_TOKEN", "idg_app_nothing");
    let refused = home.run(&["whoami", "--url", &url]).await;
    assert!(refused.code == 1 && refused.err.contains("token_invalid"), "{refused:?}");
    gateway.stop().await;
    assert_eq!(home.run(&["whoami", "--url", &url]).await.code, 69);
}
