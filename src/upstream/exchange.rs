//! One request out, the head of one answer back; and whether anything was written.

use super::{
    KeyVersion, Reuse,
    connection::{Age, Unanswered, UpstreamConnection},
    outcome::{NotSent, UnknownReason},
    request_body::RequestBody,
};
use http::{Request, Response};
use hyper::body::Incoming;
use tokio::time::{Instant, timeout_at};

/// The head of an answer, and the connection on which its body follows. Dropping it closes the
/// connection, whatever is left of the answer.
pub(super) struct Exchange {
    pub(super) connection: UpstreamConnection,
    pub(super) response: Response<Incoming>,
}

/// Why there is no answer. Whatever connection there was is closed, and nothing more is written to
/// it.
pub(super) enum ExchangeFailure {
    /// No byte was written.
    NotSent(NotSent),
    /// At least one byte was.
    Unknown(UnknownReason),
}

impl Exchange {
    /// Sends `request` and waits for the head of its answer until `deadline`. Whatever happens, at
    /// most one connection ever carries a byte of it. Dropping the future closes the connection;
    /// what was written by then stays written.
    pub(super) async fn run(
        key: &KeyVersion,
        request: Request<RequestBody>,
        reuse: Reuse,
        deadline: Instant,
    ) -> Result<Self, ExchangeFailure> {
        let connection = key.connection(reuse, deadline).await.map_err(ExchangeFailure::NotSent)?;
        Self::run_on(connection, key, request, deadline).await
    }

    /// The same, beginning with a given connection. A request is moved to a new connection once at
    /// most, and only if it is certain that no byte of it was written.
    pub(super) async fn run_on(
        connection: UpstreamConnection,
        key: &KeyVersion,
        request: Request<RequestBody>,
        deadline: Instant,
    ) -> Result<Self, ExchangeFailure> {
        match Self::try_on(connection, request, deadline).await {
            Ok(exchange) => Ok(exchange),
            Err(ConnectionTry::Failed(failure)) => Err(failure),
            // The pooled connection died while it was idle. Nothing was written, and hyper has
            // given the request back untouched; a new connection cannot have died like that.
            Err(ConnectionTry::Untouched(request)) => {
                let fresh =
                    key.connector.connect(deadline).await.map_err(ExchangeFailure::NotSent)?;
                Self::try_on(fresh, *request, deadline).await.map_err(ConnectionTry::into_failure)
            }
        }
    }

    /// Sends on one connection, and judges what came of it.
    async fn try_on(
        mut connection: UpstreamConnection,
        request: Request<RequestBody>,
        deadline: Instant,
    ) -> Result<Self, ConnectionTry> {
        match timeout_at(deadline, connection.send(request)).await {
            Ok(Ok(response)) => Ok(Self { connection, response }),
            Ok(Err(unanswered)) => Err(ConnectionTry::judge(&connection, unanswered)),
            // Sealed before it is counted: a byte that went out after the count would make a lie of
            // it.
            Err(_) => Err(ConnectionTry::Failed(match connection.seal() {
                0 => ExchangeFailure::NotSent(NotSent::Timeout),
                _ => ExchangeFailure::Unknown(UnknownReason::Timeout),
            })),
        }
    }
}

/// What came of trying one connection.
enum ConnectionTry {
    /// A pooled connection was dead; this is the request as it was.
    Untouched(Box<Request<RequestBody>>),
    /// It ends here.
    Failed(ExchangeFailure),
}

impl ConnectionTry {
    /// Judges by two witnesses: hyper, which gives a request back only if it never began with it,
    /// and the wire, which counts what left this process. Both must say that nothing went out
    /// before anything is tried again.
    fn judge(connection: &UpstreamConnection, mut unanswered: Unanswered) -> Self {
        // Sealed here too: the task that drives the connection may not have ended yet.
        let (written, untouched) = (connection.seal(), unanswered.take_message());
        let error = unanswered.into_error();
        tracing::debug!(%error, written, "an upstream request got no answer");
        match untouched {
            Some(request) if written == 0 && connection.age() == Age::Pooled => {
                Self::Untouched(Box::new(request))
            }
            _ if written == 0 => Self::Failed(ExchangeFailure::NotSent(NotSent::Lost)),
            _ => Self::Failed(ExchangeFailure::Unknown(reason(&error))),
        }
    }

    /// A new connection that gave the request back has failed like any other.
    fn into_failure(self) -> ExchangeFailure {
        match self {
            Self::Failed(failure) => failure,
            Self::Untouched(_) => ExchangeFailure::NotSent(NotSent::Lost),
        }
    }
}

/// Returns why nobody can say what became of a call of which something was written.
fn reason(error: &hyper::Error) -> UnknownReason {
    if error.is_parse() {
        UnknownReason::Protocol
    } else if error.is_user() {
        UnknownReason::RequestBody
    } else {
        UnknownReason::Reset
    }
}
