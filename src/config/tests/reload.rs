//! What is taken of other settings while the gateway runs.

use super::support::Given;
use crate::config::{Settings, ShownSetting, TakenSettings};
use std::sync::Arc;

const REAL: &str = "[accounts.ideogram]\nwebhooks = \"pass\"\n";

fn settings(text: &str) -> Settings {
    Given::settings(text).load().unwrap_or_else(|mistakes| panic!("{mistakes}")).settings
}

fn taking(old: &str, new: &str) -> TakenSettings {
    settings(old).taking(&settings(new)).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn changed(taken: &TakenSettings) -> Vec<&str> {
    taken.changed.iter().map(|change| &*change.key).collect()
}

fn restarts(taken: &TakenSettings) -> Vec<&str> {
    taken.needs_restart.iter().map(AsRef::as_ref).collect()
}

/// Returns all but how the settings are shown.
fn in_force(settings: &Settings) -> String {
    // Tables whose order is left to chance are told in theirs.
    let (routes, prices) = (settings.routes.routes(), &settings.prices);
    let rest = Settings {
        shown: Arc::default(),
        routes: Arc::default(),
        prices: Arc::default(),
        ..settings.clone()
    };
    format!("{rest:?} {routes:?} {}", prices.version())
}

/// Another value than the shipped one for keys of these names, in the form of TOML.
const OTHERS: &[(&str, &str)] = &[
    ("account", "\"simulator\""),
    ("admin", "\"127.0.0.1:9091\""),
    ("admin_hosts", "[\"admin.example.com\"]"),
    ("admin_tls_cert", "\"a.pem\""),
    ("admin_tls_key", "\"a.pem\""),
    ("allow_retired", "[\"abcd\"]"),
    ("archive_dir", "\"elsewhere\""),
    ("archive_keep", "\"25h\""),
    ("base_url", "\"https://other.example.com\""),
    ("budget_factor", "7"),
    ("capacity", "7"),
    ("checkpoint_file", "\"elsewhere\""),
    ("checkpoint_records", "7"),
    ("client_addr", "\"none\""),
    ("cidrs", "[\"10.0.0.0/8\"]"),
    ("count", "\"requests\""),
    ("daily_budget", "\"3.00\""),
    ("default_rate", "\"7/min\""),
    ("dir", "\"elsewhere\""),
    ("enable", "[\"v4.design\"]"),
    ("disable", "[\"v3.generate\"]"),
    ("filter", "\"debug\""),
    ("format", "\"json\""),
    ("max_size", "\"64MiB\""),
    ("image_hosts", "[\"images.example.com\"]"),
    ("keep", "\"25h\""),
    ("key", "\"IDEOGRAM_API_KEY_OTHER\""),
    ("models", "[\"V_3\"]"),
    ("monthly_budget", "\"3.00\""),
    ("production", "[\"staging\"]"),
    ("proxy", "\"127.0.0.1:9090\""),
    ("public_url", "\"https://images.example.com\""),
    ("routes", "[\"v3.generate\"]"),
    ("scopes", "[\"read:models\"]"),
    ("speeds", "[\"TURBO\"]"),
    ("tls_cert", "\"a.pem\""),
    ("tls_key", "\"a.pem\""),
    ("top_up_balance", "\"33.00\""),
    ("top_up_threshold", "\"3.00\""),
    ("trusted_proxies", "[\"10.0.0.0/8\"]"),
    ("url", "\"https://alerts.example.com/path\""),
    ("user_id", "\"user\""),
    ("webhook_hosts", "[\"hooks.example.com\"]"),
    ("webhooks", "\"receive\""),
];

/// Returns another value than the shipped one, in the form of TOML.
fn other(setting: &ShownSetting) -> String {
    let name = setting.key.rsplit('.').next().unwrap();
    if setting.value.as_deref() == Some("\"simulator\"") {
        return "\"ideogram\"".to_owned();
    }
    if let Some((_, value)) = OTHERS.iter().find(|(known, _)| *known == name) {
        return (*value).to_owned();
    }
    match setting.value.as_deref() {
        Some("true") => "false".to_owned(),
        Some("false") => "true".to_owned(),
        Some(text) if text.ends_with("MiB\"") || text.ends_with("GiB\"") => "\"9MiB\"".to_owned(),
        Some(text) if text.starts_with('"') && !name.ends_with("timeout") => "\"25h\"".to_owned(),
        Some(text) if text.starts_with('"') => "\"119s\"".to_owned(),
        Some(number) => (number.parse::<u32>().unwrap() + 1).to_string(),
        None if name.ends_with("timeout") => "\"119s\"".to_owned(),
        None => "2".to_owned(),
    }
}

/// Returns a file that sets one key, with what it needs beside it.
fn file(setting: &ShownSetting) -> String {
    let (table, name) = setting.key.rsplit_once('.').unwrap();
    let mut text = format!("[{table}]\n{name} = {}\n", other(setting));
    let beside = match name {
        "archive_keep" => "keep = \"25h\"\n",
        "tls_cert" => "tls_key = \"b.pem\"\n",
        "tls_key" => "tls_cert = \"b.pem\"\n",
        "admin_tls_cert" => "admin_tls_key = \"b.pem\"\n",
        "admin_tls_key" => "admin_tls_cert = \"b.pem\"\n",
        _ => "",
    };
    text.push_str(beside);
    // Ideogram delivers to public addresses only.
    if name == "webhooks" && table == "accounts.ideogram" {
        text.push_str("[listen]\npublic_url = \"https://images.example.com\"\n");
    }
    text
}

#[test]
fn every_key_is_live_or_named() {
    let old = settings(REAL);
    let policy = "[environments.dev.policy]\nmax_images = 1\n";
    let with_policy = settings(policy);
    // Files are of tests of their own, and there is one kind of database.
    let without = ["routes.file", "prices.file", "data.database"];
    let keys = with_policy.shown.settings().iter().filter(|one| !without.contains(&&*one.key));
    let mut seen = (0, 0);
    for setting in keys {
        let new = settings(&file(setting));
        let taken = old.taking(&new).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        let differs = in_force(&taken.settings) != in_force(&old);
        let (key, changed, named) = (&*setting.key, changed(&taken), restarts(&taken));
        assert!(changed.contains(&key) != named.contains(&key), "{key}: {changed:?} {named:?}");
        if changed.contains(&key) {
            assert!(differs, "{key} is told as taken and is not");
            assert_eq!(
                taken.settings.shown.get(key).unwrap().value,
                new.shown.get(key).unwrap().value
            );
            seen.0 += 1;
        } else {
            assert!(!differs || !changed.is_empty(), "{key} is taken and not told");
            let before = old.shown.get(key).and_then(|one| one.value.clone());
            assert_eq!(taken.settings.shown.get(key).and_then(|one| one.value.clone()), before);
            seen.1 += 1;
        }
    }
    assert!(seen.0 > 60 && seen.1 > 40, "{seen:?}");
}

#[test]
fn a_new_environment_of_a_known_account_is_taken_whole() {
    let new = "[environments.team]\naccount = \"ideogram\"\nscopes = [\"read:*\"]\nkey = \"IDEOGRAM_API_KEY_TEAM\"\n";
    let taken = taking("", new);
    assert!(taken.needs_restart.is_empty());
    assert!(changed(&taken).contains(&"environments.team.key"));
    assert!(taken.settings.environments.contains_key(&"team".parse().unwrap()));
    assert_eq!(&*taken.settings.key_variables[&"team".parse().unwrap()], "IDEOGRAM_API_KEY_TEAM");
    let back = taking(new, "");
    assert!(back.needs_restart.is_empty());
    assert!(!back.settings.environments.contains_key(&"team".parse().unwrap()));
    let weight = back.changed.iter().find(|change| &*change.key == "environments.team.weight");
    assert_eq!(
        weight.map(|change| (change.before.as_deref(), change.after.as_deref())),
        Some((Some("1"), None))
    );
}

#[test]
fn a_new_account_waits_with_its_environments_and_an_account_that_is_gone_stays() {
    let new = "[accounts.\"second.eu\"]\nbase_url = \"https://api.ideogram.ai\"\n\
               [environments.\"eu.prod\"]\naccount = \"second.eu\"\nscopes = [\"read:*\"]\n\
               [environments.dev]\naccount = \"second.eu\"\nweight = 9\n";
    let taken = taking("", new);
    let named = [r#"accounts."second.eu""#, "environments.dev", r#"environments."eu.prod""#];
    let mut told = restarts(&taken);
    told.sort_unstable();
    let mut wanted = named.to_vec();
    wanted.sort_unstable();
    assert_eq!(told, wanted);
    let dev = &taken.settings.environments[&"dev".parse().unwrap()];
    assert_eq!((dev.account.as_str(), dev.weight), ("ideogram", 1), "whole or not at all");
    assert!(!taken.settings.environments.contains_key(&"eu.prod".parse().unwrap()));
    let gone = taking(new, "[environments.dev]\nweight = 2\n");
    assert_eq!(restarts(&gone), [r#"accounts."second.eu""#]);
    assert!(gone.settings.accounts.contains_key(&"second.eu".parse().unwrap()));
    assert_eq!(gone.settings.environments[&"dev".parse().unwrap()].weight, 2);
}

#[test]
fn what_only_fits_after_a_restart_is_a_mistake() {
    // The environment that leaves for a new account stays where it is, and so do the places that it reserves.
    let old = "[environments.dev]\nreserved_places = 4\n";
    let new = "[accounts.ideogram]\nmax_in_flight = 3\n[accounts.second]\n\
               [environments.dev]\naccount = \"second\"\nreserved_places = 4\n";
    let mistakes = settings(old).taking(&settings(new)).unwrap_err().to_string();
    assert!(mistakes.contains("environments.dev.reserved_places"), "{mistakes}");
    assert!(mistakes.contains("max_in_flight is 3"), "{mistakes}");
}

#[test]
fn a_route_and_a_price_that_change_are_told_whichever_file_says_so() {
    let given = |routes: &str, prices: &str| {
        let given = Given::settings("[routes]\nfile = \"r.toml\"\n[prices]\nfile = \"p.toml\"\n");
        let given = given.file("r.toml", routes).file("p.toml", prices);
        given.load().unwrap_or_else(|mistakes| panic!("{mistakes}")).settings
    };
    let prices = |price: &str| {
        format!(
            "version = \"2026-11-22\"\n[[prices]]\nroutes = [\"v3.generate\"]\nper = \"output\"\n\
             price = \"{price}\"\nsource = \"a test\"\ndate = \"2026-11\"\n"
        )
    };
    let old = given("", &prices("0.50"));
    let new = given("[routes.\"v3.generate\"]\nenabled = false\n", &prices("0.60"));
    let taken = old.taking(&new).unwrap();
    assert_eq!(changed(&taken), ["routes.\"v3.generate\"", "prices.version"]);
    assert_eq!(taken.changed[0].after.as_deref(), Some("off"));
    assert!(taken.needs_restart.is_empty());
    assert!(old.taking(&old).unwrap().changed.is_empty());
}

#[test]
fn the_end_of_a_long_list_counts() {
    let hosts = |last: &str| {
        let many: Vec<_> = (0..60).map(|n| format!("\"host-{n}.example.com\"")).collect();
        format!("[environments.dev.policy]\nimage_hosts = [{}, {last:?}]\n", many.join(", "))
    };
    let taken = taking(&hosts("a.example.com"), &hosts("b.example.com"));
    assert_eq!(changed(&taken), ["environments.dev.policy.image_hosts"]);
}
