//! The list and what is shown are the same, and read as Prometheus wants it.

use super::{AccountPlaces, CallTimes, METRICS, MetricInfo, Metrics, MetricsFormat};
use crate::{
    config::{LoadOptions, Settings},
    domain::{ErrorCode, Outcome, Timestamp, Usd},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

/// Metrics to which everything was told once.
fn told() -> Arc<Metrics> {
    let metrics = Metrics::new();
    let (environment, account) = ("prod".parse().unwrap(), "ideogram".parse().unwrap());
    let route = "v3.generate".parse().unwrap();
    let (queue, upstream) = (Duration::from_secs(1), Some(Duration::from_secs(2)));
    let times = CallTimes { queue, upstream, gateway: Duration::from_millis(1) };
    metrics.call_ended(&environment, &route, Outcome::Success, times);
    metrics.refused(None, ErrorCode::QueueFull);
    let places = AccountPlaces { in_use: 3, held: 1, cap: 10, effective_cap: 8 };
    metrics.set_places(&account, places);
    metrics.set_queued(&environment, 7);
    drop(metrics.intent_opens());
    metrics.committed(4, Duration::from_millis(2));
    metrics.set_journal_healthy(true);
    metrics.spilled();
    metrics.upstream_limited(&account);
    metrics.upstream_rejected_key(&account);
    metrics.key_echoed(&account);
    metrics.drifted(&account);
    metrics.set_bodies(1024, 4096);
    metrics.set_active_tokens(5);
    metrics.set_balance(&account, Usd::from_micros(9_400_000));
    metrics.spent(&environment, Usd::from_micros(60_000));
    metrics.budget_crossed(80);
    metrics.old_secret_used(&environment);
    metrics.set_breaker(&account, true);
    metrics.set_database(1024, 4096);
    metrics.set_disk_free(8192);
    metrics.set_budget(&environment, Usd::from_micros(50_000_000), Usd::from_micros(9_980_000));
    metrics.set_key_state(&account, &environment, "good");
    metrics.set_key_age(&account, &environment, Duration::from_hours(24));
    metrics.covered(Timestamp::from_micros(1_800_000_000_000_000));
    metrics.set_backup_age(Duration::from_secs(9));
    metrics.set_checkpoint_age(Timestamp::from_micros(1_800_000_007_000_000));
    metrics.notified("budget.threshold", "delivered");
    metrics.set_notifications_waiting(2);
    metrics.webhook("ended");
    drop(metrics.connection_opens("proxy"));
    metrics.set_tls_expiry("proxy", Timestamp::from_micros(1_800_000_000_000_000));
    metrics.tls_failed("proxy", "timeout");
    metrics
}

/// Returns the type that the text gives a metric.
fn type_of<'t>(text: &'t str, info: &MetricInfo) -> &'t str {
    let start = format!("# TYPE {} ", info.name);
    text.lines().find_map(|line| line.strip_prefix(&*start)).expect(info.name)
}

#[test]
fn every_metric_of_the_list_is_shown_with_its_help_type_and_unit() {
    let text = told().render();
    for info in METRICS {
        assert!(text.contains(&format!("# HELP {} {}\n", info.name, info.help)), "{}", info.name);
        type_of(&text, info);
        if let Some(unit) = info.unit {
            assert!(text.contains(&format!("# UNIT {} {unit}\n", info.name)), "{}", info.name);
        }
        let series = text.lines().filter(|line| line.starts_with(info.name)).count();
        assert!(series > 0, "{} has no series", info.name);
    }
    assert!(text.ends_with("# EOF\n"));
}

/// Metrics of a gateway to which nothing happened yet.
fn fresh() -> String {
    let metrics = Metrics::new();
    let loaded = Settings::load(LoadOptions {
        file: None,
        variables: Vec::new(),
        working_dir: std::env::temp_dir(),
    });
    metrics.expect(&loaded.unwrap().settings);
    metrics.render()
}

#[test]
fn everything_that_is_counted_is_there_at_zero_before_it_happens() {
    let (text, told) = (fresh(), told().render());
    for info in METRICS {
        let ending = match type_of(&told, info) {
            "counter" => "_total",
            "histogram" => "_count",
            // What is measured is there as soon as it is.
            _ => continue,
        };
        let name = format!("{}{ending}", info.name);
        let is_of = |line: &&str| {
            line.strip_prefix(&*name).is_some_and(|rest| rest.starts_with(['{', ' ']))
        };
        let series: Vec<_> = text.lines().filter(is_of).collect();
        assert!(!series.is_empty(), "{name} is not there");
        assert!(series.iter().all(|line| line.ends_with(" 0")), "{series:?}");
    }
    for line in [
        "ideogate_drift_total{account=\"ideogram\"} 0",
        "ideogate_echoed_keys_total{account=\"ideogram\"} 0",
        "ideogate_dropped_lines_total{sink=\"log\"} 0",
        "ideogate_dropped_lines_total{sink=\"audit\"} 0",
        "ideogate_dropped_lines_total{sink=\"checkpoint\"} 0",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line}\n{text}");
    }
}

#[test]
fn nothing_happens_under_a_label_that_was_not_there_at_zero() {
    let labels = |text: &str| -> BTreeSet<String> {
        let series = text.lines().filter(|line| line.contains("_total"));
        series.filter_map(|line| line.rsplit_once(' ')).map(|(name, _)| name.to_owned()).collect()
    };
    let metrics = Metrics::new();
    let before = labels(&metrics.render());
    metrics.refused(None, ErrorCode::QueueFull);
    metrics.budget_crossed(80);
    metrics.budget_crossed(100);
    for result in super::labels::WEBHOOK_RESULTS {
        metrics.webhook(result);
    }
    for reason in super::labels::TLS_REASONS {
        metrics.tls_failed("admin", reason);
    }
    assert_eq!(labels(&metrics.render()), before);
}

#[test]
fn nothing_is_shown_that_is_not_in_the_list() {
    let text = told().render();
    let shown: BTreeSet<_> =
        text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let listed: BTreeSet<_> = METRICS.iter().map(|info| info.name).collect();
    assert_eq!(shown, listed);
    assert_eq!(listed.len(), METRICS.len(), "a name is there twice");
}

#[test]
fn names_follow_the_conventions_of_prometheus() {
    let text = told().render();
    for MetricInfo { name, unit, help } in METRICS {
        let kind = type_of(&text, &MetricInfo { name, unit: *unit, help });
        let rest = name.strip_prefix("ideogate_").expect(name);
        assert!(rest.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{name}");
        assert!(!rest.contains("__") && !rest.ends_with('_'), "{name}");
        // The library adds these to the series; in a name they would be there twice, or lie.
        for ending in ["_total", "_sum", "_count", "_bucket", "_created"] {
            assert!(!name.ends_with(ending), "{name}");
        }
        for word in ["counter", "gauge", "histogram", "milli", "_ms", "minutes", "kilo", "mega"] {
            assert!(!name.contains(word), "{name} has a type or no base unit in it");
        }
        assert!(unit.is_none_or(|unit| name.ends_with(&format!("_{unit}"))), "{name}");
        assert!(["counter", "gauge", "histogram"].contains(&kind), "{name}: {kind}");
        assert!(help.ends_with('.') && !help.ends_with(".."), "{name}: {help}");
        assert!(help.starts_with(|c: char| c.is_uppercase()), "{name}: {help}");
    }
}

#[test]
fn what_is_told_is_shown() {
    let text = told().render();
    let lines = [
        "ideogate_calls_total{environment=\"prod\",route=\"v3.generate\",outcome=\"success\"} 1",
        "ideogate_refusals_total{environment=\"\",code=\"queue_full\"} 1",
        "ideogate_refusals_total{environment=\"\",code=\"queue_timeout\"} 0",
        "ideogate_queue_wait_seconds_sum{environment=\"prod\"} 1.0",
        "ideogate_upstream_time_seconds_count{route=\"v3.generate\"} 1",
        "ideogate_places_effective_cap{account=\"ideogram\"} 8",
        "ideogate_queued_calls{environment=\"prod\"} 7",
        "ideogate_upstream_refusals_total{account=\"ideogram\",status=\"401\"} 1",
        "ideogate_spend_usd_micros_total{environment=\"prod\"} 60000",
        "ideogate_account_balance_usd_micros{account=\"ideogram\"} 9400000",
        "ideogate_connections{listener=\"proxy\"} 0",
        "ideogate_budget_limit_usd{environment=\"prod\"} 50.0",
        "ideogate_budget_remaining_usd{environment=\"prod\"} 9.98",
        "ideogate_checkpoint_age_seconds 7",
        "ideogate_backup_age_seconds 9",
        concat!("ideogate_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
    ];
    for line in lines {
        assert!(text.lines().any(|shown| shown == line), "{line}\n{text}");
    }
}

/// What the text format knows: a name with its type, then the series of that name.
#[test]
fn the_text_format_tells_the_same_series_under_names_that_its_readers_expect() {
    let metrics = told();
    let (open, text) = (metrics.render(), metrics.render_as(MetricsFormat::Text));
    let series = |text: &str| -> Vec<String> {
        text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
    };
    assert_eq!(series(&open), series(&text));
    assert!(!text.contains("# UNIT") && !text.contains("# EOF"), "{text}");
    let mut current = (String::new(), String::new());
    for line in text.lines() {
        let words: Vec<_> = line.split(' ').collect();
        match words[..2] {
            ["#", "HELP"] => current = (words[2].to_owned(), String::new()),
            ["#", "TYPE"] => {
                assert_eq!(words[2], current.0);
                current.1 = words[3].to_owned();
            }
            _ => {
                let (name, kind) = (&*current.0, &*current.1);
                let rest = line.strip_prefix(name).unwrap_or_else(|| panic!("{line} under {name}"));
                let is_plain = rest.starts_with([' ', '{']);
                let is_part =
                    ["_bucket", "_sum", "_count"].iter().any(|part| rest.starts_with(part));
                assert!(if kind == "histogram" { is_part } else { is_plain }, "{kind}: {line}");
                assert_eq!(name.ends_with("_total"), kind == "counter", "{line}");
            }
        }
    }
    for line in [
        "# HELP ideogate_refusals_total Requests that the gateway refused itself, by code; the environment is empty where none was known yet.",
        "# TYPE ideogate_refusals_total counter",
        "# TYPE ideogate_queue_wait_seconds histogram",
        "# TYPE ideogate_connections gauge",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line}\n{text}");
    }
}

#[test]
fn the_page_of_metrics_names_each_with_its_meaning_and_no_other() {
    let page = include_str!("../../docs/metrics.md");
    let rows: Vec<_> = page.lines().filter(|line| line.starts_with("| `ideogate_")).collect();
    let told = |row: &&str, metric: &MetricInfo| {
        let meaning = metric.help.strip_suffix('.').unwrap();
        row.starts_with(&format!("| `{}` |", metric.name)) && row.contains(meaning)
    };
    for metric in METRICS {
        let times = rows.iter().filter(|row| told(row, metric)).count();
        assert_eq!(times, 1, "docs/metrics.md must have one row for {}", metric.name);
    }
    assert_eq!(rows.len(), METRICS.len(), "docs/metrics.md names a metric that is not there");
}

#[test]
fn every_metric_says_why_it_matters() {
    let page = include_str!("../../docs/metrics.md");
    let rows = page.lines().filter(|line| line.starts_with("| `ideogate_"));
    for row in rows {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 7, "{row}");
        assert!(cells[5].len() > 10, "{row}");
    }
}

/// Returns the labels of each series, by name.
fn labels_of_series(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (series, _) = line.rsplit_once(' ').unwrap();
        let (name, labels) = series.split_once('{').unwrap_or((series, ""));
        let own = known.entry(name.to_owned()).or_default();
        own.extend(labels.split(',').filter_map(|label| Some(label.split_once('=')?.0.to_owned())));
    }
    known
}

/// Returns the names of series in an expression, each with what stands in braces behind it.
fn asked_for(expression: &str) -> Vec<(&str, &str)> {
    let starts = expression.match_indices("ideogate_").map(|(at, _)| &expression[at..]);
    let split = |text: &'_ str| {
        let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
        text.find(|c| !is_name(c)).unwrap_or(text.len())
    };
    starts
        .map(|text| {
            let (name, rest) = text.split_at(split(text));
            let braces = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
            (name, braces.map_or("", |(inside, _)| inside))
        })
        .collect()
}

#[test]
fn every_alert_asks_for_metrics_and_labels_that_there_are() {
    let page = include_str!("../../docs/alerts.md");
    let known = labels_of_series(&told().render());
    let expressions: Vec<_> =
        page.lines().filter_map(|line| line.trim().strip_prefix("expr: ")).collect();
    for expression in &expressions {
        let asked = asked_for(expression);
        assert!(!asked.is_empty(), "{expression}");
        let mut labels = BTreeSet::new();
        for (name, inside) in asked {
            let own =
                known.get(name).unwrap_or_else(|| panic!("{name} is no series: {expression}"));
            for label in inside.split(',').filter_map(|one| one.split(['=', '!']).next()) {
                assert!(label.is_empty() || own.contains(label), "{name} has no {label}");
            }
            labels.extend(own);
        }
        let by = expression.split("by (").nth(1).and_then(|rest| rest.split_once(')'));
        for label in by.map_or("", |(inside, _)| inside).split(", ").filter(|one| !one.is_empty()) {
            assert!(labels.contains(&label.to_owned()), "{expression} has no {label}");
        }
    }
    let count = |start: &str| page.lines().filter(|line| line.trim().starts_with(start)).count();
    assert!(expressions.len() > 15);
    for each in ["- alert: ", "why: ", "do: "] {
        assert_eq!(count(each), expressions.len(), "each alert has its {each}");
    }
}
