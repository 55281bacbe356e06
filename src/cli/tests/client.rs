//! The client against a real control plane on a real socket.

use crate::{
    admin::{AdminPeer, CreatedToken, PauseView, QueueView, TokenView, tests::house::House},
    cli::{
        client::AdminClient, endpoint::AdminEndpoint, error::CliError, output::chain, trust::Trust,
    },
    tokens::NewToken,
};
use axum::{Extension, Router, middleware::map_response, response::Response};
use std::{os::unix::fs::PermissionsExt, path::PathBuf};
use tokio::net::{TcpListener, TcpSocket, UnixListener};

const NONE: Trust = Trust::Authorities(None);

struct Gateway {
    client: AdminClient,
    house: House,
    socket: PathBuf,
    _dir: tempfile::TempDir,
}

fn gateway() -> Gateway {
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join("admin.sock");
    let house = House::open();
    let router = at_the_door(&house).layer(Extension(AdminPeer::Unix { uid: 501 }));
    let listener = UnixListener::bind(&socket).unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let client = AdminClient::new(AdminEndpoint::Socket(socket.clone()), &NONE).unwrap();
    Gateway { client, house, socket, _dir: dir }
}

/// Names each request, as the listener of a gateway does.
fn at_the_door(house: &House) -> Router {
    house.router.clone().layer(map_response(async |mut response: Response| {
        response.headers_mut().insert("ideogate-request-id", "req_1".parse().unwrap());
        response
    }))
}

fn asked(scope: &str) -> NewToken {
    NewToken {
        environment: "prod".into(),
        name: "poster-bot".into(),
        scopes: vec![scope.into()],
        no_budget: true,
        ..NewToken::default()
    }
}

fn fault(error: &anyhow::Error) -> (u8, String) {
    (error.downcast_ref::<CliError>().unwrap().exit_code(), chain(error))
}

#[tokio::test]
async fn a_token_is_made_and_revoked_over_the_socket() {
    let gateway = gateway();
    let made: CreatedToken =
        gateway.client.post_json("/api/v1/tokens", &asked("write:generate")).await.unwrap();
    assert!(gateway.house.state.tokens.authenticate(&made.token).is_ok());
    let path = format!("/api/v1/tokens/{}/revoke", made.id);
    let token: TokenView = gateway.client.post(&path).await.unwrap();
    assert_eq!(token.state, "revoked");
    assert!(gateway.house.state.tokens.authenticate(&made.token).is_err());
    let principal = gateway.house.records()[0].record.principal.to_string();
    assert_eq!(principal, "uid:501");
}

#[tokio::test]
async fn a_refusal_is_told_with_every_mistake() {
    let gateway = gateway();
    let new = NewToken { expires_in: Some("soon".into()), ..asked("write:*") };
    let error = gateway.client.post_json::<CreatedToken>("/api/v1/tokens", &new).await;
    let (code, told) = fault(&error.unwrap_err());
    assert_eq!(code, 64);
    assert!(told.contains("\n  expires-in: 'soon'"), "{told}");
    assert!(told.contains("\n  scope: 'write:*' is not allowed in environment"), "{told}");
}

#[tokio::test]
async fn something_unknown_is_a_failure_with_words() {
    let gateway = gateway();
    let error = gateway.client.get::<TokenView>("/api/v1/tokens/tok_x").await.unwrap_err();
    assert_eq!(
        fault(&error),
        (1, "There is nothing of that name: there is no token 'tok_x'".into())
    );
}

#[tokio::test]
async fn the_queue_and_the_pause_are_read_over_the_socket() {
    let gateway = gateway();
    let queue: QueueView = gateway.client.get("/api/v1/queue").await.unwrap();
    assert_eq!(queue.accounts[0].cap, 10);
    let view: PauseView = gateway.client.post("/api/v1/pause").await.unwrap();
    assert!(view.paused);
    gateway.client.ask("/healthz").await.unwrap();
}

#[tokio::test]
async fn an_empty_list_of_somebody_else_is_not_taken_for_the_gateways() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(async || "[]");
    tokio::spawn(async move { axum::serve(listener, router).await });
    let client = AdminClient::new(AdminEndpoint::Url(url), &NONE).unwrap();
    let error = client.get::<Vec<TokenView>>("/api/v1/tokens").await.unwrap_err();
    let (code, told) = fault(&error);
    assert!(code == 69 && told.contains("not an ideogate gateway's"), "{told}");
}

#[tokio::test]
async fn a_missing_gateway_is_told_with_what_to_do() {
    let place = AdminEndpoint::Socket("/nowhere/admin.sock".into());
    let error = AdminClient::new(place, &NONE)
        .unwrap()
        .get::<QueueView>("/api/v1/queue")
        .await
        .unwrap_err();
    let (code, told) = fault(&error);
    assert_eq!(code, 69);
    assert_eq!(
        told,
        "no answer from /nowhere/admin.sock (No such file or directory (os error 2)): is the \
         gateway running? start it with `ideogate serve`, or say where it is with --admin"
    );
}

#[tokio::test]
async fn a_closed_port_is_a_missing_gateway_too() {
    // Taken, but nobody listens: a free port might be somebody else's a moment later.
    let taken = TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}", taken.local_addr().unwrap());
    let error = AdminClient::new(AdminEndpoint::Url(url), &NONE)
        .unwrap()
        .ask("/healthz")
        .await
        .unwrap_err();
    assert_eq!(fault(&error).0, 69);
}

#[tokio::test]
async fn over_tcp_the_client_is_sent_to_the_socket() {
    let house = House::open();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let router = at_the_door(&house).layer(Extension(AdminPeer::Tcp { addr }));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let client = AdminClient::new(AdminEndpoint::Url(format!("http://{addr}")), &NONE).unwrap();
    let error = client.get::<QueueView>("/api/v1/queue").await.unwrap_err();
    let (code, told) = fault(&error);
    assert_eq!(code, 1);
    assert!(told.starts_with("Use the socket: "), "{told}");
    client.ask("/readyz").await.unwrap();
}

#[tokio::test]
async fn a_socket_of_another_user_is_told_apart() {
    let gateway = gateway();
    std::fs::set_permissions(&gateway.socket, PermissionsExt::from_mode(0o000)).unwrap();
    match gateway.client.ask("/healthz").await {
        // Whoever runs the tests as root may open everything.
        Ok(()) => assert!(rustix::process::geteuid().is_root()),
        Err(error) => assert!(fault(&error).1.contains("may not be opened by this user")),
    }
}
