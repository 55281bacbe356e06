//! `ideogate queue status`

use crate::{
    admin::{PauseView, QueueAccountView, QueueView},
    cli::{client::AdminClient, output::Output, pause, usage::low_balances},
    domain::{Clock, SystemClock},
};
use std::process::ExitCode;

/// Shows places and queues.
///
/// What stops calls is told on stderr: a pause, a balance that is used up.
pub(super) async fn run(client: &AdminClient, screen: Output) -> anyhow::Result<ExitCode> {
    let queue: QueueView = client.get("/api/v1/queue").await?;
    if screen.is_json() {
        screen.json(&queue)?;
        return Ok(ExitCode::SUCCESS);
    }
    let view: PauseView = client.get("/api/v1/pause").await?;
    for one in &view.pauses {
        let (what, remedy) = (pause::sentence(one, SystemClock.now()), pause::remedy(one));
        screen.note(format!("Paused: {what}; `{remedy}` ends it."));
    }
    for account in &queue.accounts {
        if let Some(breaker) = &account.breaker {
            screen.note(format!(
                "{}: Ideogram says since {} that the balance is used up; calls of ${} and more are stopped, one is tried at {}.",
                account.name, breaker.since, breaker.from_usd, breaker.next_probe
            ));
        }
    }
    for words in low_balances(client).await? {
        screen.note(words);
    }
    let rows = queue.accounts.iter().flat_map(rows).collect();
    let header = ["account", "environment", "in use", "of", "unknown", "queued", "weight"];
    screen.table(header, rows, "There are no accounts.")?;
    Ok(ExitCode::SUCCESS)
}

/// Returns an account as a row, with a row for each of its environments below it.
fn rows(account: &QueueAccountView) -> Vec<[String; 7]> {
    let cap = if account.effective_cap == account.cap {
        account.cap.to_string()
    } else {
        format!("{} (of {} while Ideogram refuses more)", account.effective_cap, account.cap)
    };
    let whole = [
        account.name.clone(),
        "all".to_owned(),
        account.in_use.to_string(),
        cap,
        account.unknown.to_string(),
        account.queued.to_string(),
        String::new(),
    ];
    let lanes = account.environments.iter().map(|lane| {
        let (in_use, queued, weight) = (lane.in_use, lane.queued, lane.weight);
        let none = String::new;
        let name = lane.name.clone();
        [none(), name, in_use.to_string(), none(), none(), queued.to_string(), weight.to_string()]
    });
    std::iter::once(whole).chain(lanes).collect()
}
