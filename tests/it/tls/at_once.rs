//! A client over TLS that hangs up and asks again at once.

use super::Secured;
use crate::recall::at_once::{Line, Open, assert_five_are_five, assert_sent_once, patient};
use rustls::{ClientConnection, StreamOwned, pki_types::ServerName};
use std::{io::Write, net::TcpStream, sync::Arc};

type Stream = StreamOwned<ClientConnection, TcpStream>;

impl Line for Stream {
    fn hang_up(mut self: Box<Self>, way: usize) -> Option<TcpStream> {
        // With a goodbye and the end, with the end alone, with the goodbye alone.
        let (says_goodbye, ends) = [(true, true), (false, true), (true, false)][way % 3];
        if says_goodbye {
            self.conn.send_close_notify();
            self.flush().unwrap();
        }
        let (_, tcp) = self.into_parts();
        (!ends).then_some(tcp)
    }
}

fn over_tls(secured: &Secured) -> Open {
    let (config, address) = (Arc::new(secured.authority.trusted()), secured.app.running.proxy());
    Arc::new(move || {
        let name = ServerName::try_from("localhost").unwrap();
        let connection = ClientConnection::new(Arc::clone(&config), name).unwrap();
        let tcp = patient(TcpStream::connect(address).unwrap());
        let mut stream = StreamOwned::new(connection, tcp);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock).unwrap();
        }
        Box::new(stream)
    })
}

#[tokio::test]
async fn retries_at_once_are_never_sent_twice() {
    let secured = Secured::spawn().await;
    let client = secured.client().await;
    assert_sent_once(&secured.app, &client, &over_tls(&secured), 240).await;
}

#[tokio::test]
async fn five_identical_calls_of_clients_that_stay_are_five_calls() {
    let secured = Secured::spawn().await;
    let client = secured.client().await;
    assert_five_are_five(&secured.app, &client, &over_tls(&secured)).await;
}
