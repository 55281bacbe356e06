//! Where else a key could go: along a redirect, to a proxy of the environment, into a core, into a debugger.

use super::GENERATE;
use crate::support::{Home, KEY, TestApp};
use ideogate::simulator::{Act, Script};
use serde_json::json;
use std::{fs, net::TcpListener, os::unix::fs::MetadataExt};

/// Somewhere that nobody may call.
struct Trap(TcpListener);

impl Trap {
    fn set() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    fn url(&self) -> String {
        format!("http://{}", self.0.local_addr().unwrap())
    }

    /// Fails if anybody connected. Connections wait in the kernel until they are taken, so none is missed.
    fn assert_untouched(&self) {
        let caller = self.0.accept();
        assert!(caller.is_err(), "somebody called: {caller:?}");
    }
}

#[test]
fn a_trap_that_is_touched_says_so() {
    let trap = Trap::set();
    trap.assert_untouched();
    let _caller = std::net::TcpStream::connect(trap.0.local_addr().unwrap()).unwrap();
    assert!(std::panic::catch_unwind(move || trap.assert_untouched()).is_err());
}

#[tokio::test]
async fn no_redirect_is_followed_with_the_key_or_without() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let trap = Trap::set();
    for status in [301, 302, 303, 307, 308] {
        for (method, path) in [("POST", GENERATE), ("GET", "/models")] {
            let elsewhere = Act::redirect(status, &format!("{}/{KEY}", trap.url()));
            app.ideogram.script(Script::new(elsewhere).on(path));
            let request = client.request(method, path);
            let body = json!({"prompt": format!("a heron in the reeds, {status}")});
            let reply =
                client.send(if method == "POST" { request.json(&body) } else { request }).await;
            assert_eq!(reply.status, 502, "{status} {path}");
            assert_eq!(reply.header("location"), None);
            trap.assert_untouched();
        }
    }
    assert_eq!(app.arrived(), 10);
}

#[tokio::test]
async fn a_proxy_of_the_environment_hears_nothing_of_the_gateway_and_its_commands() {
    let trap = Trap::set();
    let mut home = Home::new().await;
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        home.give(name, &trap.url());
        home.give(&name.to_lowercase(), &trap.url());
    }
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    assert_eq!(client.post(GENERATE, &json!({"prompt": "a heron in the reeds"})).await.status, 200);
    assert_eq!(client.get("/models").await.status, 200);
    trap.assert_untouched();
    home.run(&["token", "list"]).await.good();
    home.run(&["healthcheck"]).await.good();
    home.run(&["token", "list", "--admin", &gateway.ready.admin]).await;
    home.run(&["doctor"]).await;
    home.give("IDEOGATE_TOKEN", &client.token);
    home.run(&["whoami", "--url", &gateway.ready.proxy]).await.good();
    trap.assert_untouched();
    assert_eq!(home.ideogram.seen().calls.len(), 2);
}

/// Whoever may read the memory of a process owns its files in `/proc`; of one that says no, root owns them.
#[tokio::test]
async fn the_process_writes_no_core_and_keeps_its_memory_to_itself() {
    let home = Home::new().await;
    let (gateway, user) = home.start_as_somebody().await;
    let owner = |process: u32| fs::metadata(format!("/proc/{process}/environ")).unwrap().uid();
    assert_ne!(owner(gateway.id()), user, "others of the same user can read its memory");
    let plain = Home::unprotected(user);
    assert_eq!(owner(plain.id().unwrap()), user, "the test sees the difference");
    let limits = fs::read_to_string(format!("/proc/{}/limits", gateway.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
}
