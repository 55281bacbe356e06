//! The simulator inside this process, for accounts that ask for it.
//!
//! Its port is reachable for everybody on this machine, so that it asks for a key that nobody else knows.

use crate::{
    config::Settings,
    domain::Clock,
    proxy::{PictureShelf, WEBHOOK_PATH},
    simulator::{Delivers, Pictures, Simulator, SimulatorOptions},
    tasks::Tasks,
    upstream::{Credential, CredentialError},
    web::Body,
};
use anyhow::Context;
use futures_util::{FutureExt, future::BoxFuture};
use http::{Method, Response};
use secrecy::SecretString;
use std::{net::SocketAddr, sync::Arc};
use tokio::net::TcpListener;

/// A simulator that listens on loopback and knows one key, made for this run.
#[derive(Debug)]
pub(super) struct SimulatorHere {
    /// Where it listens.
    pub(super) address: SocketAddr,
    /// The key of this run.
    key: SecretString,
    /// The simulator.
    simulator: Simulator,
}

impl SimulatorHere {
    /// Starts the simulator if an account has no address of its own.
    ///
    /// All accounts without an address share one simulator, and it has the cap of the first of them. It ends
    /// with the tasks.
    pub(super) async fn start(
        settings: &Settings,
        (public_url, local_url): (&str, &str),
        clock: &Arc<dyn Clock>,
        tasks: &Tasks,
    ) -> anyhow::Result<Option<Self>> {
        let account = settings.accounts.values().find(|account| account.base_url.is_none());
        let Some(account) = account else { return Ok(None) };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.context("the simulator cannot listen on loopback")?;
        let address = listener.local_addr()?;
        let key = random_key()?;
        let options = SimulatorOptions {
            keys: vec![key.clone()],
            cap: account.max_in_flight,
            link_base: format!("{public_url}/_ideogate/simulator"),
            clock: Arc::clone(clock),
            // What apps send is nobody's to keep.
            kept_calls: 0,
            // Nowhere else: addresses come from clients, and this process can reach what they cannot.
            webhooks: Delivers::To(format!("{local_url}{WEBHOOK_PATH}")),
            ..SimulatorOptions::default()
        };
        let simulator = Simulator::new(options, tasks);
        let serving = simulator.clone();
        tasks.spawn_background("simulator", async move {
            serving.serve(listener, std::future::pending()).await;
        });
        Ok(Some(Self { address, key: SecretString::from(key), simulator }))
    }

    /// Returns the credential that the simulator takes.
    pub(super) fn credential(&self) -> Result<Credential, CredentialError> {
        Credential::new(self.key.clone())
    }

    /// Returns the key of this run.
    pub(super) fn key(&self) -> SecretString {
        self.key.clone()
    }

    /// Returns the simulator's pictures, for the data plane to show.
    ///
    /// The link itself is the permission.
    pub(super) fn pictures(&self) -> Arc<dyn PictureShelf> {
        Arc::new(PictureService(self.simulator.pictures()))
    }
}

/// Returns a key of 192 bits.
fn random_key() -> anyhow::Result<String> {
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).context("no randomness for the simulator's key")?;
    Ok(format!("simulator-{}", hex::encode(bytes)))
}

/// Shows the simulator's pictures below a path of the data plane.
#[derive(Debug)]
struct PictureService(Pictures);

impl PictureShelf for PictureService {
    /// Answers for a picture, or that there is none.
    fn picture<'s>(
        &'s self,
        path: &'s str,
        query: Option<&'s str>,
    ) -> BoxFuture<'s, Response<Body>> {
        async move { self.0.answer(&Method::GET, path, query).await.map(Body::full) }.boxed()
    }
}
