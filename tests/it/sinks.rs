//! Nothing beside the record can hold it up: whoever reads the log and stdout may be gone, asleep or full,
//! at any time and at any level, and everything goes on as if they were there.

mod again;
mod calls;
mod ending;
mod others;

use crate::support::{Binary, Client, Fate, Home, Outlet, Ready, until};
use rustix::process::Signal;
use serde_json::json;
use std::{fs, path::PathBuf, process::Stdio, time::Duration};
use tokio::time::timeout;

const GENERATE: &str = "/v1/ideogram-v3/generate";
const NEW: &str = "the-new-key-of-the-tests-9876543210-bbbb";

/// What would fill a pipe, but for one that is full already.
const CALLS: usize = 320;

/// A gateway at work, with what it writes to.
struct House {
    home: Home,
    key: PathBuf,
    ready: Ready,
}

impl House {
    /// Sets a house up that logs in this form, prints its record, and has its key in a file.
    async fn new(format: &str, filter: &str) -> Self {
        let mut home = Home::new().await;
        home.change(&format!(
            "[log]\nformat = \"{format}\"\nfilter = \"{filter}\"\n[audit]\nstdout = true\n\
             checkpoint_records = 50\ncheckpoint_interval = \"1s\"\n[keys]\nlook_every = \"50ms\"\n\
             [shutdown]\ndeadline = \"10s\"\n"
        ));
        let key = home.path().join("key");
        fs::write(&key, crate::support::KEY).unwrap();
        home.variables = vec![("IDEOGRAM_API_KEY_FILE".to_owned(), key.display().to_string())];
        let ready = home.fix_ports();
        Self { home, key, ready }
    }

    /// Starts the gateway and waits until it serves, whatever it says of that.
    async fn serve(&self, stdout: Option<&Outlet>, stderr: Option<&Outlet>) -> Binary {
        self.serve_into(stdout.map(Outlet::end), stderr.map(Outlet::end)).await
    }

    async fn serve_into(&self, stdout: Option<Stdio>, stderr: Option<Stdio>) -> Binary {
        let file = self.home.file();
        let serve = ["serve", "--config", file.to_str().unwrap()];
        let mut gateway = self.home.begin_into(&serve, stdout, stderr);
        gateway.ready = self.ready.clone();
        until("it serves", async || {
            (self.home.run(&["healthcheck", "--ready"]).await.code == 0).then_some(())
        })
        .await;
        gateway
    }

    /// Returns a client with a token that an operator made just now.
    async fn client(&self) -> Client {
        Client::new(self.ready.proxy.clone(), &self.home.token().await.1)
    }

    async fn metric(&self, series: &str) -> u64 {
        let reply = Client::new(self.ready.admin.clone(), "").get("/metrics").await;
        let text = String::from_utf8(reply.body.to_vec()).unwrap();
        let value = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        value.unwrap_or_else(|| panic!("no {series}: {text}")).parse().unwrap()
    }

    async fn dropped(&self, sink: &str) -> u64 {
        self.metric(&format!("ideogate_dropped_lines_total{{sink=\"{sink}\"}}")).await
    }

    /// Exchanges the key, and waits until calls are made with the new one.
    async fn exchange_key(&self, client: &Client) {
        self.home.ideogram.accept_key(NEW);
        fs::write(&self.key, NEW).unwrap();
        until("the new key is used", async || {
            let told = self.home.run(&["key", "list"]).await.good();
            told.out.contains("…bbbb  current").then_some(())
        })
        .await;
        call(client).await;
        let seen = self.home.ideogram.seen();
        assert_eq!(seen.calls.last().unwrap().header("api-key"), Some(NEW));
    }

    /// Asserts of a gateway that has ended that nothing of so many calls is missing or unknown.
    async fn assert_all_is_known(&self, calls: usize) {
        let checkpoints = self.home.data().join("checkpoints");
        let checkpoints = checkpoints.to_str().unwrap();
        let told = self.home.run(&["audit", "verify", "--checkpoint", checkpoints]).await;
        assert_eq!(told.code, 0, "{told:?}");
        let gateway = self.home.start().await;
        let entries = self.home.calls().await;
        assert_eq!(entries.len(), calls);
        for entry in entries {
            assert_eq!(entry["metadata"]["outcome"], "success", "{entry}");
        }
        let queue = self.home.queue().await;
        assert_eq!((&queue["in_use"], &queue["unknown"]), (&json!(0), &json!(0)), "{queue}");
        gateway.stop().await;
    }
}

async fn call(client: &Client) {
    let reply = client.post(GENERATE, &json!({"prompt": "x"})).await;
    assert_eq!(reply.status, 200, "{reply:?}");
}

/// Makes calls, ten at a time.
async fn many(client: &Client, calls: usize) {
    let worker = |share: usize| {
        let client = client.clone();
        tokio::spawn(async move {
            for _ in 0..share {
                call(&client).await;
            }
        })
    };
    let workers: Vec<_> = (0..10).map(|_| worker(calls / 10)).collect();
    for worker in workers {
        worker.await.unwrap();
    }
}

/// Asks it to end and waits until it did, in less time than its deadline.
async fn stop(gateway: &mut Binary) {
    gateway.signal(Signal::TERM);
    let ended = timeout(Duration::from_secs(10), gateway.ended()).await;
    assert_eq!(ended.unwrap().code(), Some(0), "{}", gateway.log());
}
