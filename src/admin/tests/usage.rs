use super::house::{House, on_socket};
use crate::{
    domain::{
        AuditRecord, Bundle, CallId, CloseCall, Effect, Fingerprint, Intent, OpenCall, Outcome,
        OutcomeRecord, Principal, RecordBody, Timestamp, TokenId, Usd,
    },
    ledger::Budgets,
};
use serde_json::{Value, json};
use std::time::Duration;

/// Records a call for `environment` that asked for `model`; what was charged and came out, if it ended.
async fn call(house: &House, environment: &str, model: Option<&str>, end: Option<(i64, u32)>) {
    let open = opened(CallId::random(), environment, house.state.clock.now());
    begin(house, &open, model).await;
    if let Some((charged, images)) = end {
        close(house, &open, ended(Some(Usd::from_micros(charged)), images)).await;
    }
}

/// Records a call of `prod` whose end nobody knows; its money stays reserved.
async fn unknown(house: &House, call: &str) {
    let open = opened(CallId::from_stored(call), "prod", house.state.clock.now());
    begin(house, &open, None).await;
    close(house, &open, OutcomeRecord::new(Outcome::Unknown, "connection lost")).await;
}

async fn begin(house: &House, open: &OpenCall, model: Option<&str>) {
    let intent = record(open, RecordBody::Intent(Box::new(intent(open, model))));
    let open = OpenCall { model: model.map(Into::into), ..open.clone() };
    drop(house.state.journal.commit_intent(intent, open, None, None).await.unwrap());
}

async fn close(house: &House, open: &OpenCall, end: OutcomeRecord) {
    let close = CloseCall {
        call: open.call.clone(),
        outcome: end.outcome,
        charged: end.charged,
        closed_at: open.opened_at,
        places_until: None,
        images: end.images,
    };
    let bundle = Bundle::record(record(open, RecordBody::Outcome(Box::new(end))));
    house.state.journal.commit(bundle.with(Effect::CloseCall(Box::new(close)))).await.unwrap();
}

fn record(open: &OpenCall, body: RecordBody) -> AuditRecord {
    AuditRecord {
        at: open.opened_at,
        action: "ideogram.api.call".into(),
        principal: Principal::Token(open.token.clone()),
        resource: "v3.generate".into(),
        call: Some(open.call.clone()),
        request: None,
        body,
    }
}

fn opened(call: CallId, environment: &str, opened_at: Timestamp) -> OpenCall {
    OpenCall {
        call,
        account: "ideogram".parse().unwrap(),
        environment: environment.parse().unwrap(),
        token: TokenId::from_stored("tok_a"),
        route: "v3.generate".parse().unwrap(),
        places: 2,
        fingerprint: Fingerprint::from_bytes([7; 32]),
        reserved: Some(Usd::from_micros(120_000)),
        opened_at,
        owner: None,
        person: None,
        model: None,
        asked: 2,
    }
}

fn intent(open: &OpenCall, model: Option<&str>) -> Intent {
    Intent {
        token: open.token.clone(),
        environment: open.environment.clone(),
        account: open.account.clone(),
        route: open.route.clone(),
        on_behalf_of: None,
        places: open.places,
        reserved: open.reserved,
        price_version: None,
        fingerprint: open.fingerprint,
        key_version: "…abcd".into(),
        client_addr: "127.0.0.1".into(),
        model: model.map(Into::into),
        speed: None,
        webhook_host: None,
        queue_ms: 0,
        secret: None,
        user: None,
        owner: None,
        opened_at: None,
    }
}

fn ended(charged: Option<Usd>, images: u32) -> OutcomeRecord {
    OutcomeRecord {
        outcome: Outcome::Success,
        reason: None,
        status: Some(200),
        upstream_status: Some(200),
        charged,
        images,
        unsafe_images: 0,
        generations: Vec::new(),
        upstream_ms: 1,
        gateway_ms: 1,
        key_redacted: false,
        user: None,
        code: None,
        of: None,
    }
}

#[tokio::test]
async fn usage_has_the_shape_that_others_script_against() {
    let house = House::open();
    call(&house, "prod", Some("V_3"), Some((60_000, 1))).await;
    call(&house, "prod", None, Some((120_000, 2))).await;
    call(&house, "staging", None, None).await;
    let expected = json!([
        {"key": "prod", "calls": 2, "images": 3, "cost_usd": "0.18", "reserved_usd": "0.00", "reads": 0},
        {"key": "staging", "calls": 1, "images": 0, "cost_usd": "0.00", "reserved_usd": "0.12", "reads": 0},
    ]);
    assert_eq!(house.get("/api/v1/usage").await, (200, expected));
}

#[tokio::test]
async fn usage_is_added_up_by_whatever_is_asked_for() {
    let house = House::open();
    call(&house, "prod", Some("V_3"), Some((60_000, 1))).await;
    house.clock.advance(Duration::from_hours(24));
    call(&house, "prod", None, Some((120_000, 2))).await;
    let keys = async |query: &str| {
        let (status, lines) = house.get(&format!("/api/v1/usage?since=30d&{query}")).await;
        assert_eq!(status, 200, "{lines}");
        let of = |line: &Value| format!("{} {}", line["key"].as_str().unwrap(), line["cost_usd"]);
        lines.as_array().unwrap().iter().map(of).collect::<Vec<_>>().join(", ").replace('"', "")
    };
    assert_eq!(keys("by=token").await, "tok_a 0.18");
    assert_eq!(keys("by=owner").await, "none 0.18");
    assert_eq!(keys("by=user").await, "none 0.18");
    assert_eq!(keys("by=route").await, "v3.generate 0.18");
    assert_eq!(keys("by=model").await, "none 0.12, V_3 0.06", "the dearest comes first");
    assert_eq!(keys("by=day").await, "2023-11-15 0.12, 2023-11-14 0.06");
    assert_eq!(keys("by=hour").await, "2023-11-15T22:00Z 0.12, 2023-11-14T22:00Z 0.06");
    assert_eq!(keys("by=account").await, "ideogram 0.18");
    assert_eq!(keys("by=day&token=tok_a").await, "2023-11-15 0.12, 2023-11-14 0.06");
    assert_eq!(keys("by=day&environment=staging").await, "");
    assert_eq!(keys("by=day&until=2023-11-14").await, "2023-11-14 0.06");
    let (_, yesterday) = house.get("/api/v1/usage?on=yesterday").await;
    assert_eq!((yesterday[0]["cost_usd"].as_str(), yesterday[1].as_str()), (Some("0.06"), None));
    let unknown = house.get("/api/v1/usage?token=tok_b").await;
    assert_eq!((unknown.0, &unknown.1["code"]), (404, &json!("token_unknown")));
    let (_, last_day) = house.get("/api/v1/usage?since=2023-11-15&by=day").await;
    assert_eq!(last_day.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_search_that_makes_no_sense_is_refused_with_all_its_mistakes() {
    let house = House::open();
    let (status, problem) = house.get("/api/v1/usage?since=yesterday&environment=No").await;
    assert_eq!((status, &problem["code"]), (422, &json!("request_invalid")));
    assert_eq!(problem["mistakes"].as_array().unwrap().len(), 2);
    assert_eq!(house.get("/api/v1/usage?by=mood").await.0, 400);
}

#[tokio::test]
async fn a_balance_is_unknown_until_an_operator_tells_it_on_record() {
    let house = House::open();
    let (_, all) = house.get("/api/v1/usage/balances").await;
    let expected = json!({
        "account": "ideogram", "balance_usd": null, "set_at": null, "charged_usd": null, "left_usd": null,
        "low": false, "top_up_threshold_usd": "10.00", "top_up_balance_usd": "20.00",
    });
    assert_eq!(all[0], expected);
    let path = "/api/v1/usage/balances/ideogram";
    let (status, told) = house.post(path, Some(json!({"amount_usd": "42.50"}))).await;
    assert_eq!((status, &told["left_usd"], &told["low"]), (200, &json!("42.50"), &json!(false)));
    let (_, told) = house.post(path, Some(json!({"amount_usd": "9.00"}))).await;
    assert_eq!((&told["left_usd"], &told["low"]), (&json!("9.00"), &json!(true)));
    let records = house.records();
    let RecordBody::Admin(change) = &records[1].record.body else { panic!("{records:?}") };
    assert_eq!(&*records[1].record.action, "account.balance");
    assert_eq!(records[1].record.principal, Principal::LocalUser(1000));
    assert_eq!(change.before["balance_usd"], "42.50");
    assert_eq!(change.after["balance_usd"], "9.00");
}

#[tokio::test]
async fn what_is_charged_for_calls_opened_since_comes_off_the_balance() {
    let house = House::open();
    let (before, budgets) = (house.state.clock.now(), budgets());
    house.clock.advance(Duration::from_secs(1));
    let path = "/api/v1/usage/balances/ideogram";
    house.post(path, Some(json!({"amount_usd": "10.00"}))).await;
    let (ledger, charged) = (&house.state.ledger, Usd::from_micros(60_000));
    let account = "ideogram".parse().unwrap();
    let threshold = Usd::from_micros(10_000_000);
    assert_eq!(ledger.fell_below(&account, threshold), None, "it is not below");
    ledger.settle(&budgets, before, Usd::ZERO, charged);
    ledger.settle(&budgets, house.state.clock.now(), Usd::ZERO, charged);
    let (_, all) = house.get("/api/v1/usage/balances").await;
    assert_eq!((&all[0]["left_usd"], &all[0]["low"]), (&json!("9.94"), &json!(true)));
    let left = ledger.fell_below(&account, threshold).map(|balance| balance.left());
    assert_eq!(left, Some(Usd::from_micros(9_940_000)));
    assert_eq!(ledger.fell_below(&account, threshold), None, "a crossing is told once");
    house.post(path, Some(json!({"amount_usd": "5.00"}))).await;
    assert!(
        ledger.fell_below(&account, threshold).is_some(),
        "it is told again after a new amount"
    );
}

fn budgets() -> Budgets {
    Budgets {
        token: TokenId::from_stored("tok_a"),
        environment: "prod".parse().unwrap(),
        account: "ideogram".parse().unwrap(),
        limits: Vec::new(),
    }
}

#[tokio::test]
async fn a_balance_that_cannot_be_put_on_record_is_not_taken_up() {
    let house = House::open();
    house.store.close().await;
    let body = json!({"amount_usd": "42.50"});
    let (status, problem) = house.post("/api/v1/usage/balances/ideogram", Some(body)).await;
    assert_eq!((status, &problem["code"]), (503, &json!("audit_unavailable")));
    assert_eq!(house.state.ledger.balance(&"ideogram".parse().unwrap()), None);
}

#[tokio::test]
async fn only_accounts_of_the_settings_and_amounts_have_balances() {
    let house = House::open();
    let body = json!({"amount_usd": "42.50"});
    for name in ["other", "No%20Name"] {
        let (status, _) =
            house.post(&format!("/api/v1/usage/balances/{name}"), Some(body.clone())).await;
        assert_eq!(status, 404, "{name}");
    }
    for body in
        [json!({"amount_usd": "-1.00"}), json!({"amount_usd": 5}), json!({"amount": "1.00"})]
    {
        let asked = on_socket("POST", "/api/v1/usage/balances/ideogram", Some(body.clone()));
        assert_eq!(house.ask(asked).await.status(), 400, "{body}");
    }
}

/// Returns the steps that operators took with money, as the record has them: whose call, by whom, and why.
fn steps(house: &House) -> Vec<(String, Principal, Value)> {
    let records = house.records().into_iter().map(|sealed| sealed.record);
    let steps = records.filter_map(|record| match record.body {
        RecordBody::Admin(change) if record.action.starts_with("usage.write_off") => {
            let what = format!("{} {}", record.action, record.resource);
            Some((what, record.principal, change.after["reason"].clone()))
        }
        _ => None,
    });
    steps.collect()
}

#[tokio::test]
async fn money_of_an_unknown_call_is_written_off_in_the_name_of_who_asked() {
    let house = House::open();
    let why = json!({"reason": "  not on the invoice "});
    for (call, why) in [("call_a", None), ("call_b", Some(why))] {
        unknown(&house, call).await;
        let path = format!("/api/v1/usage/write-off/{call}");
        let expected = (200, json!({"call": call, "amount_usd": "0.12"}));
        assert_eq!(house.post(&path, why).await, expected);
    }
    let by = |call: &str, why| (format!("usage.write_off {call}"), Principal::LocalUser(1000), why);
    assert_eq!(
        steps(&house),
        [by("call_a", json!(null)), by("call_b", json!("not on the invoice"))]
    );
    call(&house, "prod", None, Some((60_000, 1))).await;
    let ended = house.records().pop().unwrap().record.call.unwrap();
    for (call, told) in [
        ("call_other", (404, "call_unknown")),
        ("call_a", (409, "call_written_off")),
        (ended.as_str(), (409, "call_not_reserved")),
    ] {
        let (status, problem) = house.post(&format!("/api/v1/usage/write-off/{call}"), None).await;
        assert_eq!((status, problem["code"].as_str().unwrap()), told, "{call}");
    }
    assert_eq!(steps(&house).len(), 2, "what was refused was not done");
}

#[tokio::test]
async fn a_reason_must_be_words() {
    let house = House::open();
    unknown(&house, "call_a").await;
    let path = "/api/v1/usage/write-off/call_a";
    for (reason, said) in [
        (" ", "empty"),
        ("a\nb", "one line"),
        ("a\u{1b}[2Jb", "one line"),
        ("not\u{202e}dellib", "do not show"),
        ("a\u{200b}b", "do not show"),
        (&*"a".repeat(501), "longer"),
    ] {
        for path in [path.to_owned(), format!("{path}/undo")] {
            let (status, problem) = house.post(&path, Some(json!({"reason": reason}))).await;
            assert_eq!((status, &problem["code"]), (422, &json!("request_invalid")));
            assert!(problem["detail"].as_str().unwrap().contains(said), "{problem}");
        }
    }
    let (status, problem) = house.post(path, Some(json!({"because": "x"}))).await;
    assert_eq!((status, &problem["code"]), (400, &json!("malformed_request")));
    assert_eq!(steps(&house), []);
}

#[tokio::test]
async fn what_cannot_be_undone_is_told_with_what_was_done_when_and_by_whom() {
    let house = House::open();
    let write_off =
        async |call: &str| house.post(&format!("/api/v1/usage/write-off/{call}"), None).await;
    let undo =
        async |call: &str| house.post(&format!("/api/v1/usage/write-off/{call}/undo"), None).await;
    let told = async |call: &str| {
        let (status, problem) = undo(call).await;
        format!("{status} {} {}", problem["code"], problem["detail"]).replace('"', "")
    };
    for call in ["call_never", "call_undone", "call_old"] {
        unknown(&house, call).await;
    }
    for call in ["call_undone", "call_old"] {
        assert_eq!(write_off(call).await.0, 200);
    }
    let amount = json!({"call": "call_undone", "amount_usd": "0.12"});
    assert_eq!(undo("call_undone").await, (200, amount));
    house.clock.advance(Duration::from_hours(24));
    insta::assert_snapshot!(told("call_never").await, @"409 call_not_written_off 'call_never' is not written off");
    insta::assert_snapshot!(told("call_undone").await, @"409 call_not_written_off 'call_undone' is not written off: that was undone at 2023-11-14T22:13:20.000000Z by uid:1000");
    insta::assert_snapshot!(told("call_old").await, @"409 write_off_final 'call_old' was written off at 2023-11-14T22:13:20.000000Z by uid:1000, and that can be undone only on the same UTC day; if Ideogram did bill it, tell the account's balance anew");
    assert!(told("call_x").await.starts_with("404 call_unknown "));
}
