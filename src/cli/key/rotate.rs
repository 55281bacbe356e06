//! `ideogate key rotate`

use crate::{
    admin::KeyRotationRequest,
    cli::{client::AdminClient, error::CliError, output::Output, times::moment},
    keys::{KeyView, RotatedView},
};
use clap::Args;
use std::{collections::BTreeSet, process::ExitCode, time::Duration};
use tokio::time::sleep;

/// How often it is seen whether an old key is safe to revoke.
const LOOK: Duration = Duration::from_millis(500);

/// Which keys to exchange, and how.
#[derive(Debug, Args)]
pub struct RotateKeyArguments {
    /// Only the key of this environment, and of those that take theirs from the same place
    #[arg(long, value_name = "ENV")]
    pub environment: Option<String>,
    /// Wait until the old key is safe to revoke
    #[arg(long)]
    pub wait: bool,
    /// Use a key again that was retired
    #[arg(long)]
    pub allow_retired: bool,
}

/// Exchanges the keys.
///
/// With `--wait` it goes on until the old keys are safe to revoke, or still used elsewhere. Cancelling it
/// then changes nothing: the gateway goes on by itself.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    arguments: &RotateKeyArguments,
) -> anyhow::Result<ExitCode> {
    let wish = KeyRotationRequest {
        environment: arguments.environment.clone(),
        allow_retired: arguments.allow_retired,
    };
    let all: Vec<RotatedView> = client.post_json("/api/v1/keys/rotate", &wish).await?;
    if screen.is_json() {
        screen.json(&all)?;
    } else if all.is_empty() {
        screen.note("There are no keys: every environment uses the simulator.");
    }
    for one in all.iter().filter(|_| !screen.is_json()) {
        screen.line(format!("{}: {}", one.environments.join(", "), one.words))?;
    }
    let all_left = !arguments.wait || wait(client, screen, &all).await?;
    if let [only] = all.as_slice()
        && only.outcome == "fixed"
    {
        return Err(
            CliError::Usage("there is no file to read again and no next key".to_owned()).into()
        );
    }
    let failed =
        all.iter().any(|one| matches!(one.outcome.as_str(), "refused" | "unclear" | "rejected"));
    Ok(if failed || !all_left { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Waits until the calls of every key have ended that left service in these environments, whoever
/// exchanged it, and says whether all of those keys are safe to revoke.
///
/// It asks twice a second and has no end of its own.
async fn wait(client: &AdminClient, screen: Output, all: &[RotatedView]) -> anyhow::Result<bool> {
    let is_ours = |view: &KeyView| {
        let mut same = all.iter().filter(|one| one.account == view.account);
        same.any(|one| one.environments.iter().any(|name| view.environments.contains(name)))
    };
    let replaced = |one: &RotatedView| Some((one.account.clone(), one.previous.clone()?));
    let mut leaving: BTreeSet<_> = all.iter().filter_map(replaced).collect();
    loop {
        let keys: Vec<KeyView> = client.get("/api/v1/keys").await?;
        let draining = keys.iter().filter(|view| view.state == "draining" && is_ours(view));
        // Looked at anew each time, for somebody else may exchange keys of the same environments meanwhile.
        leaving.extend(draining.map(name));
        if leaving.iter().all(|old| ended(&keys, old)) {
            let told: Vec<_> = leaving.iter().map(|old| tell(screen, &keys, old)).collect();
            return Ok(told.into_iter().all(|is_safe| is_safe));
        }
        sleep(LOOK).await;
    }
}

/// Says whether a key drains no more: it is retired, or other environments go on with it.
///
/// A key that the gateway no longer lists at all has not ended by that.
fn ended(keys: &[KeyView], old: &(String, String)) -> bool {
    let mut same = keys.iter().filter(|view| name(view) == *old);
    let drains = same.clone().any(|view| view.state == "draining");
    !drains && same.any(|view| view.safe_to_revoke || is_in_service(view))
}

/// Says whether a key can still be used by calls.
fn is_in_service(view: &KeyView) -> bool {
    matches!(view.state.as_str(), "current" | "next" | "rejected")
}

/// Returns what tells a key from others: its account and its last four characters.
fn name(view: &KeyView) -> (String, String) {
    (view.account.clone(), view.version.clone())
}

/// Tells whether a key that drains no more may be revoked.
///
/// Returns whether it may.
fn tell(screen: Output, keys: &[KeyView], old: &(String, String)) -> bool {
    let version = &old.1;
    let mut same = keys.iter().filter(|view| name(view) == *old);
    if same.clone().any(is_in_service) {
        screen.note(format!("{version} is still used by other environments: do not revoke it yet"));
        return false;
    }
    let used = same.find_map(|view| view.last_used).map_or("never in this run".to_owned(), moment);
    screen.note(format!("safe to revoke {version}, last used {used}"));
    true
}
