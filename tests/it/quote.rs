//! What a call would cost is told without making it.

use crate::support::{Client, TestApp, TestSettings, eventually};
use ideogate::{
    domain::Usd,
    simulator::{Act, Script},
    tokens::{Asked, AskedLimits, NewToken},
};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

const QUOTE: &str = "/_ideogate/quote?path=";
const GENERATE: &str = "/v1/ideogram-v3/generate";
const V2: &str = "/v2/image/generate/ideogram-4-5";

fn quote(path: &str) -> String {
    format!("{QUOTE}{path}")
}

fn from_vendor(path: &str) -> String {
    format!("{QUOTE}{path}&source=vendor")
}

fn with_budget(daily: &str, scopes: &[&str]) -> NewToken {
    NewToken {
        environment: "app".to_owned(),
        name: "quotes".to_owned(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        limits: AskedLimits { daily_budget: Asked::Is(daily.to_owned()), ..AskedLimits::default() },
        ..NewToken::default()
    }
}

async fn left(client: &Client) -> Value {
    client.get("/_ideogate/whoami").await.json()["budgets"][0]["spent_usd"].clone()
}

#[tokio::test]
async fn a_quote_says_what_the_call_would_take_and_sends_nothing() {
    let app = TestApp::spawn().await;
    let client = app.client_of(with_budget("0.20", &["write:generate"])).await;
    let body = json!({"prompt": "a lighthouse", "num_images": 2, "rendering_speed": "QUALITY"});
    let reply = client.post(&quote(GENERATE), &body).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert!(reply.header("ideogate-request-id").is_some());
    let told = reply.json();
    assert_eq!((&told["route"], &told["places"]), (&json!("v3.generate"), &json!(2)));
    assert_eq!((&told["speed"], &told["source"]), (&json!("QUALITY"), &json!("table")));
    assert_eq!(told["price"]["upper_bound_usd"], "0.18");
    assert_eq!(
        (&told["price"]["unit_usd"], &told["price"]["per"]),
        (&json!("0.09"), &json!("output"))
    );
    assert!(told["price"]["version"].as_str().is_some_and(|version| !version.is_empty()));
    let fit = &told["would_fit"];
    assert_eq!((&fit["fits"], &fit["left_usd"]), (&json!(true), &json!("0.20")));
    let paid = client.post(GENERATE, &body).await;
    assert_eq!(paid.header("ideogate-cost-usd"), Some("0.18"), "it is the price of the call");
    let fit = client.post(&quote(GENERATE), &body).await.json()["would_fit"].clone();
    assert_eq!((&fit["fits"], &fit["left_usd"]), (&json!(false), &json!("0.02")));
    assert_eq!((app.arrived(), app.entries().await.len()), (1, 1));
}

#[tokio::test]
async fn a_quote_needs_the_scope_of_the_call_or_the_scope_for_quotes() {
    let app = TestApp::spawn().await;
    let body = json!({"prompt": "a lighthouse"});
    for (scope, answer) in [("write:generate", 200), ("read:quotes", 200), ("write:edit", 403)] {
        let client = app.client_with("app", &[scope]).await;
        assert_eq!(client.post(&quote(GENERATE), &body).await.status, answer, "{scope}");
    }
    let stranger = Client::new(app.url(), "idg_app_nothing");
    assert_eq!(stranger.post(&quote(GENERATE), &body).await.problem(), "401 token_invalid");
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn a_quote_is_refused_as_the_call_would_be() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let ask = async |path: &str, body: &str| client.post_text(path, body).await.problem();
    assert_eq!(ask(&quote("/v9/nothing"), "{}").await, "404 route_unknown");
    assert_eq!(ask(&quote("/manage/api/keys"), "{}").await, "404 route_unknown");
    let twice = r#"{"prompt": "a", "num_images": 1, "num_images": 8}"#;
    assert_eq!(ask(&quote(GENERATE), twice).await, "400 ambiguous_request");
    assert_eq!(
        ask(&quote(GENERATE), r#"{"prompt": "a", "num_images": 99}"#).await,
        "400 malformed_request"
    );
    assert_eq!(
        ask(&quote("https://elsewhere.example/generate"), "{}").await,
        "400 malformed_request"
    );
    assert_eq!(ask("/_ideogate/quote", "{}").await, "400 malformed_request");
    assert_eq!(ask(&format!("{}&sauce=hot", quote(GENERATE)), "{}").await, "400 malformed_request");
    assert_eq!(client.get(&quote(GENERATE)).await.problem(), "405 method_not_allowed");
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn a_quote_keeps_to_the_policy_of_the_token() {
    let app = TestApp::spawn().await;
    let mut new = with_budget("1.00", &["write:generate"]);
    new.limits.max_images = Asked::Is(2);
    let client = app.client_of(new).await;
    let body = json!({"prompt": "a lighthouse", "num_images": 3});
    assert_eq!(client.post(&quote(GENERATE), &body).await.problem(), "403 policy_denied");
}

#[tokio::test]
async fn a_route_without_a_price_fits_into_no_budget() {
    let app = TestApp::spawn().await;
    let (path, body) =
        (quote("/v1/ideogram-v4/magic-prompt"), json!({"text_prompt": "a lighthouse"}));
    let client = app.client_of(with_budget("1.00", &["write:*"])).await;
    let told = client.post(&path, &body).await.json();
    assert_eq!((&told["price"], &told["would_fit"]["fits"]), (&Value::Null, &json!(false)));
    let told = app.client().await.post(&path, &body).await.json();
    assert_eq!((&told["price"], &told["would_fit"]["fits"]), (&Value::Null, &json!(true)));
}

#[tokio::test]
async fn a_quote_of_the_vendor_takes_no_place_and_holds_no_money() {
    let app = TestApp::spawn().await;
    let client = app.client_with("app", &["read:quotes"]).await;
    let body = json!({"prompt": "a lighthouse", "num_images": 8});
    app.ideogram.script(Script::new(Act::Hold).on("POST /v2/*"));
    let asked = tokio::spawn({
        let (client, body) = (client.clone(), body.clone());
        async move { client.post(&from_vendor(V2), &body).await }
    });
    eventually("the dry run is at Ideogram", || app.arrived() == 1).await;
    assert!(app.running.admission().status().iter().all(|account| account.in_use == 0));
    let spend = app.running.reader().spend(app.now()).unwrap();
    assert_eq!((spend.len(), spend[0].reserved), (1, Usd::ZERO));
    app.ideogram.release();
    let reply = asked.await.unwrap();
    assert_eq!((reply.status, &reply.json()["object"]), (200, &json!("price_quote")), "{reply:?}");
    assert_eq!(reply.header("ideogate-places"), Some("0"));
    assert_eq!(app.ideogram.seen().calls[0].path_and_query, format!("{V2}?dry_run=true"));
    assert_eq!(app.ideogram.billed_usd_micros(), 0);
    let entry = app.only_entry().await;
    assert_eq!((entry.metadata.cost_usd, entry.metadata.places), (None, Some(0)));
    // Asked again, it is asked again: a quote is no call to be recovered.
    client.post(&from_vendor(V2), &body).await;
    assert_eq!(app.arrived(), 2);
}

#[tokio::test]
async fn the_vendor_is_asked_only_where_it_declares_dry_runs_and_the_scope_allows_it() {
    let app = TestApp::spawn().await;
    let body = json!({"prompt": "a lighthouse"});
    let client = app.client().await;
    let refused = client.post(&from_vendor(GENERATE), &body).await;
    assert_eq!(
        (refused.problem().as_str(), &refused.json()["field"]),
        ("400 malformed_request", &json!("source"))
    );
    let writer = app.client_with("app", &["write:generate"]).await;
    assert_eq!(writer.post(&from_vendor(V2), &body).await.problem(), "403 scope_missing");
    assert_eq!(
        client.post(&from_vendor("/v9/nothing"), &body).await.problem(),
        "404 route_unknown"
    );
    let twice = from_vendor(&format!("{V2}%3Fdry_run=true"));
    assert_eq!(client.post(&twice, &body).await.problem(), "400 ambiguous_request");
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn a_dry_run_that_ran_is_charged_by_the_table_and_closes_quotes_for_its_route() {
    let app = TestApp::spawn().await;
    let client = app.client_of(with_budget("1.00", &["read:quotes", "write:generate"])).await;
    let body = json!({"prompt": "a lighthouse", "num_images": 2, "quality": "medium"});
    let price = client.post(&quote(V2), &body).await.json()["price"]["upper_bound_usd"].clone();
    let ran =
        json!({"generation_id": "gen-1", "data": [{"url": "https://x/1"}, {"url": "https://x/2"}]});
    app.ideogram.script(Script::new(Act::json(200, &ran.to_string())));
    let reply = client.post(&from_vendor(V2), &body).await;
    assert_eq!((reply.status, reply.json()), (200, ran), "what came is passed on");
    assert_eq!(reply.header("ideogate-cost-usd"), price.as_str());
    assert_eq!(left(&client).await, price);
    assert_eq!(app.ask("/api/v1/usage").await[0]["cost_usd"], price);
    assert_eq!(
        app.only_entry().await.metadata.cost_usd.unwrap().to_string(),
        price.as_str().unwrap()
    );
    let refused = client.post(&from_vendor(V2), &body).await;
    assert_eq!(
        (refused.problem().as_str(), &refused.json()["rule"]),
        ("403 policy_denied", &json!("quotes"))
    );
    assert_eq!(
        client.post(&format!("{V2}?dry_run=true"), &body).await.problem(),
        "403 policy_denied"
    );
    let seen = app.ideogram.seen();
    let sent = seen.calls.iter().filter(|call| !call.path().starts_with("/v2/generations/"));
    assert_eq!(sent.count(), 1, "but for what asks for the bill");
    assert_eq!(client.post(&quote(V2), &body).await.status, 200, "the table is still asked");
    let other = from_vendor("/v2/image/generate/ideogram-4");
    assert_eq!(
        client.post(&other, &json!({"prompt": "a"})).await.status,
        200,
        "other routes are open"
    );
}

#[tokio::test]
async fn a_dry_run_whose_answer_cannot_be_read_is_charged_too() {
    let app = TestApp::spawn().await;
    let client = app.client_of(with_budget("1.00", &["read:quotes", "write:generate"])).await;
    let body = json!({"prompt": "a lighthouse"});
    app.ideogram.script(Script::new(Act::Truncate { bytes: 5 }));
    assert_eq!(client.post(&from_vendor(V2), &body).await.problem(), "502 outcome_unknown");
    let price = client.post(&quote(V2), &body).await.json()["price"]["upper_bound_usd"].clone();
    assert_eq!(left(&client).await, price);
    assert_eq!(client.post(&from_vendor(V2), &body).await.problem(), "403 policy_denied");
}

#[tokio::test]
async fn a_dry_run_that_became_a_generation_is_charged_once_and_followed() {
    let app = TestApp::spawn().await;
    let client = app.client_of(with_budget("1.00", &["read:*", "write:generate"])).await;
    let body = json!({"prompt": "a lighthouse", "async": true});
    let began = json!({"generation_id": "gen-1"});
    app.ideogram.script(Script::new(Act::json(200, &began.to_string())));
    assert_eq!(client.post(&from_vendor(V2), &body).await.status, 200);
    let price = left(&client).await;
    assert_ne!(price, "0.00");
    let ended =
        json!({"generation_id": "gen-1", "status": "completed", "data": [{"url": "https://x/1"}]});
    app.ideogram.script(Script::new(Act::json(200, &ended.to_string())).on("GET /v2/*").always());
    assert_eq!(client.get("/v2/generations/gen-1").await.status, 200);
    eventually("the generation has ended", || {
        app.running.reader().pending_generations().unwrap().is_empty()
    })
    .await;
    assert_eq!(left(&client).await, price);
    assert_eq!(app.ask("/api/v1/usage?by=token").await[0]["cost_usd"], price);
}

/// Describing declares no dry run: asked for one, it runs and bills. An operator who calls it quotable
/// pays for that once, and it is on record.
#[tokio::test]
async fn a_route_that_is_wrongly_called_quotable_is_paid_once() {
    let folder = tempfile::tempdir().unwrap();
    let (path, file) = ("/v2/image/describe/ideogram-4", folder.path().join("routes.toml"));
    std::fs::write(&file, "[routes.\"v2.describe.ideogram-4\"]\nquote = true\n").unwrap();
    let toml = format!("[routes]\nfile = \"{}\"\n", file.display());
    let app = TestApp::with(TestSettings { toml, ..TestSettings::default() }).await;
    let client = app.client_with("app", &["read:quotes"]).await;
    let describe = async || {
        let picture = Part::bytes(vec![7; 1000]).file_name("a.png").mime_str("image/png").unwrap();
        client.post_form(&from_vendor(path), Form::new().part("image", picture)).await
    };
    assert_eq!(describe().await.status, 200);
    assert_eq!(app.ideogram.billed_usd_micros(), 10_000);
    assert_eq!(app.ask("/api/v1/usage").await[0]["cost_usd"], "0.01");
    assert_eq!(describe().await.problem(), "403 policy_denied");
    assert_eq!(app.ideogram.billed_usd_micros(), 10_000);
}
