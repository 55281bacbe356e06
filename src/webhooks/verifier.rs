//! Verifies deliveries.

use super::{
    DeliveryClaims, DeliveryRejection, KeyFetch, Scheme, Verified,
    claims::{SharedClaims, VendorClaims, is_within},
    failures::Failures,
    headers::is_generation,
    keys::KeySet,
    shared::{Covered, SharedSecrets},
    told::EventBody,
};
use crate::{
    config::WebhookSecret,
    domain::{AccountName, Clock, DeliveryDigest, GenerationId},
    tasks::Tasks,
};
use http::HeaderMap;
use sha2::{Digest, Sha256};
use std::{collections::BTreeSet, net::IpAddr, sync::Arc, time::Duration};

/// Accounts of one origin, and where its keys are.
#[derive(Debug)]
pub struct SignerGroup {
    /// The accounts that receive webhooks.
    pub accounts: BTreeSet<AccountName>,
    /// Fetches the origin's keys.
    pub keys: Arc<dyn KeyFetch>,
}

/// What deliveries are verified with.
#[derive(Debug)]
pub struct VerifierOptions<'o> {
    /// Who may sign; none means that nothing is received.
    pub signers: Vec<SignerGroup>,
    /// Secrets that may sign as well.
    pub secrets: &'o [WebhookSecret],
    /// How far a delivery's time may be from ours.
    pub window: Duration,
    /// Deliveries that may fail, from one address in a minute.
    pub failures_per_minute: u32,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Runs fetches that those who asked may leave.
    pub tasks: Tasks,
}

/// Verifies deliveries; clones share keys and counts.
///
/// It changes nothing but its own counts and key sets: what a delivery means is decided elsewhere.
#[derive(Debug, Clone)]
pub struct Verifier(Arc<VerifierInner>);

/// What clones share.
#[derive(Debug)]
struct VerifierInner {
    signers: Vec<(BTreeSet<AccountName>, KeySet)>,
    secrets: SharedSecrets,
    window: Duration,
    failures: Failures,
    clock: Arc<dyn Clock>,
}

impl Verifier {
    /// Returns a verifier; fetches nothing yet.
    pub fn new(options: VerifierOptions<'_>) -> Self {
        let keys = options.secrets.iter().map(|secret| secret.read(SharedSecrets::key)).collect();
        let tasks = &options.tasks;
        let set = |signer: SignerGroup| (signer.accounts, KeySet::new(signer.keys, tasks.clone()));
        Self(Arc::new(VerifierInner {
            signers: options.signers.into_iter().map(set).collect(),
            secrets: SharedSecrets::new(keys),
            window: options.window,
            failures: Failures::new(options.failures_per_minute),
            clock: options.clock,
        }))
    }

    /// Says whether any account receives webhooks.
    pub fn receives(&self) -> bool {
        !self.0.signers.is_empty()
    }

    /// Returns after how long an address may try again; `None` when it may now.
    pub fn blocked(&self, address: IpAddr) -> Option<Duration> {
        self.0.failures.blocked(address)
    }

    /// Counts a failure of an address.
    ///
    /// The caller decides what counts as one; not having keys is none of the address's.
    pub fn failed(&self, address: IpAddr) {
        self.0.failures.count(address);
    }

    /// Reads what a delivery claims, and refuses what is misshapen or out of time.
    pub fn claims(&self, headers: &HeaderMap) -> Result<DeliveryClaims, DeliveryRejection> {
        DeliveryClaims::read(headers, self.0.clock.now(), self.0.window)
    }

    /// Verifies a delivery over the exact bytes of its body.
    ///
    /// Where the vendor signed, that decides; a signature by a secret beside it must hold too, if there
    /// are secrets to check it with.
    ///
    /// May wait for a fetch of keys. Where this future is dropped, a fetch under way goes on.
    pub async fn verify(
        &self,
        claims: DeliveryClaims,
        body: &[u8],
    ) -> Result<Verified, DeliveryRejection> {
        let DeliveryClaims { vendor, shared } = claims;
        match (vendor, shared) {
            (Some(vendor), shared) => {
                if let Some(shared) = shared.filter(|_| !self.0.secrets.is_empty()) {
                    // Looked at first: it costs no fetch.
                    self.0.secrets.covers(&shared, body).ok_or(DeliveryRejection::Secret)?;
                }
                self.by_vendor(vendor, body).await
            }
            (None, Some(shared)) => self.by_secret(&shared, body),
            (None, None) => Err(DeliveryRejection::Unsigned),
        }
    }

    /// Verifies by the keys of all origins: a delivery counts for every account whose keys fit.
    async fn by_vendor(
        &self,
        claims: VendorClaims,
        body: &[u8],
    ) -> Result<Verified, DeliveryRejection> {
        let message = claims.message(body);
        let (mut accounts, mut maker, mut unknown) = (BTreeSet::new(), None, None);
        for (own, keys) in &self.0.signers {
            match keys.maker(&claims, message.as_bytes()).await {
                Ok(Some(key)) => {
                    accounts.extend(own.iter().cloned());
                    maker.get_or_insert(key);
                }
                Ok(None) => {}
                Err(error) => unknown = Some(error),
            }
        }
        let Some(key) = maker else {
            // While the keys of one origin are missing, nobody can call the signature wrong, and
            // the delivery may come again.
            return Err(unknown.map_or(DeliveryRejection::Signature, DeliveryRejection::NoKeys));
        };
        // A body that cannot be read contradicts nothing: the signature covers the header that
        // names the generation.
        let told = EventBody::read(body).unwrap_or_default();
        if !told.is_about(&claims.generation) {
            return Err(DeliveryRejection::OtherGeneration);
        }
        Ok(Verified {
            generation: GenerationId::new(claims.generation),
            user: Some(claims.user),
            accounts,
            scheme: Scheme::Ed25519 { key },
            digest: digest("ed25519", message.as_bytes()),
        })
    }

    /// Verifies by a shared secret. The body must name its generation, and the time where no header does.
    fn by_secret(&self, claims: &SharedClaims, body: &[u8]) -> Result<Verified, DeliveryRejection> {
        if self.0.secrets.is_empty() {
            return Err(DeliveryRejection::NoSecret);
        }
        let covered = self.0.secrets.covers(claims, body).ok_or(DeliveryRejection::Secret)?;
        let told = EventBody::read(body).ok_or(DeliveryRejection::Body)?;
        let generation = told.generation().filter(|name| is_generation(name));
        let generation = generation.ok_or(DeliveryRejection::Body)?;
        if covered == Covered::Body {
            let created = told.created.ok_or(DeliveryRejection::Body)?;
            if !is_within(created, self.0.clock.now(), self.0.window) {
                return Err(DeliveryRejection::Window);
            }
        }
        let all = self.0.signers.iter().flat_map(|(accounts, _)| accounts);
        Ok(Verified {
            generation: GenerationId::new(generation),
            user: None,
            accounts: all.cloned().collect(),
            scheme: Scheme::HmacSha256,
            digest: digest("hmac-sha256", body),
        })
    }
}

/// Returns the digest of what was signed, apart by scheme.
fn digest(scheme: &str, message: &[u8]) -> DeliveryDigest {
    let digest = Sha256::new().chain_update(scheme).chain_update([0]).chain_update(message);
    DeliveryDigest::from_bytes(digest.finalize().into())
}
