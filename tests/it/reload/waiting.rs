//! Calls that wait while settings change, and those that are at Ideogram.

use super::{app, only, send};
use crate::support::{Client, Reply, TestApp};
use ideogate::{
    ledger::{BudgetSubject, Period},
    simulator::{Act, Script},
    tokens::{AskedLimits, NewToken},
};
use serde_json::json;
use tokio::task::JoinSet;

const ONE_PLACE: &str = "[accounts.ideogram]\nmax_in_flight = 1\n[queue]\ntimeout = \"10m\"\n";

/// Lets one call work at Ideogram and another one wait for its place.
async fn one_works_one_waits(app: &TestApp, client: &Client) -> (JoinSet<Reply>, JoinSet<Reply>) {
    let (mut works, mut waits) = (JoinSet::new(), JoinSet::new());
    app.ideogram.script(Script::new(Act::Hold).always());
    send(client, "works", 1, &mut works);
    app.working(1).await;
    send(client, "waits", 1, &mut waits);
    app.places_become((1, 0, 1)).await;
    (works, waits)
}

/// Asserts that the call at Ideogram is answered, and that the other one never came there.
async fn the_other_finishes(app: &TestApp, mut works: JoinSet<Reply>) {
    app.ideogram.release();
    assert_eq!(only(&mut works).await.status, 200);
    app.places_become((0, 0, 0)).await;
    assert_eq!(app.arrived(), 1, "what waited was not sent");
}

#[tokio::test]
async fn a_raised_cap_lets_those_in_who_wait() {
    let app = app(ONE_PLACE).await;
    let client = app.client().await;
    let (mut works, mut waits) = one_works_one_waits(&app, &client).await;
    let changed = app.reload("[accounts.ideogram]\nmax_in_flight = 2\n").await;
    assert_eq!(changed, ["accounts.ideogram.max_in_flight"]);
    app.working(2).await;
    app.ideogram.release();
    assert_eq!((only(&mut works).await.status, only(&mut waits).await.status), (200, 200));
    let entries = app.all_entries();
    let entry = entries.iter().find(|entry| &*entry.action == "config.reload").unwrap();
    let told = serde_json::to_value(entry).unwrap();
    assert!(told.to_string().contains("accounts.ideogram.max_in_flight"), "{told}");
}

#[tokio::test]
async fn a_waiting_call_larger_than_the_new_cap_is_told_at_once() {
    let app = app("[accounts.ideogram]\nmax_in_flight = 4\n[queue]\ntimeout = \"10m\"\n").await;
    let client = app.client().await;
    let (mut works, mut waits) = (JoinSet::new(), JoinSet::new());
    app.ideogram.script(Script::new(Act::Hold).always());
    send(&client, "works", 1, &mut works);
    app.working(1).await;
    send(&client, "waits", 4, &mut waits);
    app.places_become((1, 0, 1)).await;
    app.reload("[accounts.ideogram]\nmax_in_flight = 3\n").await;
    assert_eq!(only(&mut waits).await.problem(), "400 too_many_places");
    the_other_finishes(&app, works).await;
}

#[tokio::test]
async fn an_environment_that_is_switched_off_answers_503_also_to_who_waits_and_finishes_what_it_sent()
 {
    let app = app(ONE_PLACE).await;
    let client = app.client().await;
    let (works, mut waits) = one_works_one_waits(&app, &client).await;
    assert_eq!(
        app.reload("[environments.app]\nenabled = false\n").await,
        ["environments.app.enabled"]
    );
    let told = only(&mut waits).await;
    assert_eq!(told.problem(), "503 environment_unavailable");
    assert!(told.header("retry-after").is_some(), "{told:?}");
    let new = client.post(super::GENERATE, &json!({"prompt": "new"})).await;
    assert_eq!(new.problem(), "503 environment_unavailable");
    assert!(new.json()["message"].as_str().unwrap().contains("switched off"), "{new:?}");
    let whoami = client.get("/_ideogate/whoami").await.json();
    assert_eq!(whoami["available"], false, "its own paths answer");
    the_other_finishes(&app, works).await;
    app.reload("[environments.app]\nenabled = true\n").await;
    app.ideogram.reset();
    assert_eq!(client.post(super::GENERATE, &json!({"prompt": "again"})).await.status, 200);
}

#[tokio::test]
async fn a_route_that_goes_away_refuses_who_waits() {
    let app = app(ONE_PLACE).await;
    let client = app.client().await;
    let (works, mut waits) = one_works_one_waits(&app, &client).await;
    let changed = app.reload("[routes]\ndisable = [\"v3.generate\"]\n").await;
    assert_eq!(changed, ["routes.disable", "routes.\"v3.generate\""]);
    assert_eq!(only(&mut waits).await.problem(), "404 route_unknown");
    the_other_finishes(&app, works).await;
}

#[tokio::test]
async fn a_ceiling_that_comes_down_refuses_who_waits_and_a_weight_does_not() {
    let app = app(ONE_PLACE).await;
    let client = app.client().await;
    let (works, mut waits) = one_works_one_waits(&app, &client).await;
    app.reload("[environments.app]\nweight = 7\n[queue]\ncapacity = 0\ntimeout = \"1s\"\n").await;
    app.places_become((1, 0, 1)).await;
    app.reload("[environments.app]\nscopes = [\"read:*\"]\n").await;
    assert_eq!(only(&mut waits).await.problem(), "403 environment_denied");
    the_other_finishes(&app, works).await;
}

#[tokio::test]
async fn a_budget_below_what_is_reserved_refuses_who_waits_and_loses_no_cent() {
    let app = app(ONE_PLACE).await;
    let client = app.client().await;
    let (works, mut waits) = one_works_one_waits(&app, &client).await;
    app.reload("[environments.app]\ndaily_budget = \"0.10\"\n").await;
    assert_eq!(only(&mut waits).await.problem(), "402 budget_exceeded");
    the_other_finishes(&app, works).await;
    let subject = BudgetSubject::Environment("app".parse().unwrap());
    let tally = app.running.ledger().tally(&subject, Period::Day, app.now());
    assert_eq!(
        (tally.charged.to_string(), tally.reserved.to_string()),
        ("0.06".into(), "0.00".into())
    );
    let next = client.post(super::GENERATE, &json!({"prompt": "next"})).await;
    assert_eq!(next.problem(), "402 budget_exceeded");
}

#[tokio::test]
async fn an_unpriced_route_is_refused_once_a_budget_covers_it() {
    const GRAPHIC: &str = "/v1/ideogram-v3/graphic";
    let app = app(ONE_PLACE).await;
    let client = app.client().await;
    let (mut works, mut waits) = (JoinSet::new(), JoinSet::<Reply>::new());
    app.ideogram.script(Script::new(Act::Hold).always());
    send(&client, "works", 1, &mut works);
    app.working(1).await;
    let (own, body) = (client.clone(), json!({"prompt": "a violet lighthouse"}));
    waits.spawn(async move { own.post(GRAPHIC, &body).await });
    app.places_become((1, 0, 1)).await;
    app.reload("[environments.app]\ndaily_budget = \"100.00\"\n").await;
    assert_eq!(only(&mut waits).await.problem(), "403 policy_denied");
    the_other_finishes(&app, works).await;
}

#[tokio::test]
async fn an_environment_that_moves_to_another_account_asks_who_waits_to_try_again() {
    let app = app(ONE_PLACE).await;
    let client = app.client().await;
    let (works, mut waits) = one_works_one_waits(&app, &client).await;
    app.reload("[environments.app]\naccount = \"simulator\"\n").await;
    let told = only(&mut waits).await;
    assert_eq!(told.problem(), "503 environment_unavailable");
    assert!(told.json()["message"].as_str().unwrap().contains("another account"), "{told:?}");
    assert_eq!(client.post(super::GENERATE, &json!({"prompt": "there"})).await.status, 200);
    the_other_finishes(&app, works).await;
}

#[tokio::test]
async fn an_account_taken_out_with_calls_in_flight_is_named_and_its_calls_finish() {
    let mut app = app("").await;
    let second = format!(
        "[accounts.second]\nbase_url = \"http://{}\"\n[environments.app]\naccount = \"second\"\n",
        app.ideogram_host()
    );
    let common = std::mem::replace(&mut app.settings.toml, second);
    let app = app.restart().await;
    let client = app.client().await;
    let mut works = JoinSet::new();
    app.ideogram.script(Script::new(Act::Hold).always());
    send(&client, "works", 1, &mut works);
    app.working(1).await;
    let text = std::fs::read_to_string(app.file()).unwrap();
    let mut file: toml::Table = text.parse().unwrap();
    file["accounts"].as_table_mut().unwrap().remove("second");
    std::fs::write(app.file(), file.to_string()).unwrap();
    app.change(&format!("{common}[environments.app]\naccount = \"ideogram\"\n"));
    let told = app.try_reload(&json!({})).await.json();
    assert_eq!(told["needs_restart"], json!(["accounts.second"]), "{told}");
    assert_eq!(told["changed"][0]["key"], "environments.app.account", "{told}");
    let accounts = app.ask("/api/v1/accounts").await;
    let names = accounts.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap());
    assert!(names.into_iter().any(|name| name == "second"), "it is in force until the restart");
    app.ideogram.release();
    assert_eq!(only(&mut works).await.status, 200);
    app.ideogram.reset();
    assert_eq!(client.post(super::GENERATE, &json!({"prompt": "here"})).await.status, 200);
    assert_eq!(app.account().in_use, 0);
}

#[tokio::test]
async fn the_last_budget_in_production_is_not_taken_away_unless_that_is_said() {
    let toml = "[review]\nproduction = [\"app\"]\n[environments.app]\ndaily_budget = \"5.00\"\n";
    let app = app(toml).await;
    let new = NewToken {
        environment: "app".to_owned(),
        name: "website".to_owned(),
        scopes: vec!["write:generate".to_owned()],
        limits: AskedLimits::default(),
        ..NewToken::default()
    };
    let client = app.client_of(new).await;
    app.change("[environments.app]\ndaily_budget = \"\"\n");
    for asked in [json!({}), json!({"dry_run": true})] {
        let refused = app.try_reload(&asked).await;
        assert_eq!(refused.admin_problem(), "422 settings_invalid");
        let told = refused.json();
        assert_eq!(told["mistakes"][0]["field"], "environments.app.daily_budget", "{told}");
        assert!(told["detail"].as_str().unwrap().contains(client.id().as_str()), "{told}");
    }
    let environment = app.ask("/api/v1/environments/app").await;
    assert_eq!(environment["daily_budget"], "5.00", "nothing changed");
    let said = app.try_reload(&json!({"no_budget": true})).await;
    assert_eq!(said.status, 200, "{said:?}");
    assert_eq!(app.ask("/api/v1/environments/app").await["daily_budget"], json!(null));
}
