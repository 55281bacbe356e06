//! An answer's body, read to its end before anything is done with it.

use super::{
    KeyVersion, UpstreamAnswer, answer::passed_headers, exchange::Exchange, outcome::Unreadable,
    redaction::Redactor,
};
use crate::spool::{Spool, SpoolBudget, SpoolError, SpoolWriter};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use std::sync::Arc;
use tokio::time::{Instant, timeout_at};

/// Where an answer goes, and how large and late it may be.
pub(super) struct Reception<'a> {
    pub(super) key: &'a KeyVersion,
    pub(super) budget: &'a Arc<SpoolBudget>,
    pub(super) max_answer: u64,
    pub(super) deadline: Instant,
}

impl Reception<'_> {
    /// Reads the answer to its end. Its connection is kept for the next request; where anything
    /// went wrong it is closed. Nothing of it is handed out before all of it is here and free of
    /// the key.
    pub(super) async fn receive(self, exchange: Exchange) -> Result<UpstreamAnswer, Unreadable> {
        let Exchange { connection, response } = exchange;
        let (head, body) = response.into_parts();
        let (headers, in_headers) = passed_headers(&head.headers, &self.key.redaction);
        let (body, in_body) =
            // One deadline for all of the call. With a timeout for each piece, a server that drips
            // would hold the places for ever.
            timeout_at(self.deadline, self.read(body)).await.unwrap_or(Err(Unreadable::Timeout))?;
        // Only now: a connection whose answer was not read to its end must not serve another
        // request.
        self.key.pool.put(connection);
        let echoed_key = in_headers || in_body;
        if echoed_key {
            let (account, status) = (self.key.account(), head.status.as_u16());
            tracing::error!(event = "key_echoed", %account, status, "an answer of ideogram's held our key; it was overwritten");
        }
        Ok(UpstreamAnswer { status: head.status, headers, body, echoed_key })
    }

    async fn read(&self, mut body: Incoming) -> Result<(Spool, bool), Unreadable> {
        // By what is announced already: what is too large anyway would fill the disk up to the
        // bound first.
        if body.size_hint().lower() > self.max_answer {
            return Err(Unreadable::TooLarge);
        }
        // Not on the caller's account: its answer is paid for, and must not be lost to its budget.
        let mut writer = SpoolWriter::new(self.budget, None, self.max_answer);
        let mut redactor = Redactor::new(&self.key.redaction);
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| Unreadable::Truncated)?;
            // Trailers are dropped.
            let Ok(data) = frame.into_data() else { continue };
            if let Some(clean) = redactor.push(&data) {
                writer.write(clean).await.map_err(|error| unkept(&error))?;
            }
        }
        let (rest, echoed_key) = redactor.finish();
        writer.write(rest).await.map_err(|error| unkept(&error))?;
        let spool = writer.finish().await.map_err(|error| unkept(&error))?;
        Ok((spool, echoed_key))
    }
}

fn unkept(error: &SpoolError) -> Unreadable {
    tracing::debug!(%error, "an upstream answer could not be kept");
    match error {
        SpoolError::TooLarge { .. } => Unreadable::TooLarge,
        _ => Unreadable::NoRoom,
    }
}
