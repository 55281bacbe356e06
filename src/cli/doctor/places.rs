//! The places of each account: fewer than set, held, or stopped.

use super::finding::DoctorCheck;
use crate::{
    admin::{QueueAccountView, QueueView},
    cli::client::AdminClient,
};

/// What is said of places.
const WHAT: &str = "places";

/// Looks at whether the places of each account can be used.
///
/// Calls that only wait are nothing to find.
pub(super) async fn check(client: &AdminClient) -> anyhow::Result<Vec<DoctorCheck>> {
    let queue: QueueView = client.get("/api/v1/queue").await?;
    let findings: Vec<_> = queue.accounts.iter().flat_map(queue_checks).collect();
    if findings.is_empty() {
        return Ok(vec![DoctorCheck::good(WHAT, "every account has all of its places")]);
    }
    Ok(findings)
}

/// Returns what is found about one account.
fn queue_checks(account: &QueueAccountView) -> Vec<DoctorCheck> {
    let QueueAccountView { name, cap, effective_cap, unknown, .. } = account;
    let mut found = Vec::new();
    if effective_cap < cap {
        let words = format!(
            "{name} has {effective_cap} of its {cap} places while Ideogram refuses more: something \
             else uses the account, or `max_in_flight` is too high"
        );
        found.push(DoctorCheck::doubtful(WHAT, words));
    }
    if *unknown > 0 {
        let words = format!(
            "{unknown} of {name} are held by calls whose end nobody saw; `ideogate queue release` \
             frees them sooner"
        );
        found.push(DoctorCheck::doubtful(WHAT, words));
    }
    if let Some(breaker) = &account.breaker {
        let words = format!(
            "{name}: Ideogram says since {} that the balance is used up, so calls of ${} and more are \
             stopped; one is tried at {}",
            breaker.since, breaker.from_usd, breaker.next_probe
        );
        found.push(DoctorCheck::broken("balance", words));
    }
    found
}
