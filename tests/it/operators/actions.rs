//! Everything that can be changed is on record, with who did it, what was there and what is there.

use crate::support::{Admin, TestApp};
use ideogate::{
    admin::openapi,
    audit::Entry,
    domain::{CallId, Principal, TokenState},
    simulator::{Act, Script},
    tokens::RotationRequest,
};
use serde_json::{Value, json};

const GENERATE: &str = "/v1/ideogram-v3/generate";
const BY: Principal = Principal::LocalUser(0);

/// What an action leaves on record; of what was there before and after, at least these fields.
struct Case {
    path: String,
    body: Option<Value>,
    action: &'static str,
    before: Value,
    after: Value,
}

fn case(path: String, action: &'static str, [before, after]: [Value; 2]) -> Case {
    Case { path, body: None, action, before, after }
}

fn states(before: &str, after: &str) -> [Value; 2] {
    [json!({ "state": before }), json!({ "state": after })]
}

/// Prepares what the action needs. An action that is not in this table is a failure: whoever adds one
/// says here what it leaves on record.
async fn prepare(app: &TestApp, endpoint: &str) -> Case {
    let (group, rest) = endpoint.split_once("/api/v1/").unwrap();
    assert_eq!(group, "POST ", "{endpoint}");
    match rest.split('/').next().unwrap() {
        "tokens" => token(app, rest).await,
        "operators" => operator(app, rest).await,
        _ => other(app, rest).await,
    }
}

async fn token(app: &TestApp, what: &str) -> Case {
    let id = app.client().await.id().clone();
    let path = |verb: &str| format!("/api/v1/tokens/{id}/{verb}");
    match what {
        "tokens" => Case {
            path: "/api/v1/tokens".to_owned(),
            body: Some(json!({"environment": "app", "name": "poster", "scopes": ["read:models"]})),
            action: "token.create",
            before: Value::Null,
            after: json!({"environment": "app", "name": "poster", "state": "enabled"}),
        },
        "tokens/prune" => {
            app.running.tokens().set_state(&id, TokenState::Revoked, &BY).await.unwrap();
            app.clock.advance(std::time::Duration::from_mins(2));
            let before = json!({"id": id, "state": "revoked"});
            let gone = [before, json!({"forgotten": true})];
            let prune = case("/api/v1/tokens/prune".to_owned(), "token.prune", gone);
            Case { body: Some(json!({"ended_for": "1m"})), ..prune }
        }
        "tokens/{id}/disable" => {
            case(path("disable"), "token.disable", states("enabled", "disabled"))
        }
        "tokens/{id}/enable" => {
            app.running.tokens().set_state(&id, TokenState::Disabled, &BY).await.unwrap();
            case(path("enable"), "token.enable", states("disabled", "enabled"))
        }
        "tokens/{id}/revoke" => case(path("revoke"), "token.revoke", states("enabled", "revoked")),
        "tokens/{id}/reduce" => Case {
            body: Some(json!({"without": ["write:video"]})),
            ..case(path("reduce"), "token.reduce", states("enabled", "enabled"))
        },
        "tokens/{id}/update" => Case {
            body: Some(json!({"name": "other"})),
            before: json!({"state": "enabled"}),
            after: json!({"name": "other"}),
            ..case(path("update"), "token.update", states("enabled", "enabled"))
        },
        "tokens/{id}/rotate" => Case {
            body: Some(json!({"grace": "1h"})),
            ..case(path("rotate"), "token.rotate", states("enabled", "enabled"))
        },
        "tokens/{id}/rotate/finish" => {
            app.running.tokens().rotate(&id, &RotationRequest::default(), &BY).await.unwrap();
            case(path("rotate/finish"), "token.rotate", states("enabled", "enabled"))
        }
        _ => unlisted(what),
    }
}

async fn operator(app: &TestApp, what: &str) -> Case {
    let name = what.replace(|c: char| !c.is_ascii_lowercase(), "-");
    let id = app.made_operator(&name, "viewer").await.id;
    let path = |verb: &str| format!("/api/v1/operators/{id}/{verb}");
    match what {
        "operators" => Case {
            path: "/api/v1/operators".to_owned(),
            body: Some(json!({"name": "anna", "role": "viewer"})),
            action: "operator.create",
            before: Value::Null,
            after: json!({"name": "anna", "role": "viewer", "state": "enabled"}),
        },
        "operators/{id}/role" => Case {
            body: Some(json!({"role": "admin"})),
            ..case(
                path("role"),
                "operator.set_role",
                [json!({"role": "viewer"}), json!({"role": "admin"})],
            )
        },
        "operators/{id}/rotate" => {
            let times = [
                json!({"secret_made_at": app.now()}),
                json!({"secret_made_at": app.now().plus(std::time::Duration::from_mins(1))}),
            ];
            app.clock.advance(std::time::Duration::from_mins(1));
            Case { body: Some(json!({})), ..case(path("rotate"), "operator.rotate", times) }
        }
        "operators/{id}/disable" => {
            case(path("disable"), "operator.disable", states("enabled", "disabled"))
        }
        "operators/{id}/enable" => {
            app.running.operators().set_state(&id, TokenState::Disabled, &BY).await.unwrap();
            case(path("enable"), "operator.enable", states("disabled", "enabled"))
        }
        "operators/{id}/revoke" => {
            case(path("revoke"), "operator.revoke", states("enabled", "revoked"))
        }
        _ => unlisted(what),
    }
}

async fn other(app: &TestApp, what: &str) -> Case {
    match what {
        "pause" => {
            let after = json!({"target": "environment:sandbox", "reason": "new key"});
            let asked = json!({"environment": "sandbox", "reason": "new key"});
            let made = case("/api/v1/pause".to_owned(), "queue.pause", [Value::Null, after]);
            Case { body: Some(asked), ..made }
        }
        "resume" => {
            app.pause().await;
            case(
                "/api/v1/resume".to_owned(),
                "queue.resume",
                [json!({"target": "all"}), json!({"paused": false})],
            )
        }
        "queue/release/{call}" => {
            let call = unknown_call(app).await;
            let held = [json!({"held": true}), json!({"held": false})];
            case(format!("/api/v1/queue/release/{call}"), "queue.release", held)
        }
        "usage/write-off/{call}" => {
            let call = unknown_call(app).await;
            let money = [json!({"reserved_usd": "0.06"}), json!({"charged_usd": "0.00"})];
            case(format!("/api/v1/usage/write-off/{call}"), "usage.write_off", money)
        }
        "usage/write-off/{call}/undo" => {
            let call = unknown_call(app).await;
            app.running.calls().write_off(&call, &BY, None).await.unwrap();
            let money = [json!({"charged_usd": "0.00"}), json!({"reserved_usd": "0.06"})];
            let path = format!("/api/v1/usage/write-off/{call}/undo");
            Case {
                body: Some(json!({"reason": "it was billed"})),
                ..case(path, "usage.write_off_undo", money)
            }
        }
        "audit/persons/forget" => {
            named_call(app).await;
            let path = "/api/v1/audit/persons/forget".to_owned();
            let body = Some(json!({"user": "ann", "reason": "asked to"}));
            let told = [json!({"since": app.now()}), json!({"reason": "asked to", "calls": 1})];
            Case { body, ..case(path, "person.forget", told) }
        }
        "usage/balances/{account}" => Case {
            body: Some(json!({"amount_usd": "20.00"})),
            ..case(
                "/api/v1/usage/balances/ideogram".to_owned(),
                "account.balance",
                [Value::Null, json!({"balance_usd": "20.00"})],
            )
        },
        "config/reload" => reload(app),
        _ => unlisted(what),
    }
}

fn reload(app: &TestApp) -> Case {
    // One after the other, for what is the same leaves nothing on record.
    let is_there = std::fs::read_to_string(app.file()).unwrap().contains("capacity = 7");
    let (before, after) = if is_there { ("7", "8") } else { ("1000", "7") };
    app.change(&format!("[queue]\ncapacity = {after}\n"));
    let capacity = |value: &str| json!({ "queue.capacity": value });
    let told = [capacity(before), capacity(after)];
    let made = case("/api/v1/config/reload".to_owned(), "config.reload", told);
    Case { body: Some(json!({})), ..made }
}

fn unlisted(what: &str) -> Case {
    panic!("{what} can be changed, and nothing here says what that leaves on record")
}

/// Makes a call on somebody's behalf.
async fn named_call(app: &TestApp) {
    let client = app.client().await;
    let request = client.request("GET", "/models").header("Ideogate-User", "ann");
    assert_eq!(client.send(request).await.status, 200);
}

/// Makes a call that was sent and whose end nobody saw.
async fn unknown_call(app: &TestApp) -> CallId {
    app.resume().await;
    app.ideogram.script(Script::new(Act::ResetUnanswered));
    let reply = app.client().await.post(GENERATE, &json!({"prompt": "a storm"})).await;
    assert_eq!(reply.problem(), "502 outcome_unknown");
    app.sent_entries().pop().unwrap().metadata.call_id.unwrap()
}

fn holds(actual: &Value, expected: &Value) -> bool {
    match expected.as_object() {
        Some(fields) => fields.iter().all(|(name, value)| actual.get(name) == Some(value)),
        None => actual == expected,
    }
}

/// What is asked with POST and changes nothing here, or is proven where its files are made.
const ELSEWHERE: [&str; 6] = [
    // It goes on in the background; `archive` says what each segment leaves on record.
    "POST /api/v1/audit/archive",
    // `backup::served` says what it leaves on record.
    "POST /api/v1/backup",
    // It changes what is told of backups' age, and nothing that anybody may do.
    "POST /api/v1/backup/{name}/kept",
    // It looks somebody up.
    "POST /api/v1/audit/persons/find",
    // It asks Ideogram whether it takes the keys.
    "POST /api/v1/keys/verify",
    // `key_rotation::switched` says what it leaves on record.
    "POST /api/v1/keys/rotate",
];

/// Returns everything in the description that is no reading, but for those.
fn changing() -> Vec<String> {
    let document = serde_json::to_value(openapi()).unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let methods = item.as_object().unwrap().keys().map(|method| method.to_uppercase());
        let methods = methods.filter(|method| method != "GET");
        found.extend(methods.map(|method| format!("{method} {path}")));
    }
    found.retain(|endpoint| !ELSEWHERE.contains(&endpoint.as_str()));
    found
}

fn changes(app: &TestApp) -> Vec<Entry> {
    let is_change = |entry: &Entry| entry.metadata.more.after.is_some();
    app.all_entries().into_iter().filter(is_change).collect()
}

#[tokio::test]
async fn every_action_is_on_record_with_who_did_it_and_what_was_before_and_after() {
    for way in ["tcp", "socket"] {
        let app = TestApp::spawn().await;
        let root = app.made_operator("root", "admin").await;
        let admin = if way == "tcp" { root } else { app.local_admin() };
        let all = changing();
        assert!(all.len() >= 15, "{all:?}");
        for endpoint in all {
            let case = prepare(&app, &endpoint).await;
            let earlier = changes(&app).len();
            let reply = admin.post(&case.path, case.body.as_ref()).await;
            assert!((200..300).contains(&reply.status), "{endpoint}: {reply:?}");
            let new = changes(&app).split_off(earlier);
            assert_eq!(new.len(), 1, "{endpoint}: {new:#?}");
            assert_on_record(&new[0], &case);
            assert_came_by(&new[0], way, &admin);
            let request = reply.header("ideogate-request-id").unwrap();
            let told = serde_json::to_value(&new[0]).unwrap();
            assert_eq!(told["metadata"]["request_id"], request, "{endpoint}: {told:#}");
        }
    }
}

/// Asserts that a change says who made it, by which way, and from where.
fn assert_came_by(entry: &Entry, way: &str, admin: &Admin) {
    let told = serde_json::to_value(entry).unwrap();
    assert_eq!(told["metadata"]["way"], way, "{told:#}");
    if way == "tcp" {
        assert_eq!(told["userId"], "operator:root", "{told:#}");
        assert_eq!(told["metadata"]["operator_id"], admin.id.as_str(), "{told:#}");
        assert_eq!(told["metadata"]["client_addr"], "127.0.0.1", "{told:#}");
    } else {
        assert!(told["userId"].as_str().unwrap().starts_with("uid:"), "{told:#}");
        assert_eq!(told["metadata"]["client_addr"], "socket", "{told:#}");
    }
}

#[tokio::test]
async fn an_export_says_who_took_it_and_by_which_way() {
    let app = TestApp::spawn().await;
    let root = app.made_operator("root", "admin").await;
    for (way, admin) in [("tcp", root), ("socket", app.local_admin())] {
        let reply = admin.get("/api/v1/audit/export").await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let entry = app.all_entries().pop().unwrap();
        assert_eq!(&*entry.action, "audit.export");
        assert_came_by(&entry, way, &admin);
    }
}

fn assert_on_record(entry: &Entry, case: &Case) {
    let told = serde_json::to_value(entry).unwrap();
    assert_eq!(told["action"], case.action);
    assert_eq!(told["result"], "success");
    for (side, expected) in [("before", &case.before), ("after", &case.after)] {
        let actual = &told["metadata"][side];
        assert!(holds(actual, expected), "{}: {side} is {actual}, not {expected}", case.action);
    }
    assert_ne!(told["metadata"]["before"], told["metadata"]["after"], "{}", case.action);
    let resource = told["resource"].as_str().unwrap();
    let is_told = |side: &str| {
        let told = &told["metadata"][side];
        ["id", "target"].iter().any(|field| told[field] == resource)
    };
    let names_it = case.path.contains(resource) || is_told("before") || is_told("after");
    // A person is asked for by name, and told by id; settings are none of many.
    let is_named = names_it || resource == "settings" || case.action == "person.forget";
    assert!(is_named || case.action.ends_with("create"), "{told:#}");
}

#[tokio::test]
async fn an_action_that_is_refused_changes_nothing() {
    let app = TestApp::spawn().await;
    let viewer = app.made_operator("anna", "viewer").await;
    for endpoint in changing() {
        let case = prepare(&app, &endpoint).await;
        let earlier = changes(&app);
        let reply = viewer.post(&case.path, case.body.as_ref()).await;
        assert_eq!(reply.admin_problem(), "403 role_missing", "{endpoint}");
        assert_eq!(changes(&app), earlier, "{endpoint}");
    }
}
