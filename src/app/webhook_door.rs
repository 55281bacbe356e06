//! Where webhooks come in, for accounts that receive them.
//!
//! The client that fetches keys holds no key of Ideogram's, so that it cannot send one.

use super::{
    build_inputs::{BuildInputs, base_url},
    webhook_accounts::receiving,
};
use crate::{
    proxy::{WEBHOOK_PATH, WebhookDoor},
    upstream::SideClient,
    webhooks::{FetchedKeys, KeyFetch, SignerGroup, Verifier, VerifierOptions},
};
use anyhow::Context;
use futures_util::{FutureExt, future::BoxFuture};
use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    sync::Arc,
};

/// Where the vendor publishes its keys.
const KEYS_PATH: &str = "/v1/.well-known/jwks.json";

/// The largest document of keys, in bytes.
/// A larger one is an error, and the keys before it stay in use.
const LARGEST_KEYS: usize = 64 * 1024;

/// Builds the door; accounts of one origin share its keys.
///
/// Nothing is fetched yet. Without an account that receives, no delivery is taken.
pub(super) fn build(ground: &BuildInputs<'_>) -> anyhow::Result<WebhookDoor> {
    let settings = &ground.settings;
    let (mut addresses, mut signers) = (BTreeMap::new(), BTreeMap::<String, SignerGroup>::new());
    for (name, account) in receiving(&settings.accounts) {
        // The simulator in this process need not go round by the outside.
        let base = if account.base_url.is_some() { ground.public_url } else { ground.local_url };
        let address = format!("{base}{WEBHOOK_PATH}");
        tracing::info!(account = %name, address, "webhooks are received");
        addresses.insert(name.clone(), address.into());
        let origin = base_url(ground, account)?;
        let client = SideClient::new(&origin);
        let client = client.with_context(|| format!("keys of account {name} cannot be read"))?;
        let keys = Arc::new(Published(client));
        let signer = || SignerGroup { accounts: BTreeSet::new(), keys };
        signers.entry(origin.to_string()).or_insert_with(signer).accounts.insert(name.clone());
    }
    if addresses.is_empty() && !ground.secrets.webhooks().is_empty() {
        tracing::warn!("IDEOGRAM_SECRET is given, but no account has webhooks = \"receive\"");
    }
    let verifier = Verifier::new(VerifierOptions {
        signers: signers.into_values().collect(),
        secrets: ground.secrets.webhooks(),
        window: settings.webhooks.window,
        failures_per_minute: settings.webhooks.failures_per_minute,
        clock: Arc::clone(&ground.clock),
        tasks: ground.tasks.clone(),
    });
    Ok(WebhookDoor { verifier, addresses })
}

/// The keys that an origin publishes.
///
/// Fetched from the account's own origin, and from nowhere else.
#[derive(Debug)]
struct Published(SideClient);

impl KeyFetch for Published {
    /// Fetches the document; redirects are not followed.
    fn fetch(&self) -> BoxFuture<'static, Result<FetchedKeys, Box<dyn Error + Send + Sync>>> {
        let client = self.0.clone();
        let fetch = async move {
            let answer = client.get(KEYS_PATH, LARGEST_KEYS).await?;
            Ok(FetchedKeys { document: answer.body, max_age: answer.max_age })
        };
        fetch.boxed()
    }
}
