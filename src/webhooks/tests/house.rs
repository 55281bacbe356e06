//! A vendor with keys, and a verifier that asks it.

use crate::{
    domain::{SteeredClock, Timestamp},
    tasks::Tasks,
    webhooks::{
        DeliveryRejection, FetchedKeys, KeyFetch, SignerGroup, Verified, Verifier, VerifierOptions,
    },
};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use futures_util::{FutureExt, future::BoxFuture};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    error::Error,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

pub(super) const NOW: i64 = 1_795_348_800;

/// Publishes a document, and counts how often it is asked for.
#[derive(Debug, Default)]
pub(super) struct Published {
    pub(super) document: Mutex<Option<Value>>,
    pub(super) max_age: Option<Duration>,
    pub(super) asked: AtomicUsize,
}

impl KeyFetch for Arc<Published> {
    fn fetch(&self) -> BoxFuture<'static, Result<FetchedKeys, Box<dyn Error + Send + Sync>>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let document = self.document.lock().unwrap().clone();
        let max_age = self.max_age;
        let fetch = async move {
            // As slow as a network, so that many can ask at once.
            tokio::task::yield_now().await;
            let document = document.ok_or("down")?.to_string().into();
            Ok(FetchedKeys { document, max_age })
        };
        fetch.boxed()
    }
}

pub(super) struct House {
    pub(super) verifier: Verifier,
    pub(super) published: Arc<Published>,
    pub(super) pair: Ed25519KeyPair,
}

/// A delivery.
#[derive(Debug, Clone)]
pub(super) struct Parcel {
    pub(super) headers: Vec<(String, Vec<u8>)>,
    pub(super) body: Vec<u8>,
}

impl House {
    pub(super) fn new() -> Self {
        Self::keeping(None)
    }

    pub(super) fn keeping(max_age: Option<Duration>) -> Self {
        let pair = Ed25519KeyPair::generate().unwrap();
        let document = Mutex::new(Some(json!({"keys": [entry(&pair, "one")]})));
        let published = Arc::new(Published { document, max_age, asked: AtomicUsize::new(0) });
        let keys = Arc::new(Arc::clone(&published));
        let accounts = ["ideogram".parse().unwrap()].into();
        let verifier = Verifier::new(VerifierOptions {
            signers: vec![SignerGroup { accounts, keys }],
            secrets: &[],
            window: Duration::from_mins(5),
            failures_per_minute: 60,
            clock: Arc::new(SteeredClock::at(Timestamp::from_micros(NOW * 1_000_000))),
            tasks: Tasks::default(),
        });
        Self { verifier, published, pair }
    }

    pub(super) fn parcel(&self) -> Parcel {
        Parcel::signed(&self.pair, br#"{"generation_id":"g-1_A","data":[]}"#)
    }

    pub(super) async fn verify(&self, parcel: &Parcel) -> Result<Verified, DeliveryRejection> {
        let mut headers = HeaderMap::new();
        for (name, value) in &parcel.headers {
            // What cannot be a header never comes this far.
            let Ok(value) = HeaderValue::from_bytes(value) else {
                return Err(DeliveryRejection::Unsigned);
            };
            headers.append(name.parse::<HeaderName>().unwrap(), value);
        }
        let claims = self.verifier.claims(&headers)?;
        self.verifier.verify(claims, &parcel.body).await
    }

    pub(super) fn asked(&self) -> usize {
        self.published.asked.load(Ordering::SeqCst)
    }

    pub(super) fn publish(&self, document: Option<Value>) {
        *self.published.document.lock().unwrap() = document;
    }
}

impl Parcel {
    pub(super) fn signed(pair: &Ed25519KeyPair, body: &[u8]) -> Self {
        let digest = hex::encode(Sha256::digest(body));
        let message = format!("g-1_A\nuser\n{NOW}\n{digest}");
        let headers = [
            ("x-ideogram-webhook-generation-id", "g-1_A".to_owned()),
            ("x-ideogram-webhook-user-id", "user".to_owned()),
            ("x-ideogram-webhook-timestamp", NOW.to_string()),
            ("x-ideogram-webhook-key-id", "one".to_owned()),
            ("x-ideogram-webhook-signature", hex::encode(pair.sign(message.as_bytes()))),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.into_bytes()));
        Self { headers: headers.into(), body: body.to_vec() }
    }

    pub(super) fn named(mut self, key: &str) -> Self {
        self.headers[3].1 = key.as_bytes().to_vec();
        self
    }
}

/// Returns a key as the vendor publishes it.
pub(super) fn entry(pair: &Ed25519KeyPair, id: &str) -> Value {
    let x = BASE64_URL_SAFE_NO_PAD.encode(pair.public_key());
    json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": id, "x": x, "alg": "EdDSA"})
}
