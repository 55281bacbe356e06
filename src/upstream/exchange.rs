//! One request out, the head of one answer back; and whether anything was written.

use super::{
    KeyVersion, Reuse,
    connection::{Age, Connection, Unanswered},
    outcome::{NotSent, UnknownReason},
    request_body::RequestBody,
};
use http::{Request, Response};
use hyper::body::Incoming;
use tokio::time::{Instant, timeout_at};

/// The head of an answer, and the connection on which its body follows.
pub(super) struct Exchange {
    pub(super) connection: Connection,
    pub(super) response: Response<Incoming>,
}

/// Why there is no answer.
pub(super) enum Failure {
    /// No byte was written.
    NotSent(NotSent),
    /// At least one byte was.
    Unknown(UnknownReason),
}

impl Exchange {
    /// Sends `request` and waits for the head of its answer until `deadline`. Whatever happens, at
    /// most one connection ever carries a byte of it.
    pub(super) async fn run(
        key: &KeyVersion,
        request: Request<RequestBody>,
        reuse: Reuse,
        deadline: Instant,
    ) -> Result<Self, Failure> {
        let connection = key.connection(reuse, deadline).await.map_err(Failure::NotSent)?;
        Self::run_on(connection, key, request, deadline).await
    }

    /// The same, beginning with a given connection.
    pub(super) async fn run_on(
        connection: Connection,
        key: &KeyVersion,
        request: Request<RequestBody>,
        deadline: Instant,
    ) -> Result<Self, Failure> {
        match Self::try_on(connection, request, deadline).await {
            Ok(exchange) => Ok(exchange),
            Err(Attempt::Failed(failure)) => Err(failure),
            // The pooled connection died while it was idle. Nothing was written, and hyper has
            // given the request back untouched; a new connection cannot have died like that.
            Err(Attempt::Untouched(request)) => {
                let fresh = key.connector.connect(deadline).await.map_err(Failure::NotSent)?;
                Self::try_on(fresh, *request, deadline).await.map_err(Attempt::into_failure)
            }
        }
    }

    async fn try_on(
        mut connection: Connection,
        request: Request<RequestBody>,
        deadline: Instant,
    ) -> Result<Self, Attempt> {
        match timeout_at(deadline, connection.send(request)).await {
            Ok(Ok(response)) => Ok(Self { connection, response }),
            Ok(Err(unanswered)) => Err(Attempt::judge(&connection, unanswered)),
            Err(_) => Err(Attempt::Failed(match connection.seal() {
                0 => Failure::NotSent(NotSent::Timeout),
                _ => Failure::Unknown(UnknownReason::Timeout),
            })),
        }
    }
}

/// What came of trying one connection.
enum Attempt {
    /// A pooled connection was dead; this is the request as it was.
    Untouched(Box<Request<RequestBody>>),
    /// It ends here.
    Failed(Failure),
}

impl Attempt {
    /// Judges by two witnesses: hyper, which gives a request back only if it never began with it,
    /// and the wire, which counts what left this process.
    fn judge(connection: &Connection, mut unanswered: Unanswered) -> Self {
        let (written, untouched) = (connection.seal(), unanswered.take_message());
        let error = unanswered.into_error();
        tracing::debug!(%error, written, "an upstream request got no answer");
        match untouched {
            Some(request) if written == 0 && connection.age() == Age::Pooled => {
                Self::Untouched(Box::new(request))
            }
            _ if written == 0 => Self::Failed(Failure::NotSent(NotSent::Lost)),
            _ => Self::Failed(Failure::Unknown(reason(&error))),
        }
    }

    fn into_failure(self) -> Failure {
        match self {
            Self::Failed(failure) => failure,
            Self::Untouched(_) => Failure::NotSent(NotSent::Lost),
        }
    }
}

fn reason(error: &hyper::Error) -> UnknownReason {
    if error.is_parse() {
        UnknownReason::Protocol
    } else if error.is_user() {
        UnknownReason::RequestBody
    } else {
        UnknownReason::Reset
    }
}
