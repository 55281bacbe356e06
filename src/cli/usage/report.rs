//! `ideogate usage`

use super::csv;
use crate::{
    admin::{UsageSearch, UsageView},
    cli::{client::AdminClient, output::Output},
    domain::Usd,
};
use anyhow::Context;
use std::process::ExitCode;

/// Shows what was used and spent.
///
/// It is an error if the answer cannot be read whole: half a sum is none.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    search: &UsageSearch,
) -> anyhow::Result<ExitCode> {
    let response = client.open("/api/v1/usage", search).await?;
    let bytes = response.bytes().await.map_err(reqwest::Error::without_url);
    let bytes = bytes.with_context(|| format!("{} broke off its answer", client.at()))?;
    let lines: Vec<UsageView> = serde_json::from_slice(&bytes)
        .with_context(|| format!("{} gave an answer that cannot be read", client.at()))?;
    if screen.is_json() {
        screen.json(&lines)?;
    } else if screen.is_csv() {
        screen.raw(csv::render(&lines).as_bytes())?;
    } else {
        table(screen, search, &lines)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints a table, with a row for the whole where there are several, and with names where there are any.
fn table(screen: Output, search: &UsageSearch, lines: &[UsageView]) -> anyhow::Result<()> {
    let key = serde_json::to_value(search.by)?;
    let key = key.as_str().unwrap_or("key");
    let mut rows: Vec<_> = lines.iter().map(row).collect();
    if lines.len() > 1 {
        rows.push(row(&whole(lines)));
    }
    let nothing = "No calls were sent.";
    if lines.iter().any(|line| line.name.is_some()) {
        let header = [key, "name", "calls", "images", "cost $", "reserved $", "reads"];
        screen.table(header, rows, nothing)?;
    } else {
        let header = [key, "calls", "images", "cost $", "reserved $", "reads"];
        let rows = rows.into_iter();
        let rows = rows.map(|[key, _, calls, images, cost, reserved, reads]| {
            [key, calls, images, cost, reserved, reads]
        });
        screen.table(header, rows.collect(), nothing)?;
    }
    Ok(())
}

/// Returns a sum as a row.
fn row(line: &UsageView) -> [String; 7] {
    let UsageView { key, name, calls, images, cost_usd, reserved_usd, reads } = line;
    [
        key.clone(),
        name.clone().unwrap_or_default(),
        calls.to_string(),
        images.to_string(),
        cost_usd.to_string(),
        reserved_usd.to_string(),
        reads.to_string(),
    ]
}

/// Returns the sum of all.
fn whole(lines: &[UsageView]) -> UsageView {
    let sum = |of: fn(&UsageView) -> Usd| lines.iter().map(of).sum();
    UsageView {
        key: "all".to_owned(),
        name: None,
        calls: lines.iter().map(|line| line.calls).sum(),
        images: lines.iter().map(|line| line.images).sum(),
        cost_usd: sum(|line| line.cost_usd),
        reserved_usd: sum(|line| line.reserved_usd),
        reads: lines.iter().map(|line| line.reads).sum(),
    }
}
