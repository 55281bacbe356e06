//! New connections: name, socket, TLS.

use super::{
    Credential, connection::UpstreamConnection, counting_stream::CountingStream,
    key_injector::KeyInjector, origin::UpstreamOrigin, outcome::NotSent,
};
use crate::{config::OpenFiles, domain::tls_words, tasks::Tasks};
use socket2::{SockRef, TcpKeepalive};
use std::{io, net::SocketAddr, sync::Weak, time::Duration};
use tokio::{
    net::{TcpStream, lookup_host},
    time::{Instant, timeout_at},
};
use tokio_rustls::TlsConnector;

/// How long a new connection may take, from the name to the end of the TLS handshake. What is left
/// of the call's own time is the bound where that is less.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a socket may be silent before it is probed. Ideogram works for minutes without a byte,
/// and a middlebox that forgets the connection meanwhile costs an answer that was paid for.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// Makes connections to one origin, and to no other. The name is looked up anew for each
/// connection, and every address of it is checked.
pub(super) struct Connector {
    /// The key that is written on its connections, while there is one.
    pub(super) credential: Weak<Credential>,
    pub(super) origin: UpstreamOrigin,
    pub(super) tls: TlsConnector,
    pub(super) tasks: Tasks,
}

impl Connector {
    /// Makes a connection, at the latest until `deadline`. No byte of a request is written here; a
    /// TLS handshake may be. Dropping the future closes the socket.
    pub(super) async fn connect(&self, deadline: Instant) -> Result<UpstreamConnection, NotSent> {
        let deadline = deadline.min(Instant::now() + CONNECT_TIMEOUT);
        timeout_at(deadline, self.connect_until(deadline)).await.unwrap_or(Err(NotSent::Timeout))
    }

    async fn connect_until(&self, deadline: Instant) -> Result<UpstreamConnection, NotSent> {
        let addresses = self.addresses().await.map_err(NotSent::Resolve)?;
        let tcp = reach(&addresses, deadline).await.map_err(NotSent::Connect)?;
        // Asked of the socket that was just opened, since its number says how many files are open.
        if !OpenFiles::now().allows_call(&tcp) {
            let full = io::Error::other("this process has too many files open");
            return Err(NotSent::Connect(full));
        }
        prepare(&tcp).map_err(NotSent::Connect)?;
        let wire = CountingStream::new(tcp);
        let watch = wire.watch();
        match self.origin.tls() {
            None => UpstreamConnection::open(self.keyed(wire), watch, &self.tasks).await,
            Some(name) => {
                let tls = self
                    .tls
                    .connect(name.clone(), wire)
                    .await
                    .map_err(|error| untrusted(&error))?;
                UpstreamConnection::open(self.keyed(tls), watch, &self.tasks).await
            }
        }
    }

    /// Returns the socket with what puts the key in its place; it holds the key only weakly.
    fn keyed<S>(&self, socket: S) -> KeyInjector<S> {
        KeyInjector::new(socket, self.credential.clone())
    }

    /// Returns the addresses of the origin's name that bytes may be sent to; none is an error.
    async fn addresses(&self) -> io::Result<Vec<SocketAddr>> {
        let found = lookup_host(self.origin.address()).await?;
        let allowed: Vec<_> = found.filter(|address| self.origin.allows(address)).collect();
        if allowed.is_empty() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "no address may be used"));
        }
        Ok(allowed)
    }
}

/// Tries the addresses in turn; each gets its share of the time, so that a silent one leaves some.
/// The addresses come in the order of the resolver. The last error is the one that is told.
async fn reach(addresses: &[SocketAddr], deadline: Instant) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for (tried, address) in (0..).zip(addresses) {
        let left = u32::try_from(addresses.len()).unwrap_or(u32::MAX).saturating_sub(tried).max(1);
        let share = deadline.saturating_duration_since(Instant::now()) / left;
        match timeout_at(Instant::now() + share, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => return Ok(tcp),
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(last)
}

/// Sends small writes at once, and probes a silent connection.
fn prepare(tcp: &TcpStream) -> io::Result<()> {
    // Head and body may be two writes, and the second would wait until the first is acknowledged.
    tcp.set_nodelay(true)?;
    SockRef::from(tcp).set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEP_ALIVE))
}

/// The record and the answers get words for people; what the library said is in the log alone.
fn untrusted(error: &io::Error) -> NotSent {
    tracing::debug!(error = error as &dyn std::error::Error, "TLS to the upstream failed");
    let known = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    NotSent::Tls(known.map_or_else(|| error.to_string(), tls_words).into())
}
