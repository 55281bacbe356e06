//! Accepts connections until told to stop.

use super::{
    connection::Connection,
    listener::{Listener, Peer},
    listener_state::ListenerState,
    problem::ClientError,
    serving::Serving,
};
use crate::domain::ErrorCode;
use axum::Router;
use std::{io, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncWrite, AsyncWriteExt},
    time::{sleep, timeout},
};

/// When the machine has no more files or memory, another try at once would only burn its time.
const BREATH: Duration = Duration::from_millis(100);

/// Accepts connections on `listener` and has `face` answer their requests, until `serving` accepts no more.
///
/// The connections go on then, until `serving` closes them. The listener is closed when this returns.
pub async fn serve<L: Listener>(
    listener: L,
    face: Router,
    door: Arc<ListenerState>,
    serving: Serving,
) {
    while let Some(accepted) = serving.accepting(listener.accept()).await {
        match accepted {
            Ok((stream, peer)) => match door.enter(&peer).filter(|_| door.leaves_files(&stream)) {
                Some(presence) => {
                    let door = Arc::clone(&door);
                    let socket = L::watch(&stream);
                    let connection = Connection { stream, socket, peer, door, presence };
                    serving.run(connection.run(face.clone(), serving.clone()));
                }
                None => turn_away(stream, peer, &door).await,
            },
            Err(error) => wait_out(error).await,
        }
    }
}

/// Tells one client too many why it has to leave.
///
/// Its request is not read, and nothing is waited for: a fresh connection takes so few bytes at
/// once, or it goes without. So does a client of TLS, which would have to be secured first.
async fn turn_away<S: AsyncWrite + Unpin>(mut stream: S, peer: Peer, door: &ListenerState) {
    let code = ErrorCode::TooManyConnections;
    door.metrics.refused(None, code);
    tracing::debug!(?peer, listener = door.name, "connection turned away");
    let message = "there are too many connections: keep connections open and use them again";
    let text = door.wording.on_the_wire(&ClientError::new(code, message).closing());
    let goodbye = async {
        stream.write_all(text.as_bytes()).await?;
        stream.shutdown().await
    };
    if timeout(Duration::ZERO, goodbye).await.is_err() {
        tracing::debug!("connection was closed without a word");
    }
}

async fn wait_out(error: io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    // A client that is gone again is nothing to wait for.
    if matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted) {
        return;
    }
    tracing::error!(error = &error as &dyn std::error::Error, "cannot accept connections");
    sleep(BREATH).await;
}
