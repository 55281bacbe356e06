//! One process ends and another begins, and nobody is turned away without an answer.

use crate::support::{Binary, Client, Home, Raw, Reply, Sockets, until};
use ideogate::simulator::{Act, Script};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::{
    os::fd::OwnedFd,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{net::TcpStream, task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;

const GENERATE: &str = "/v1/ideogram-v3/generate";
const HEALTH: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: gateway\r\n\r\n";

fn body(prompt: &str) -> Value {
    json!({"prompt": prompt})
}

/// Has a call sent that stays at Ideogram until it is released.
async fn held_call(home: &Home, client: &Client) -> JoinHandle<Reply> {
    home.ideogram.script(Script::new(Act::Hold));
    let client = client.clone();
    let sent = tokio::spawn(async move { client.post(GENERATE, &body("held")).await });
    home.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    sent
}

/// Asks the gateway to end, and waits until it drains; each look is a connection of its own.
async fn drain(gateway: &Binary) {
    gateway.signal(Signal::TERM);
    let draining = async || {
        let reply = stranger(gateway).get("/readyz").await;
        (reply.status == 503).then_some(reply)
    };
    let reply = until("it drains", draining).await;
    assert_eq!(reply.json()["code"], "draining");
}

/// Returns a client without a connection and without a token.
fn stranger(gateway: &Binary) -> Client {
    Client::new(gateway.ready.proxy.clone(), "")
}

#[tokio::test]
async fn while_it_drains_new_connections_are_answered() {
    let home = Home::new().await;
    let mut gateway = home.start().await;
    let client = home.client(&gateway).await;
    let sent = held_call(&home, &client).await;
    drain(&gateway).await;
    for _ in 0..3 {
        let client = Client::new(gateway.ready.proxy.clone(), &client.token);
        let reply = client.post(GENERATE, &body("too late")).await;
        assert_eq!(reply.problem(), "503 draining");
        assert!(reply.header("retry-after").is_some(), "{reply:?}");
        assert_eq!(reply.header("connection"), Some("close"), "{reply:?}");
    }
    assert_eq!(stranger(&gateway).get("/healthz").await.status, 200, "it lives");
    let whoami = Client::new(gateway.ready.proxy.clone(), &client.token);
    assert_eq!(whoami.get("/_ideogate/whoami").await.status, 200, "own paths answer");
    let _silent = Raw::connect(&gateway.ready.proxy).await;
    assert!(!sent.is_finished(), "the call at Ideogram was cut off");
    home.ideogram.release();
    assert_eq!(sent.await.unwrap().status, 200);
    let ended = timeout(Duration::from_secs(5), gateway.ended()).await;
    assert!(ended.is_ok_and(|status| status.success()), "it waits: {}", gateway.log());
    assert!(gateway.log().contains("all calls ended"), "{}", gateway.log());
    let address = gateway.ready.proxy.strip_prefix("http://").unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "somebody still listens");
    home.verify().await;
    let _gateway = home.start().await;
    let outcomes: Vec<_> =
        home.calls().await.iter().map(|entry| entry["metadata"]["outcome"].clone()).collect();
    assert_eq!(outcomes, ["success", "refused", "refused", "refused"]);
    assert_eq!(home.ideogram.seen().calls.len(), 1);
}

#[tokio::test]
async fn an_idle_connection_gets_its_answer_and_is_closed() {
    let home = Home::new().await;
    let mut gateway = home.start().await;
    let client = home.client(&gateway).await;
    let (mut asks, mut asks_not) =
        (Raw::connect(&gateway.ready.proxy).await, Raw::connect(&gateway.ready.proxy).await);
    for idle in [&mut asks, &mut asks_not] {
        idle.write(HEALTH).await;
        let reply = idle.answer().await;
        assert_eq!((reply.status, reply.header("connection")), (200, None));
    }
    let sent = held_call(&home, &client).await;
    drain(&gateway).await;
    asks.write(HEALTH).await;
    let reply = asks.answer().await;
    assert_eq!((reply.status, reply.header("connection")), (200, Some("close")));
    assert_eq!(asks.rest().await, b"");
    assert!(!sent.is_finished(), "the call at Ideogram was cut off");
    home.ideogram.release();
    let reply = sent.await.unwrap();
    assert_eq!((reply.status, reply.header("connection")), (200, Some("close")));
    assert_eq!(asks_not.rest().await, b"");
    assert_eq!(gateway.ended().await.code(), Some(0), "{}", gateway.log());
}

#[tokio::test]
async fn a_restart_under_load_refuses_no_connection() {
    let home = Home::new().await;
    let sockets = Sockets::open();
    let mut gateway = home.start_with_sockets("proxy:admin", &sockets).await;
    let client = home.client(&gateway).await;
    let load = Load::begin(20, &gateway.ready.proxy, &client.token);
    load.reaches(40, 0).await;
    // One call holds the end up, so that others come meanwhile.
    home.ideogram.script(Script::new(Act::Hold));
    let (sent, _) = load.so_far();
    load.reaches(sent + 20, 0).await;
    gateway.signal(Signal::TERM);
    load.reaches(0, 20).await;
    home.ideogram.release();
    assert_eq!(gateway.ended().await.code(), Some(0), "{}", gateway.log());
    let (sent, _) = load.so_far();
    let _next = home.start_with_sockets("proxy:admin", &sockets).await;
    load.reaches(sent + 40, 0).await;
    let sent = load.end().await;
    assert_eq!(home.ideogram.seen().calls.len(), sent, "each is billed once");
    home.verify().await;
}

/// Clients that call again and again, each time on a new connection. A connection that is refused or cut off
/// fails the test.
struct Load {
    counts: Arc<[AtomicUsize; 2]>,
    ends: CancellationToken,
    clients: Vec<JoinHandle<()>>,
}

impl Load {
    fn begin(clients: usize, url: &str, token: &str) -> Self {
        let (counts, ends) = (Arc::<[AtomicUsize; 2]>::default(), CancellationToken::new());
        let clients = (0..clients).map(|client| {
            let (counts, ends) = (Arc::clone(&counts), ends.clone());
            let (url, token) = (url.to_owned(), token.to_owned());
            tokio::spawn(async move {
                for call in 0.. {
                    if ends.is_cancelled() {
                        return;
                    }
                    let reply = ask(&url, &token, &format!("client {client}, call {call}")).await;
                    let is_sent = reply.status == 200;
                    assert!(is_sent || reply.problem() == "503 draining", "{reply:?}");
                    counts[usize::from(!is_sent)].fetch_add(1, Ordering::Relaxed);
                }
            })
        });
        Self { clients: clients.collect(), counts, ends }
    }

    /// Returns how many calls were sent, and how many turned away.
    fn so_far(&self) -> (usize, usize) {
        let [sent, draining] = &*self.counts;
        (sent.load(Ordering::Relaxed), draining.load(Ordering::Relaxed))
    }

    async fn reaches(&self, sent: usize, draining: usize) {
        until("the load goes on", async || {
            assert!(!self.clients.iter().any(JoinHandle::is_finished), "a client failed");
            let so_far = self.so_far();
            (so_far.0 >= sent && so_far.1 >= draining).then_some(())
        })
        .await;
    }

    /// Lets the clients finish, and returns how many calls were sent.
    async fn end(self) -> usize {
        self.ends.cancel();
        for client in self.clients {
            client.await.unwrap();
        }
        self.counts[0].load(Ordering::Relaxed)
    }
}

async fn ask(url: &str, token: &str, prompt: &str) -> Reply {
    let body = body(prompt).to_string();
    let mut connection = Raw::connect(url).await;
    connection.head(GENERATE, token, body.len()).await;
    connection.write(body.as_bytes()).await;
    connection.answer().await
}

#[tokio::test]
async fn sockets_are_taken_by_name_and_else_in_order() {
    let home = Home::new().await;
    let sockets = Sockets::open();
    let [first, second] = sockets.addresses().map(|address| format!("http://{address}"));
    for (names, proxy, admin) in
        [("admin:proxy", &second, &first), ("a.socket:a.socket", &first, &second)]
    {
        let gateway = home.start_with_sockets(names, &sockets).await;
        assert_eq!((&gateway.ready.proxy, &gateway.ready.admin), (proxy, admin));
        assert_eq!(
            stranger(&gateway).get("/_ideogate/whoami").await.problem(),
            "401 token_missing"
        );
        let operators = Client::new(gateway.ready.admin.clone(), "");
        assert_eq!(operators.get("/api/v1/status").await.status, 403, "it is the control plane");
        gateway.stop().await;
    }
    let [only, _] = sockets.copies();
    let gateway = home.begin_with_sockets("admin", [Some(only), None]).get_ready().await;
    assert_eq!(gateway.ready.admin, first);
    assert_ne!(gateway.ready.proxy, second, "it bound that one itself");
    assert_eq!(stranger(&gateway).get("/readyz").await.status, 200);
    gateway.stop().await;
}

#[tokio::test]
async fn a_socket_that_is_none_is_a_mistake_in_use() {
    let home = Home::new().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let connected = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let unfit: [(OwnedFd, &str); 4] = [
        (std::net::UdpSocket::bind("127.0.0.1:0").unwrap().into(), "proxy"),
        (std::fs::File::open("/dev/null").unwrap().into(), "admin"),
        (connected.into(), "proxy"),
        (Sockets::open().copies().into_iter().next().unwrap(), "proxy:other"),
    ];
    for (socket, names) in unfit {
        let second = names.contains(':').then(|| socket.try_clone().unwrap());
        let mut gateway = home.begin_with_sockets(names, [Some(socket), second]);
        assert_eq!(gateway.ended().await.code(), Some(64), "{names}: {}", gateway.log());
        assert!(gateway.log().contains("handed over"), "{}", gateway.log());
    }
    assert!(!home.data().exists(), "it began all the same");
}

#[tokio::test]
async fn a_plain_socket_beyond_loopback_must_be_allowed() {
    let home = Home::new().await;
    // Only this machine reaches it, and yet it is no loopback address by its letters.
    let socket = std::net::TcpListener::bind("[::ffff:127.0.0.1]:0").unwrap();
    let address = socket.local_addr().unwrap();
    let copy = || [Some(socket.try_clone().unwrap().into()), None];
    let mut refused = home.begin_with_sockets("proxy", copy());
    assert_eq!(refused.ended().await.code(), Some(64), "{}", refused.log());
    let log = refused.log();
    assert!(log.contains("listen.allow_plaintext") && log.contains(&address.to_string()), "{log}");
    assert!(!home.data().exists(), "it began all the same");
    home.change("[listen]\nallow_plaintext = true\n");
    let gateway = home.begin_with_sockets("proxy", copy()).get_ready().await;
    assert_eq!(gateway.ready.proxy, format!("http://{address}"));
    gateway.stop().await;
}
