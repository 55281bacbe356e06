//! What came of a restore, in words and as JSON.

use crate::{
    backup::{Coverage, RestorationReport, Withheld},
    cli::{number::counted, options::option_of, output::Output},
    domain::TokenState,
};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Prints it.
pub(super) fn print(
    screen: Output,
    data: &Path,
    records: &[PathBuf],
    report: &RestorationReport,
) -> anyhow::Result<()> {
    if screen.is_json() {
        return screen.json(&as_json(report));
    }
    screen.line(first(data, records, report))?;
    screen.line(format!("applied: {}", applied(report)))?;
    for one in report.replayed.withheld() {
        screen.line(format!("not applied: {}", not_applied(&one)))?;
    }
    for line in uncovered(report) {
        screen.line(line)?;
    }
    if report.tokens_disabled > 0 {
        let count = counted(report.tokens_disabled as u64, "token");
        screen.line(format!(
            "disabled: {count}; `ideogate token enable NAME`, or restore again with --trust-tokens"
        ))?;
    }
    let what = if report.is_new_key { "new key" } else { "key" };
    let why = if report.is_new_key { "  (the record says why; note it elsewhere)" } else { "" };
    screen.line(format!("{what}: {}{why}", report.key))?;
    if !report.segments.is_empty() {
        let count = counted(report.segments.len() as u64, "segment");
        screen.line(format!(
            "not in a backup: {count}; copy them to {}, or where audit.archive_dir says",
            data.join("segments").display()
        ))?;
    }
    Ok(())
}

fn first(data: &Path, records: &[PathBuf], report: &RestorationReport) -> String {
    let applied = &report.applied;
    let all = counted(report.records, "record");
    let from = format!("restored {all} into {}: backup of {}", data.display(), report.made_at);
    let names: Vec<_> = records.iter().map(|path| path.display().to_string()).collect();
    let later = counted(applied.appended, "record");
    let later = (!names.is_empty()).then(|| format!(", and {later} of {}", names.join(", ")));
    let behind = counted(applied.behind_gaps, "record");
    let behind = (applied.behind_gaps > 0)
        .then(|| format!("; {behind} behind a gap, of which only what they tell was applied"));
    [Some(from), later, behind].into_iter().flatten().collect()
}

fn applied(report: &RestorationReport) -> String {
    let (replayed, applied) = (&report.replayed, &report.applied);
    let count = |number: usize, thing: &str, what: &str| {
        (number > 0).then(|| format!("{} {what}", counted(number as u64, thing)))
    };
    let forgotten = usize::try_from(applied.forgotten).unwrap_or(usize::MAX);
    let spent = (applied.calls > 0 || applied.spent != 0).then(|| {
        let calls = counted(applied.calls, "call");
        format!("${} spent in {calls}", applied.spent_usd())
    });
    let uncounted = (applied.uncounted > 0).then(|| {
        let calls = counted(applied.uncounted, "call");
        format!("{calls} not counted, whose beginning is not here")
    });
    let all = [
        count(replayed.tokens_in(TokenState::Revoked), "token", "revoked"),
        count(replayed.tokens_in(TokenState::Disabled), "token", "disabled"),
        count(replayed.tokens_reduced(), "token", "reduced"),
        count(replayed.secrets_ended(), "secret", "ended"),
        count(replayed.operators_changed(), "operator", "changed"),
        count(forgotten, "person", "forgotten"),
        spent,
        uncounted,
    ];
    let told: Vec<_> = all.into_iter().flatten().collect();
    if told.is_empty() { "nothing".to_owned() } else { told.join(", ") }
}

fn not_applied(one: &Withheld) -> String {
    let Withheld { record, action, resource, .. } = one;
    format!("record {record}, {action} of {resource}: `{}`", command(one))
}

/// Returns the command that gives what did not come back.
fn command(one: &Withheld) -> String {
    let Withheld { action, resource, fields, .. } = one;
    let has = |field: &str| fields.iter().any(|own| **own == *field);
    if action.starts_with("queue.") {
        return match resource.split_once(':') {
            Some((kind, name)) => format!("ideogate resume --{kind} {name}"),
            None => "ideogate resume".to_owned(),
        };
    }
    let whose = if action.starts_with("operator.") { "operator" } else { "token" };
    if has("secret") {
        return format!("ideogate {whose} rotate {resource}");
    }
    if has("role") {
        return format!("ideogate operator set-role {resource} --role …");
    }
    let others: Vec<_> =
        fields.iter().filter(|field| ***field != *"state").map(|field| option_of(field)).collect();
    if others.is_empty() {
        return format!("ideogate {whose} enable {resource}");
    }
    format!("ideogate {whose} update {resource} --{} …", others.join(" … --"))
}

/// Returns what may be missing.
fn uncovered(report: &RestorationReport) -> Vec<String> {
    let Coverage { up_to, known, gaps, by, unbelieved } = &report.coverage;
    let mut lines = Vec::new();
    for gap in gaps {
        lines.push(format!(
            "not covered: records {} to {}, which are not here",
            gap.start(),
            gap.end()
        ));
    }
    if report.coverage.covers_end() {
        if let Some(by) = by {
            lines.push(format!("covered: up to record {up_to}, as {} says", by.place));
        }
    } else if by.is_none() {
        lines.push(format!(
            "not covered: whatever came after record {known} (no checkpoint from elsewhere says that nothing did)"
        ));
    }
    let told = |place: &String| {
        format!(
            "not covered: {place} is signed by a key that nobody vouches for; is it a later one? (--key)"
        )
    };
    lines.extend(unbelieved.iter().map(told));
    lines
}

fn as_json(report: &RestorationReport) -> Value {
    let (replayed, applied, coverage) = (&report.replayed, &report.applied, &report.coverage);
    let withheld = replayed.withheld();
    let not_applied = withheld.iter().map(|one| {
        json!({
            "record": one.record, "action": one.action, "resource": one.resource, "fields": one.fields,
            "command": command(one),
        })
    });
    let gaps = coverage.gaps.iter().map(|gap| [*gap.start(), *gap.end()]);
    json!({
        "made_at": report.made_at,
        "records": report.records,
        "appended": applied.appended,
        "behind_gaps": applied.behind_gaps,
        "applied": {
            "revoked": replayed.tokens_in(TokenState::Revoked),
            "disabled": replayed.tokens_in(TokenState::Disabled),
            "reduced": replayed.tokens_reduced(),
            "secrets_ended": replayed.secrets_ended(),
            "operators": replayed.operators_changed(),
            "forgotten": applied.forgotten,
            "calls": applied.calls,
            "spent_usd": applied.spent_usd(),
            "uncounted": applied.uncounted,
        },
        "not_applied": not_applied.collect::<Vec<_>>(),
        "covered_up_to": coverage.up_to,
        "known_up_to": coverage.known,
        "covered": coverage.covers_end(),
        "gaps": gaps.collect::<Vec<_>>(),
        "tokens_disabled": report.tokens_disabled,
        "key": report.key.to_string(),
        "new_key": report.is_new_key,
        "segments_missing": report.segments,
    })
}
