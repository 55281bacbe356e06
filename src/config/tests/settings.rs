use super::support::Given;
use crate::{
    config::{CountBy, Database, LogFormat, SettingOrigin, Settings, default_text},
    domain::{AccountName, EnvironmentName, Scope, Usd},
};
use std::{collections::BTreeSet, time::Duration};

fn environment(name: &str) -> EnvironmentName {
    name.parse().unwrap()
}

fn account(name: &str) -> AccountName {
    name.parse().unwrap()
}

fn defaults() -> Settings {
    Given::nothing().load().unwrap().settings
}

#[test]
fn the_defaults_hold_no_mistake_and_say_what_the_design_says() {
    let settings = defaults();
    assert_eq!(settings.listen.proxy.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.listen.admin.to_string(), "127.0.0.1:8081");
    assert_eq!(settings.data.dir.to_str(), Some("data"));
    assert_eq!(settings.data.database, Database::Sqlite);
    assert_eq!(settings.queue.capacity, 1000);
    assert_eq!(settings.queue.timeout, Duration::from_mins(2));
    assert_eq!(settings.queue.max_timeout, Duration::from_mins(10));
    assert_eq!(settings.bodies.memory, 64 << 20);
    assert_eq!(settings.bodies.disk, 4 << 30);
    assert_eq!(settings.bodies.per_token, 512 << 20);
    assert_eq!(settings.bodies.min_free, 256 << 20);
    assert_eq!(settings.bodies.max_answer, 256 << 20);
    assert_eq!(settings.door.header_timeout, Duration::from_secs(10));
    // Balancers close their idle connections after 60 s, and ours must not be closed before.
    assert_eq!(settings.door.keep_alive, Duration::from_secs(75));
    assert_eq!(settings.log.format, LogFormat::Text);
}

#[test]
fn the_shipped_accounts_are_ideogram_and_the_simulator() {
    let settings = defaults();
    let ideogram = &settings.accounts[&account("ideogram")];
    assert_eq!(ideogram.base_url.as_ref().unwrap().to_string(), "https://api.ideogram.ai/");
    assert_eq!(ideogram.max_in_flight, 10);
    assert_eq!(ideogram.count, CountBy::Images);
    assert_eq!(ideogram.timeout, Duration::from_mins(3));
    assert_eq!(ideogram.place_ttl, Duration::from_mins(2));
    let top_up = [ideogram.top_up_threshold, ideogram.top_up_balance];
    assert_eq!(top_up.map(|amount| amount.to_string()), ["10.00", "20.00"]);
    let simulator = &settings.accounts[&account("simulator")];
    assert_eq!((simulator.base_url.as_ref(), simulator.max_in_flight), (None, 10));
}

#[test]
fn the_shipped_environments_are_ceilings_that_grow() {
    let settings = defaults();
    let grants = |name: &str| {
        let scopes = &settings.environments[&environment(name)].scopes;
        scopes.grants().map(|grant| grant.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(grants("sandbox"), ["read:*", "write:*"]);
    assert_eq!(grants("dev"), ["read:*"]);
    assert_eq!(grants("staging"), ["read:*", "write:limited"]);
    assert!(grants("prod").iter().all(|grant| !grant.contains('*') && grant != "write:limited"));
    let prod = &settings.environments[&environment("prod")];
    assert_eq!((prod.weight, prod.account.as_str()), (4, "ideogram"));
    assert!(prod.scopes.allows(Scope::WriteGenerate));
    assert!(!prod.scopes.allows(Scope::TrainModels) && !prod.scopes.allows(Scope::ReadAccount));
    assert_eq!(settings.environments[&environment("sandbox")].account.as_str(), "simulator");
    assert_eq!(prod.token_lifetime, Duration::from_hours(90 * 24));
}

#[test]
fn every_key_of_the_default_file_is_read_and_every_key_that_is_read_stands_in_it() {
    let shown = Given::nothing().load().unwrap().settings.shown;
    let documented: BTreeSet<&str> = default_text()
        .lines()
        .filter_map(|line| line.trim_start_matches("# ").split_once(" = "))
        .map(|(key, _)| key)
        .collect();
    for setting in shown.settings() {
        let key = setting.key.rsplit('.').next().unwrap();
        assert!(documented.contains(key), "{} is not documented", setting.key);
    }
    let read: BTreeSet<&str> =
        shown.settings().iter().map(|setting| setting.key.rsplit('.').next().unwrap()).collect();
    let unread: Vec<_> = documented.difference(&read).collect();
    assert!(unread.is_empty(), "documented, but not read: {unread:?}");
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
    let given = Given::settings("[queue]\ncapacity = 5\ntimeout = \"7s\"\n");
    let loaded = given
        .variable("IDEOGATE__QUEUE__CAPACITY", "2000")
        .variable("IDEOGATE__ACCOUNTS__IDEOGRAM__BASE_URL", "http://127.0.0.1:9000")
        .variable("IDEOGATE__LISTEN__ALLOW_PLAINTEXT", "true")
        .variable("IDEOGATE__ENVIRONMENTS__DEV__DAILY_BUDGET", "5.00")
        .variable("IDEOGATE_QUEUE", "not ours")
        .load()
        .unwrap();
    let settings = &loaded.settings;
    assert_eq!(settings.queue.capacity, 2000);
    assert_eq!(settings.queue.timeout, Duration::from_secs(7));
    assert_eq!(settings.queue.max_timeout, Duration::from_mins(10));
    assert!(settings.listen.allow_plaintext);
    let ideogram = &settings.accounts[&account("ideogram")];
    assert_eq!(ideogram.base_url.as_ref().unwrap().to_string(), "http://127.0.0.1:9000/");
    let dev = &settings.environments[&environment("dev")];
    assert_eq!(dev.daily_budget, Some(Usd::from_micros(5_000_000)));
}

#[test]
fn lists_come_from_variables_as_toml_or_between_commas() {
    for value in ["[\"read:*\", \"write:edit\"]", "read:*, write:edit"] {
        let given = Given::nothing().variable("IDEOGATE__ENVIRONMENTS__DEV__SCOPES", value);
        let settings = given.load().unwrap().settings;
        let dev = &settings.environments[&environment("dev")];
        assert!(dev.scopes.allows(Scope::WriteEdit) && dev.scopes.allows(Scope::ReadModels));
    }
    let given = Given::nothing().variable("IDEOGATE__ENVIRONMENTS__PROD__SCOPES", "write:edit");
    let settings = given.load().unwrap().settings;
    assert_eq!(settings.environments[&environment("prod")].scopes.grants().count(), 1);
}

#[test]
fn the_dot_env_file_counts_as_environment_but_the_real_one_wins() {
    let dot_env = "IDEOGATE__QUEUE__CAPACITY=1\nIDEOGATE__LOG__FORMAT=json\n";
    let given = Given::nothing().file(".env", dot_env).variable("IDEOGATE__QUEUE__CAPACITY", "2");
    let loaded = given.load().unwrap();
    assert_eq!(loaded.settings.queue.capacity, 2);
    assert_eq!(loaded.settings.log.format, LogFormat::Json);
    let origin = &loaded.settings.shown.get("log.format").unwrap().origin;
    assert_eq!(*origin, SettingOrigin::DotEnv { name: "IDEOGATE__LOG__FORMAT".into(), line: 2 });
    assert!(std::env::var_os("IDEOGATE__LOG__FORMAT").is_none());
}

#[test]
fn every_value_says_where_it_comes_from() {
    let given = Given::settings("# mine\n[queue]\n\ncapacity = 5\n");
    let loaded = given.variable("IDEOGATE__QUEUE__TIMEOUT", "20s").load().unwrap();
    let text = loaded.settings.shown.to_string();
    let queue: Vec<&str> = text.lines().filter(|line| line.starts_with("queue.")).collect();
    insta::assert_snapshot!(queue.join("\n"), @r#"
    queue.capacity = 5  # ideogate.toml:4
    queue.max_timeout = "10m"  # default
    queue.timeout = "20s"  # environment variable IDEOGATE__QUEUE__TIMEOUT
    "#);
    assert!(text.contains("# listen.public_url is not set\n"));
}

#[test]
fn an_added_account_starts_as_ideogram_and_an_added_environment_as_dev() {
    let text = "[accounts.other]\nbase_url = \"https://other.example.com\"\n\
                [environments.qa]\naccount = \"other\"\nscopes = [\"write:edit\"]\n";
    let settings = Given::settings(text).load().unwrap().settings;
    let other = &settings.accounts[&account("other")];
    assert_eq!((other.max_in_flight, other.timeout), (10, Duration::from_mins(3)));
    let qa = &settings.environments[&environment("qa")];
    assert_eq!((qa.weight, qa.account.as_str()), (1, "other"));
    assert!(!qa.scopes.allows(Scope::ReadModels), "the scopes of dev are not inherited");
}

#[test]
fn an_added_account_without_an_origin_is_a_simulator_and_never_ideogram_by_accident() {
    let settings = Given::settings("[accounts.mine]\n").load().unwrap().settings;
    assert_eq!(settings.accounts[&account("mine")].base_url, None);
}

#[test]
fn an_empty_text_takes_a_value_away() {
    let given = Given::settings("[environments.staging.limited]\ndaily_budget = \"\"\n");
    let settings = given.variable("IDEOGATE__LISTEN__PUBLIC_URL", "").load().unwrap().settings;
    assert_eq!(settings.listen.public_url, None);
    assert_eq!(settings.tokens.default_rate, Some(600), "what nobody takes away is as shipped");
    let given = Given::settings("[tokens]\ndefault_rate = \"\"\n");
    assert_eq!(given.load().unwrap().settings.tokens.default_rate, None);
    assert_eq!(settings.environments[&environment("staging")].limited.daily_budget, None);
}

#[test]
fn a_public_url_loses_its_last_slash() {
    let given = Given::settings("[listen]\npublic_url = \"https://images.example.com/\"\n");
    let settings = given.load().unwrap().settings;
    assert_eq!(settings.listen.public_url.as_deref(), Some("https://images.example.com"));
}

#[test]
fn checkpoints_are_made_as_often_and_kept_where_it_is_said() {
    let audit = defaults().audit;
    assert_eq!((audit.checkpoint_records, audit.checkpoint_interval.as_secs()), (1000, 60));
    assert_eq!(audit.checkpoint_file, None);
    let given = Given::settings(
        "[audit]\ncheckpoint_records = 5\ncheckpoint_interval = \"2m\"\ncheckpoint_file = \"/mnt/checkpoints\"\n",
    );
    let audit = given.load().unwrap().settings.audit;
    assert_eq!((audit.checkpoint_records, audit.checkpoint_interval.as_secs()), (5, 120));
    assert_eq!(audit.checkpoint_file.unwrap().to_str(), Some("/mnt/checkpoints"));
    let wrong = Given::settings("[audit]\ncheckpoint_records = 0\ncheckpoint_interval = \"0s\"\n")
        .mistakes();
    assert!(
        wrong.contains("audit.checkpoint_records") && wrong.contains("audit.checkpoint_interval"),
        "{wrong}"
    );
}
