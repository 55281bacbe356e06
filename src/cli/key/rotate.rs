//! `ideogate key rotate`

use super::command::RotateArguments;
use crate::{
    admin::Rotation,
    cli::{client::Client, fault::Fault, screen::Screen, times::moment},
    keys::{KeyView, RotatedView},
};
use std::{process::ExitCode, time::Duration};
use tokio::time::sleep;

/// How often it is seen whether an old key is safe to revoke.
const LOOK: Duration = Duration::from_millis(500);

/// Exchanges the keys.
pub(super) async fn run(
    client: &Client,
    screen: Screen,
    arguments: &RotateArguments,
) -> anyhow::Result<ExitCode> {
    let wish = Rotation {
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
    if arguments.wait {
        for one in &all {
            if let Some(old) = &one.previous {
                wait(client, screen, &one.account, old).await?;
            }
        }
    }
    if let [only] = all.as_slice()
        && only.outcome == "fixed"
    {
        return Err(
            Fault::Usage("there is no file to read again and no next key".to_owned()).into()
        );
    }
    let failed = all.iter().any(|one| matches!(one.outcome.as_str(), "refused" | "unclear"));
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Waits until nobody uses the old key.
async fn wait(client: &Client, screen: Screen, account: &str, old: &str) -> anyhow::Result<()> {
    loop {
        let all: Vec<KeyView> = client.get("/api/v1/keys").await?;
        let mut same = all.iter().filter(|view| view.account == account && view.version == old);
        match same.find(|view| view.safe_to_revoke) {
            Some(retired) => {
                let used = retired.last_used.map_or("never in this run".to_owned(), moment);
                screen.note(format!("safe to revoke {old}, last used {used}"));
                return Ok(());
            }
            None if all.iter().any(|view| view.version == old && is_in_service(view)) => {
                screen.note(format!("{old} is still used by other environments"));
                return Ok(());
            }
            None => sleep(LOOK).await,
        }
    }
}

fn is_in_service(view: &KeyView) -> bool {
    matches!(view.state.as_str(), "current" | "next" | "rejected")
}
