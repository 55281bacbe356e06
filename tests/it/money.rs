//! Nobody overspends, and nobody does more than agreed.

use crate::support::{TestApp, TestSettings};
use ideogate::{
    domain::Usd,
    ledger::{BudgetSubject, Period},
    simulator::{Act, Script},
    tokens::{AskedLimits, NewToken},
};
use serde_json::{Value, json};
use std::time::Duration;

const GENERATE: &str = "/v1/ideogram-v3/generate";

fn prompt() -> Value {
    json!({"prompt": "a lighthouse", "rendering_speed": "TURBO"})
}

fn token(daily_budget: Option<&str>) -> NewToken {
    NewToken {
        environment: "app".to_owned(),
        name: "money".to_owned(),
        scopes: vec!["read:*".to_owned(), "write:*".to_owned()],
        limits: AskedLimits {
            daily_budget: daily_budget.map(str::to_owned).into(),
            ..AskedLimits::default()
        },
        ..NewToken::default()
    }
}

fn with(toml: &str) -> TestSettings {
    TestSettings { toml: toml.to_owned(), ..TestSettings::default() }
}

#[tokio::test]
async fn a_thousand_parallel_calls_against_a_budget_for_thirty_seven_let_thirty_seven_through() {
    let app = TestApp::with(with("[queue]\ntimeout = \"60s\"\n")).await;
    // 37 × $0.03 and a bit that does not cover another one.
    let client = app.client_of(token(Some("1.13"))).await;
    let calls = (0..1_000).map(|number| {
        let body = json!({"prompt": format!("{number}"), "rendering_speed": "TURBO"});
        let client = client.clone();
        async move { client.post(GENERATE, &body).await }
    });
    let replies = futures_util::future::join_all(calls).await;
    let done = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(done, 37);
    for refused in replies.iter().filter(|reply| reply.status != 200) {
        assert_eq!(refused.problem(), "402 budget_exceeded");
        assert_eq!(refused.json()["reject_reason"], "daily_limit");
        assert_eq!(refused.header("x-should-retry"), Some("false"));
    }
    assert_eq!((app.arrived(), app.ideogram.billed_images()), (37, 37));
    let tally = app.running.ledger().tally(
        &BudgetSubject::Token(client.id().clone()),
        Period::Day,
        app.now(),
    );
    assert_eq!((tally.charged.to_string(), tally.reserved), ("1.11".to_owned(), Usd::ZERO));
}

#[tokio::test]
async fn a_budget_is_the_same_after_a_restart_and_new_on_the_next_day() {
    let app = TestApp::spawn().await;
    let client = app.client_of(token(Some("0.06"))).await;
    let first = client.post(GENERATE, &prompt()).await;
    assert_eq!(first.header("ideogate-cost-usd"), Some("0.03"));
    assert_eq!(first.header("ideogate-budget-remaining-usd"), Some("0.03"));
    let app = app.restart().await;
    let client = client.at(app.url());
    assert_eq!(client.post(GENERATE, &prompt()).await.status, 200);
    assert_eq!(client.post(GENERATE, &prompt()).await.problem(), "402 budget_exceeded");
    app.clock.advance(Duration::from_hours(24));
    assert_eq!(client.post(GENERATE, &prompt()).await.status, 200);
    // Set back over midnight, yesterday's money is still spent.
    app.clock.set(app.now().minus(Duration::from_hours(24)));
    assert_eq!(client.post(GENERATE, &prompt()).await.problem(), "402 budget_exceeded");
    assert_eq!(app.arrived(), 3);
}

#[tokio::test]
async fn an_unpriced_route_is_refused_to_a_token_with_a_budget_and_open_without() {
    let app = TestApp::spawn().await;
    let body = json!({"text_prompt": "a lighthouse"});
    let path = "/v1/ideogram-v4/magic-prompt";
    let counted = app.client_of(token(Some("5.00"))).await;
    let refused = counted.post(path, &body).await;
    assert_eq!(refused.problem(), "403 policy_denied");
    assert_eq!(refused.json()["rule"], "prices");
    assert_eq!(app.arrived(), 0);
    let free = app.client_of(token(None)).await;
    assert_eq!(free.post(path, &body).await.status, 200);
}

#[tokio::test]
async fn a_budget_below_one_call_lets_nothing_through() {
    let app = TestApp::spawn().await;
    let client = app.client_of(token(Some("0.02"))).await;
    assert_eq!(client.post(GENERATE, &prompt()).await.problem(), "402 budget_exceeded");
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn a_dearer_parameter_behind_the_files_counts() {
    let app = TestApp::spawn().await;
    // Enough for a plain image at $0.03, not for one with a character reference at $0.10.
    let client = app.client_of(token(Some("0.09"))).await;
    let form = || {
        let picture = reqwest::multipart::Part::bytes(vec![7; 100_000]).file_name("a.png");
        let form = reqwest::multipart::Form::new().part("style_reference_images", picture);
        form.text("prompt", "a lighthouse").text("rendering_speed", "TURBO")
    };
    let reference = reqwest::multipart::Part::bytes(vec![9; 1000]).file_name("b.png");
    let dear = form().part("character_reference_images", reference);
    assert_eq!(client.post_form(GENERATE, dear).await.problem(), "402 budget_exceeded");
    assert_eq!(app.arrived(), 0);
    assert_eq!(client.post_form(GENERATE, form()).await.status, 200);
}

#[tokio::test]
async fn a_402_stops_calls_as_dear_and_lets_one_through_a_minute() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let dear = json!({"prompt": "a", "rendering_speed": "QUALITY"});
    app.ideogram.script(Script::new(Act::status(402)));
    assert_eq!(client.post(GENERATE, &dear).await.status, 402);
    let stopped = client.post(GENERATE, &dear).await;
    assert_eq!(stopped.problem(), "402 balance_exhausted");
    assert_eq!(stopped.json()["reject_reason"], "insufficient_funds");
    assert_eq!(client.post(GENERATE, &prompt()).await.status, 200, "cheaper calls go on");
    assert_eq!(app.arrived(), 2);
    app.clock.advance(Duration::from_mins(1));
    assert_eq!(client.post(GENERATE, &dear).await.status, 200, "the probe goes through");
    assert_eq!(client.post(GENERATE, &dear).await.status, 200, "and closes the breaker");
    assert_eq!(app.arrived(), 4);
}

#[tokio::test]
async fn an_unknown_call_stays_reserved_until_it_is_charged_or_written_off() {
    let app = TestApp::spawn().await;
    let client = app.client_of(token(Some("0.05"))).await;
    app.ideogram.script(Script::new(Act::ResetUnanswered));
    let unknown = client.post(GENERATE, &prompt()).await;
    assert_eq!(unknown.problem(), "502 outcome_unknown");
    let other = json!({"prompt": "another", "rendering_speed": "TURBO"});
    assert_eq!(client.post(GENERATE, &other).await.problem(), "402 budget_exceeded");
    let subject = BudgetSubject::Token(client.id().clone());
    let tally = app.running.ledger().tally(&subject, Period::Day, app.now());
    assert_eq!((tally.charged, tally.reserved.to_string()), (Usd::ZERO, "0.03".to_owned()));
    let call = app.running.reader().unsettled(app.now().plus(Duration::from_secs(1))).unwrap();
    let by = ideogate::domain::Principal::LocalUser(0);
    let freed = app.running.calls().write_off(&call[0].call, &by, None).await.unwrap();
    assert_eq!(freed.to_string(), "0.03");
    assert!(app.running.calls().write_off(&call[0].call, &by, None).await.is_err(), "only once");
    assert_eq!(client.post(GENERATE, &other).await.status, 200);
}

#[tokio::test]
async fn what_is_unknown_for_a_day_counts_as_charged() {
    let app = TestApp::spawn().await;
    let client = app.client_of(token(Some("5.00"))).await;
    app.ideogram.script(Script::new(Act::ResetUnanswered));
    client.post(GENERATE, &prompt()).await;
    let (opened, subject) = (app.now(), BudgetSubject::Token(client.id().clone()));
    app.clock.advance(Duration::from_hours(24) + Duration::from_mins(1));
    app.running.calls().charge_overdue().await.unwrap();
    app.running.calls().charge_overdue().await.unwrap();
    let tally = app.running.ledger().tally(&subject, Period::Day, opened);
    assert_eq!((tally.charged.to_string(), tally.reserved), ("0.03".to_owned(), Usd::ZERO));
    let app = app.restart().await;
    let tally = app.running.ledger().tally(&subject, Period::Month, opened);
    assert_eq!(tally.charged.to_string(), "0.03", "once, and after a restart too");
}

#[tokio::test]
async fn an_environments_policy_holds_for_every_token() {
    let app = TestApp::with(with(
        "[environments.app.policy]\nmax_images = 2\nspeeds = [\"TURBO\"]\n\
         image_hosts = [\"images.example.com\"]\nrequests_per_minute = 7\n",
    ))
    .await;
    let client = app.client().await;
    let refused = |reply: crate::support::Reply| (reply.problem(), reply.json()["rule"].clone());
    let rule = |name: &str| {
        ("403 policy_denied".to_owned(), json!(format!("environments.app.policy.{name}")))
    };
    let many = json!({"prompt": "a", "rendering_speed": "TURBO", "num_images": 3});
    assert_eq!(refused(client.post(GENERATE, &many).await), rule("max_images"));
    let fast = json!({"prompt": "a", "rendering_speed": "QUALITY"});
    assert_eq!(refused(client.post(GENERATE, &fast).await), rule("speeds"));
    let form = |url: &str| {
        let form = reqwest::multipart::Form::new().text("prompt", "a beach");
        form.text("image_urls", url.to_owned())
    };
    let reply = client.post_form("/v1/edit", form("https://elsewhere.example.org/a.png")).await;
    assert_eq!(refused(reply), rule("image_hosts"));
    assert_eq!(app.arrived(), 0);
    // What the policy refused counts as well.
    for _ in 0..4 {
        assert_eq!(client.post(GENERATE, &prompt()).await.status, 200);
    }
    let limited = client.post(GENERATE, &prompt()).await;
    assert_eq!(limited.problem(), "429 rate_limited");
    assert_eq!(limited.json()["rule"], "environments.app.policy.requests_per_minute");
}

#[tokio::test]
async fn an_account_and_an_environment_have_budgets_of_their_own() {
    let app = TestApp::with(with(
        "[accounts.ideogram]\ndaily_budget = \"0.09\"\n\
         [environments.app]\nmonthly_budget = \"0.06\"\n\
         [environments.other]\naccount = \"ideogram\"\nscopes = [\"write:*\"]\n",
    ))
    .await;
    let (one, two) = (app.client().await, app.client_with("other", &["write:*"]).await);
    for client in [&one, &one, &two] {
        assert_eq!(client.post(GENERATE, &prompt()).await.status, 200);
    }
    let refused = one.post(GENERATE, &prompt()).await;
    assert_eq!(refused.problem(), "402 budget_exceeded");
    assert_eq!(refused.json()["budget"], "environment app");
    let refused = two.post(GENERATE, &prompt()).await;
    assert_eq!(refused.problem(), "402 budget_exceeded");
    assert_eq!(refused.json()["budget"], "account ideogram");
    assert_eq!(app.arrived(), 3);
}

#[tokio::test]
async fn a_crash_loses_no_money_and_invents_none() {
    let app = TestApp::with(TestSettings {
        cap: Some(1),
        ..with("[accounts.ideogram]\nmax_in_flight = 1\n")
    })
    .await;
    let client = app.client().await;
    assert_eq!(client.post(GENERATE, &prompt()).await.status, 200);
    app.ideogram.script(Script::new(Act::Hold).always());
    let call = |text: &'static str| {
        let client = client.clone();
        let body = json!({"prompt": text, "rendering_speed": "TURBO"});
        tokio::spawn(async move { client.post(GENERATE, &body).await })
    };
    let at_ideogram = call("sent");
    app.working(2).await;
    let waiting = call("held, and not committed");
    app.places_become((1, 0, 1)).await;
    let (subject, now) = (BudgetSubject::Token(client.id().clone()), app.now());
    let before = app.running.ledger().tally(&subject, Period::Day, now);
    assert_eq!(
        (before.charged.to_string(), before.reserved.to_string()),
        ("0.03".into(), "0.06".into())
    );
    let app = app.crash().await;
    let after = app.running.ledger().tally(&subject, Period::Day, now);
    // The one that only waited never was; the one that was sent stays reserved.
    assert_eq!(
        (after.charged.to_string(), after.reserved.to_string()),
        ("0.03".into(), "0.03".into())
    );
    at_ideogram.abort();
    waiting.abort();
}
