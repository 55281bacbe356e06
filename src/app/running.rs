//! A gateway that serves.

use super::{
    DataFolder, Reload, ServiceManager, admin_server::AdminServer, audit_lines::LinesOut,
    checkpoints::Checkpoints, scheme, services::Services, simulator_here::SimulatorHere,
};
use crate::{
    admin::ReloadHandle,
    admission::Admission,
    calls::Calls,
    ledger::Ledger,
    store::{Journal, Reader, Store},
    telemetry::Metrics,
    tokens::Tokens,
    web::Serving,
};
use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

/// What had not ended when a gateway did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOver {
    /// Nothing: all calls had ended, and their clients have their answers.
    Nothing,
    /// Clients that were still connected; no call was at Ideogram.
    Clients,
    /// So many calls that were sent, or about to be.
    Calls(u64),
}

/// A gateway that serves until it is shut down.
///
/// It is ended by `shut_down`, which takes it whole.
#[derive(Debug)]
pub struct Running {
    /// What serves.
    pub(super) services: Services,
    /// The database.
    pub(super) store: Store,
    /// Where clients connect.
    pub(super) proxy: SocketAddr,
    /// Where operators connect over the network.
    pub(super) admin: SocketAddr,
    /// The control plane's socket.
    pub(super) socket: PathBuf,
    /// How clients reach the data plane.
    pub(super) public_url: String,
    /// What serves clients.
    pub(super) clients: Serving,
    /// What serves operators.
    pub(super) operators: AdminServer,
    /// What asks for files to be read again.
    pub(super) reload: Reload,
    /// What asks for other settings to be put in force.
    pub(super) settings: ReloadHandle,
    /// The simulator, if an account asks for it.
    pub(super) simulator: Option<SimulatorHere>,
    /// Where lines about the record go.
    pub(super) lines: Option<LinesOut>,
    /// What signs the record.
    pub(super) checkpoints: Checkpoints,
    /// Holds the data folder until the end.
    pub(super) _folder: DataFolder,
}

/// How a gateway ended that was asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended<N> {
    /// What had not ended then.
    pub left: LeftOver,
    /// What would not wait for it, if something did.
    pub forced: Option<N>,
}

impl Running {
    /// Returns where clients connect.
    pub fn proxy(&self) -> SocketAddr {
        self.proxy
    }

    /// Returns where the control plane listens on TCP.
    pub fn admin(&self) -> SocketAddr {
        self.admin
    }

    /// Returns the control plane's socket.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Returns how clients reach the data plane, without a trailing slash.
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// Returns the tokens, for whoever runs the gateway inside a program.
    pub fn tokens(&self) -> &Tokens {
        &self.services.tokens
    }

    /// Returns the operators, for whoever runs the gateway inside a program.
    pub fn operators(&self) -> &crate::operators::Operators {
        &self.services.operators
    }

    /// Returns the queue, for whoever runs the gateway inside a program.
    pub fn admission(&self) -> &Admission {
        &self.services.admission
    }

    /// Returns the record, for whoever runs the gateway inside a program.
    pub fn reader(&self) -> &Reader {
        &self.services.reader
    }

    /// Returns what writes the record, for whoever runs the gateway inside a program.
    pub fn journal(&self) -> &Journal {
        &self.services.journal
    }

    /// Returns the metrics, for whoever runs the gateway inside a program.
    pub fn metrics(&self) -> &Metrics {
        &self.services.metrics
    }

    /// Returns the ledger, for whoever runs the gateway inside a program.
    pub fn ledger(&self) -> &Ledger {
        &self.services.ledger
    }

    /// Returns the calls, for whoever runs the gateway inside a program.
    pub fn calls(&self) -> &Calls {
        &self.services.calls
    }

    /// Returns what moves old records, for whoever runs the gateway inside a program.
    pub fn archive(&self) -> &crate::archive::Mover {
        &self.services.archive
    }

    /// Returns what asks the gateway to read its files again.
    pub fn reload(&self) -> &Reload {
        &self.reload
    }

    /// Takes SIGHUP as asking the gateway to read its files and its settings again, from now on.
    pub fn reload_at_hang_ups(&self) -> io::Result<()> {
        let work = self.reload.clone().at_hang_ups(self.settings.clone())?;
        self.operators.tasks.spawn_background("hang ups", work);
        Ok(())
    }

    /// Tells the service manager that the gateway serves, and from now on that it is not stuck.
    pub fn announce(&self, manager: &ServiceManager) {
        manager.ready();
        manager.watch(&self.services.admission);
    }

    /// Lets the `[AUDIT]` lines out that were held back since the start, and those that follow.
    pub fn let_audit_lines_out(&self) {
        if let Some(lines) = &self.lines {
            lines.let_out();
        }
    }

    /// Returns the line that scripts wait for.
    ///
    /// Ports are those that were bound, never 0.
    pub fn ready_line(&self) -> String {
        let (settings, socket) = (self.services.settings.now(), self.socket.display());
        let listen = &settings.listen;
        let proxy = format!("{}://{}", scheme(listen.tls.as_ref()), self.proxy);
        let admin = format!("{}://{}", scheme(listen.tls_of_admin()), self.admin);
        format!("ready proxy={proxy} admin={admin} socket={socket}")
    }

    /// Stops admitting, lets sent calls finish for `deadline` at most or until `now` is done, makes
    /// everything durable, and returns what was left then. Clients are still answered meanwhile, and operators
    /// can look on.
    ///
    /// The order is: calls, clients, refusals that were only counted, paid answers that nobody received, uses of tokens, the
    /// journal, operators, the last checkpoint, the database. Calls that were sent and had not ended become unknown at
    /// the next start; their money stays reserved. An error in one step does not keep the next from being
    /// done.
    pub async fn shut_down<N>(self, deadline: Duration, now: impl Future<Output = N>) -> Ended<N> {
        self.services.admission.drain();
        self.services.archive.stop();
        self.clients.drain();
        let ended = tokio::select! {
            () = self.services.tasks.finished() => Ended { left: LeftOver::Nothing, forced: None },
            () = tokio::time::sleep(deadline) => Ended { left: self.left_over(), forced: None },
            now = now => Ended { left: self.left_over(), forced: Some(now) },
        };
        // Before the flush, so that the last refusals are durable, too, and none comes behind what is signed.
        if ended.forced.is_some() {
            self.clients.cut_off();
        } else {
            self.clients.see_off().await;
        }
        self.services.write_last_summaries();
        self.services.calls.keep_all().await;
        self.services.tokens.note_uses().await;
        if let Err(error) = self.services.journal.flush().await {
            tracing::error!(%error, "the journal could not be flushed; it is durable up to the failure");
        }
        self.operators.see_off().await;
        self.services.tasks.stop().await;
        // After the last task that could write a record, so that nothing comes behind what is signed.
        self.checkpoints.sign_last(&self.services.tasks).await;
        drop(self.simulator);
        self.store.close().await;
        std::fs::remove_file(&self.socket).ok();
        ended
    }

    /// Says what had not ended, by the intents that are open.
    fn left_over(&self) -> LeftOver {
        match self.services.metrics.open_intents() {
            0 => LeftOver::Clients,
            calls => LeftOver::Calls(calls),
        }
    }
}
