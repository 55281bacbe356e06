use super::house::{House, on_socket};
use crate::domain::{
    AuditRecord, Bundle, CallId, CloseCall, Effect, ErrorCode, Fingerprint, Intent, OpenCall,
    Outcome, OutcomeRecord, Principal, RecordBody, Refusal, RequestId, TokenId,
};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::time::Duration;

impl House {
    fn one(&self, call: Option<&str>, body: RecordBody) -> AuditRecord {
        AuditRecord {
            at: self.state.clock.now(),
            action: "ideogram.api.call".into(),
            principal: Principal::Token(TokenId::from_stored("tok_a")),
            resource: "v3.generate".into(),
            call: call.map(CallId::from_stored),
            request: call.map(|call| RequestId::from_stored(call.replace("call_", "req_"))),
            body,
        }
    }

    async fn commit(&self, bundle: Bundle) {
        self.state.journal.commit(bundle).await.unwrap();
        self.clock.advance(Duration::from_secs(1));
    }

    pub(super) async fn intent(&self, call: &str) {
        let intent = Intent {
            token: TokenId::from_stored("tok_a"),
            environment: "prod".parse().unwrap(),
            account: "ideogram".parse().unwrap(),
            route: "v3.generate".parse().unwrap(),
            on_behalf_of: None,
            places: 1,
            reserved: None,
            price_version: None,
            fingerprint: Fingerprint::from_bytes([0; 32]),
            key_version: "…abcd".into(),
            client_addr: "127.0.0.1".into(),
            model: None,
            speed: None,
            webhook_host: None,
            queue_ms: 0,
            secret: None,
            user: None,
            owner: None,
            opened_at: None,
        };
        let open = OpenCall {
            call: CallId::from_stored(call),
            account: intent.account.clone(),
            environment: intent.environment.clone(),
            token: intent.token.clone(),
            route: intent.route.clone(),
            places: 1,
            fingerprint: intent.fingerprint,
            reserved: None,
            opened_at: self.state.clock.now(),
            owner: None,
            person: None,
            model: None,
            asked: 1,
        };
        let record = self.one(Some(call), RecordBody::Intent(Box::new(intent)));
        let effect = Effect::OpenCall(Box::new(open));
        self.commit(Bundle::record(record).with(effect)).await;
    }

    pub(super) async fn outcome(&self, call: &str, outcome: Outcome) {
        let record = OutcomeRecord {
            outcome,
            reason: None,
            status: Some(200),
            upstream_status: Some(200),
            charged: None,
            images: 1,
            unsafe_images: 0,
            generations: Vec::new(),
            upstream_ms: 1,
            gateway_ms: 1,
            key_redacted: false,
            user: None,
            code: None,
            of: None,
        };
        let close = CloseCall {
            call: CallId::from_stored(call),
            outcome,
            charged: None,
            closed_at: self.state.clock.now(),
            places_until: None,
            images: 1,
        };
        let record = self.one(Some(call), RecordBody::Outcome(Box::new(record)));
        let effect = Effect::CloseCall(Box::new(close));
        self.commit(Bundle::record(record).with(effect)).await;
    }

    async fn refusal(&self) {
        let refusal = Refusal {
            code: ErrorCode::ScopeMissing,
            status: 403,
            reason: "scope missing".into(),
            token: Some(TokenId::from_stored("tok_b")),
            environment: Some("dev".parse().unwrap()),
            route: None,
            on_behalf_of: None,
            places: 0,
            queue_ms: 0,
            client_addr: "127.0.0.1".into(),
            secret: None,
            user: None,
            owner: None,
        };
        self.commit(Bundle::record(self.one(None, RecordBody::Refusal(Box::new(refusal))))).await;
    }
}

fn calls(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["metadata"]["call_id"].as_str().unwrap_or("none")).collect()
}

#[tokio::test]
async fn two_calls_at_once_are_two_entries_oldest_first() {
    let house = House::open();
    house.intent("call_1").await;
    house.intent("call_2").await;
    house.refusal().await;
    house.outcome("call_2", Outcome::Success).await;
    house.outcome("call_1", Outcome::Failed).await;
    let entries = house.lines("/api/v1/audit").await;
    assert_eq!(calls(&entries), ["call_1", "call_2", "none"]);
    assert_eq!(entries[0]["metadata"]["outcome"], "failed");
    for field in ["timestamp", "action", "userId", "resource", "result", "metadata"] {
        assert!(entries.iter().all(|entry| !entry[field].is_null()), "{field}");
    }
}

#[tokio::test]
async fn a_search_is_narrowed_by_each_parameter() {
    let house = House::open();
    house.intent("call_1").await;
    house.outcome("call_1", Outcome::Success).await;
    house.clock.advance(Duration::from_hours(2));
    house.intent("call_2").await;
    house.outcome("call_2", Outcome::Failed).await;
    house.refusal().await;
    for (query, found) in [
        ("since=1h", vec!["call_2", "none"]),
        ("until=1h", vec!["call_1"]),
        ("since=2023-11-14T22:13:20Z&until=2023-11-14T22:13:21Z", vec!["call_1"]),
        ("environment=prod", vec!["call_1", "call_2"]),
        ("environment=dev", vec!["none"]),
        ("token=tok_a", vec!["call_1", "call_2"]),
        ("result=success", vec!["call_1"]),
        ("result=failure", vec!["call_2", "none"]),
        ("result=refused", vec!["none"]),
        ("request_id=req_2", vec!["call_2"]),
        ("call=call_1", vec!["call_1"]),
    ] {
        let entries = house.lines(&format!("/api/v1/audit?{query}")).await;
        assert_eq!(calls(&entries), found, "{query}");
    }
    let (status, problem) = house.get("/api/v1/audit?call=call_9").await;
    assert_eq!((status, &problem["code"]), (404, &json!("call_unknown")));
}

#[tokio::test]
async fn a_long_search_goes_on_where_the_last_page_ended() {
    let house = House::open();
    for call in ["call_1", "call_2", "call_3"] {
        house.intent(call).await;
        house.outcome(call, Outcome::Success).await;
    }
    let mut found = Vec::new();
    let mut after = "0".to_owned();
    loop {
        let path = format!("/api/v1/audit?limit=2&after={after}");
        let response = house.ask(on_socket("GET", &path, None)).await;
        let next = response.headers().get("ideogate-next-after").cloned();
        found.extend(super::house::text(response).await.lines().map(str::to_owned));
        let Some(next) = next else { break };
        after = next.to_str().unwrap().to_owned();
    }
    assert_eq!(found.len(), 3);
}

#[tokio::test]
async fn a_search_that_makes_no_sense_is_told_all_its_mistakes() {
    let house = House::open();
    let (status, problem) =
        house.get("/api/v1/audit?since=soon&environment=Prod&result=maybe&limit=0").await;
    assert_eq!((status, problem["mistakes"].as_array().unwrap().len()), (422, 4));
    assert_eq!(house.get("/api/v1/audit?sinse=1h").await.0, 400);
}

#[tokio::test]
async fn an_entry_is_shown_by_call_and_by_request() {
    let house = House::open();
    house.intent("call_1").await;
    let (_, open) = house.get("/api/v1/audit/call_1").await;
    house.outcome("call_1", Outcome::Success).await;
    let (status, entry) = house.get("/api/v1/audit/call_1").await;
    assert_eq!((status, &entry["metadata"]["outcome"]), (200, &json!("success")));
    assert_ne!(open, entry);
    assert_eq!(house.get("/api/v1/audit/req_1").await, (200, entry));
    assert_eq!(house.get("/api/v1/audit/call_9").await.1["code"], "entry_unknown");
}

#[tokio::test]
async fn watching_shows_each_entry_when_it_ends_and_nothing_older() {
    let house = House::open();
    house.refusal().await;
    let mut watched = house.ask(on_socket("GET", "/api/v1/audit/tail", None)).await.into_body();
    house.intent("call_1").await;
    house.outcome("call_1", Outcome::Success).await;
    let line = watched.frame().await.unwrap().unwrap().into_data().unwrap();
    let entry: Value = serde_json::from_slice(&line).unwrap();
    assert_eq!(entry["metadata"]["call_id"], "call_1");
    house.refusal().await;
    let line = watched.frame().await.unwrap().unwrap().into_data().unwrap();
    assert!(String::from_utf8(line.to_vec()).unwrap().contains("refused"));
}
