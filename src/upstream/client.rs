//! The sending itself.

use super::{
    Credential, KeyVersion, ReadError, SendOutcome, UpstreamAnswer, UpstreamRequest,
    connector::Connector,
    exchange::{Exchange, ExchangeFailure},
    origin::{OriginError, UpstreamOrigin},
    outcome::NotSent,
    pool::Pool,
    receive::Reception,
    redaction::Redaction,
    tls,
    verdict::Verdict,
};
use crate::{domain::AccountName, spool::SpoolBudget, store::SendWarrant, tasks::Tasks};
use http::Uri;
use rustls::pki_types::CertificateDer;
use std::{fmt, sync::Arc, time::Duration};
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

/// How long one of the gateway's own reads may take. It covers all of it, from connecting to the
/// last byte.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// The largest answer to one of the gateway's own reads, in bytes. More makes the read an error,
/// and its connection is closed.
const LARGEST_READ: u64 = 16 * 1024 * 1024;

/// How an account is reached. It is fixed for as long as the [`Upstream`] lives.
#[derive(Debug)]
pub struct UpstreamOptions {
    /// The account.
    pub account: AccountName,
    /// Its origin: `https`, or `http` to loopback; no path.
    pub base_url: Uri,
    /// How long a call may take, from before connecting to the end of its answer. When it is over
    /// before the first byte the call was not sent, and after it the outcome is unknown.
    pub timeout: Duration,
    /// The largest answer, in bytes.
    pub max_answer: u64,
    /// How long an idle connection is kept; a few seconds.
    pub idle: Duration,
    /// Authorities that are trusted beside the public ones.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// What answers may take. They take from it on nobody's account.
    pub budget: Arc<SpoolBudget>,
    /// Where connections run.
    pub tasks: Tasks,
}

impl UpstreamOptions {
    /// How long idle connections are kept unless told otherwise. Less than servers keep theirs, so
    /// that a connection rarely dies just when it is taken.
    pub const IDLE: Duration = Duration::from_secs(4);
}

/// An account cannot be reached the way it is set.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// The base URL is not an origin that a key may go to.
    #[error("the base URL cannot be used")]
    Origin(#[source] OriginError),
    /// An extra authority cannot be trusted.
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
}

/// The way to one account's upstream. It holds no key: the keys of an account come and go beside
/// it.
pub struct Upstream {
    account: AccountName,
    origin: UpstreamOrigin,
    tls: TlsConnector,
    timeout: Duration,
    max_answer: u64,
    idle: Duration,
    budget: Arc<SpoolBudget>,
    tasks: Tasks,
}

impl Upstream {
    /// Prepares the way; connects to nothing yet. Fails if the base URL is no origin that a key may
    /// go to, or an extra authority cannot be read.
    pub fn new(options: UpstreamOptions) -> Result<Self, UpstreamError> {
        Ok(Self {
            origin: UpstreamOrigin::parse(&options.base_url).map_err(UpstreamError::Origin)?,
            tls: tls::connector(&options.extra_roots).map_err(UpstreamError::Tls)?,
            account: options.account,
            timeout: options.timeout,
            max_answer: options.max_answer,
            idle: options.idle,
            budget: options.budget,
            tasks: options.tasks,
        })
    }

    /// Binds a key to this upstream's origin, with connections of its own. Calls of one key version
    /// never go out on connections of another.
    pub fn key(&self, credential: Credential) -> Arc<KeyVersion> {
        let credential = Arc::new(credential);
        let connector = Connector {
            credential: Arc::downgrade(&credential),
            origin: self.origin.clone(),
            tls: self.tls.clone(),
            tasks: self.tasks.clone(),
        };
        Arc::new(KeyVersion {
            account: self.account.clone(),
            redaction: credential.read(Redaction::new),
            credential,
            connector,
            pool: Pool::new(self.idle, self.tasks.clone()),
        })
    }

    /// Sends a call, once, and says what became of it. A call that was begun should be driven to
    /// its end; dropping the future closes its connection and leaves the outcome unknown.
    ///
    /// The warrant is consumed, and comes back only where nothing was billed for certain: nothing
    /// was written, or Ideogram answered 429 or 401. Nothing is repeated here that may have
    /// arrived. The answer is read to its end before this returns, and its key is overwritten.
    pub async fn send(
        &self,
        warrant: SendWarrant,
        key: &Arc<KeyVersion>,
        request: UpstreamRequest,
    ) -> SendOutcome {
        let deadline = Instant::now() + self.timeout;
        let exchange = match self.exchange(key, request, deadline).await {
            Ok(exchange) => exchange,
            Err(ExchangeFailure::NotSent(cause)) => return SendOutcome::NotSent { cause, warrant },
            Err(ExchangeFailure::Unknown(reason)) => {
                return SendOutcome::Unknown { reason, answer: None };
            }
        };
        let status = exchange.response.status();
        let verdict = Verdict::from_head(status, exchange.response.headers());
        // Before the body is read: it is given to nobody, and a call would wait for its last byte.
        if let Verdict::Unusable(reason) = verdict {
            return SendOutcome::Unknown { reason, answer: None };
        }
        match self.reception(key, self.max_answer, deadline).receive(exchange).await {
            Ok(answer) => verdict.with(answer, warrant),
            Err(reason) => verdict.without(status, reason),
        }
    }

    /// Reads something that costs nothing: a poll, a preflight. Redirects and the like are errors;
    /// any other status is an answer.
    ///
    /// There is no warrant because nothing is billed, so it must not be given a path that spends.
    /// It may go out on a connection that served before. Dropping the future closes the connection.
    pub async fn get(
        &self,
        key: &Arc<KeyVersion>,
        path_and_query: &str,
    ) -> Result<UpstreamAnswer, ReadError> {
        let deadline = Instant::now() + READ_TIMEOUT;
        let request = UpstreamRequest::get(path_and_query);
        let exchange = self.exchange(key, request, deadline).await?;
        let response = &exchange.response;
        if let Verdict::Unusable(reason) = Verdict::from_head(response.status(), response.headers())
        {
            return Err(ReadError::Unanswered(reason));
        }
        let reception = self.reception(key, LARGEST_READ, deadline);
        reception.receive(exchange).await.map_err(ReadError::Unreadable)
    }

    /// Sends a request and returns the head of its answer; refuses a key of another account before
    /// anything is built.
    async fn exchange(
        &self,
        key: &Arc<KeyVersion>,
        request: UpstreamRequest,
        deadline: Instant,
    ) -> Result<Exchange, ExchangeFailure> {
        if *key.account() != self.account {
            return Err(ExchangeFailure::NotSent(NotSent::ForeignKey));
        }
        let reuse = request.reuse;
        let request = request.build(key).map_err(ExchangeFailure::NotSent)?;
        Exchange::run(key, request, reuse, deadline).await
    }

    /// Returns where an answer of this account goes.
    fn reception<'a>(
        &'a self,
        key: &'a KeyVersion,
        max_answer: u64,
        deadline: Instant,
    ) -> Reception<'a> {
        Reception { key, budget: &self.budget, max_answer, deadline }
    }
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Upstream").field(&self.account).finish()
    }
}

impl From<ExchangeFailure> for ReadError {
    fn from(failure: ExchangeFailure) -> Self {
        match failure {
            ExchangeFailure::NotSent(cause) => Self::NotSent(cause),
            ExchangeFailure::Unknown(reason) => Self::Unanswered(reason),
        }
    }
}
