//! Takes a request's body in, before anything is done for it.

use super::{problem::ClientError, strict::ProtocolFault};
use crate::{
    domain::ErrorCode,
    spool::{Spool, SpoolError, SpoolWriter},
};
use bytes::Bytes;
use http_body::Body;
use http_body_util::BodyExt;
use std::{error::Error, io, pin::pin, time::Duration};
use tokio::time::timeout;
use tower_http::timeout::TimeoutError;

/// A body could not be received.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// It is larger than the route allows.
    #[error("body is larger than {cap} bytes")]
    TooLarge {
        /// Bytes that are allowed.
        cap: u64,
    },
    /// There is no room for it now.
    #[error("budget for bodies is used up")]
    BudgetExhausted,
    /// Nothing of it came for so long.
    #[error("body stood still for {idle:?}")]
    Idle {
        /// How long was waited.
        idle: Duration,
    },
    /// The client went away, or ended before the length it had announced.
    #[error("client went away before the end of its body")]
    ClientGone,
    /// Its chunks break the rules.
    #[error("{0}")]
    Malformed(ProtocolFault),
    /// It could not be kept here.
    #[error("body cannot be kept")]
    Kept(#[source] io::Error),
}

/// Receives `body` into `writer`, giving up when nothing comes for `idle` or more than `cap` bytes
/// come; an announced length beyond the cap is refused before anything is read.
pub async fn receive<B>(
    body: B,
    mut writer: SpoolWriter,
    cap: u64,
    idle: Duration,
) -> Result<Spool, ReceiveError>
where
    B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>>,
{
    if body.size_hint().lower() > cap {
        return Err(ReceiveError::TooLarge { cap });
    }
    let mut body = pin!(body);
    loop {
        // Counted from frame to frame, not in all: a large body over a thin line may take its time as long as
        // it moves.
        let frame = timeout(idle, body.frame()).await.map_err(|_| ReceiveError::Idle { idle })?;
        match frame {
            // Trailers are dropped: nothing behind this door reads them.
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => writer.write(data).await?,
                Err(_trailers) => {}
            },
            Some(Err(error)) => return Err(ReceiveError::broken(error.into().as_ref(), idle)),
            None => return Ok(writer.finish().await?),
        }
    }
}

impl From<SpoolError> for ReceiveError {
    fn from(error: SpoolError) -> Self {
        match error {
            SpoolError::TooLarge { cap } => Self::TooLarge { cap },
            SpoolError::BudgetExhausted => Self::BudgetExhausted,
            SpoolError::Io(cause) => Self::Kept(cause),
        }
    }
}

impl ReceiveError {
    /// Tells a body that breaks the rules, or that a layer gave up after `idle`, from one whose client left.
    pub fn broken(error: &(dyn Error + 'static), idle: Duration) -> Self {
        let mut cause = Some(error);
        // What the strict stream said is wrapped by hyper and by axum: only the chain of causes still has it.
        while let Some(error) = cause {
            if error.is::<TimeoutError>() {
                return Self::Idle { idle };
            }
            if let Some(io) = error.downcast_ref::<io::Error>()
                && io.kind() == io::ErrorKind::InvalidData
            {
                let fault = io.get_ref().and_then(|inner| inner.downcast_ref::<ProtocolFault>());
                return Self::Malformed(fault.copied().unwrap_or(ProtocolFault::Chunks));
            }
            cause = error.source();
        }
        Self::ClientGone
    }

    /// Returns the answer for the client. What is left of the body is not read, so all close.
    pub fn problem(&self) -> ClientError {
        let (code, message) = match self {
            Self::TooLarge { cap } => (
                ErrorCode::BodyTooLarge,
                format!("the body is larger than the {cap} bytes allowed here"),
            ),
            Self::BudgetExhausted => (
                ErrorCode::BodyBudgetExhausted,
                "the gateway has no room for more bodies now: try again shortly".to_owned(),
            ),
            Self::Idle { idle } => {
                (ErrorCode::BodyTimeout, format!("nothing of the body came for {idle:?}"))
            }
            Self::ClientGone => (
                ErrorCode::MalformedRequest,
                "the body ended before its announced length".to_owned(),
            ),
            Self::Malformed(fault) => (fault.code(), fault.to_string()),
            Self::Kept(_) => {
                (ErrorCode::InternalError, "the gateway cannot keep the body".to_owned())
            }
        };
        ClientError::new(code, message).closing()
    }
}
