//! Ends long answers to whoever may not have them any more.

use crate::operators::{Operators, Pass};
use axum::{body::Body, response::Response};
use bytes::Bytes;
use futures_util::{FutureExt, Stream, StreamExt, future::BoxFuture, stream};
use http_body::Body as _;
use std::io;

/// Watches over an answer that may go on: it breaks off once its reader is shut out, so that nobody
/// takes what came until then for the whole.
pub(super) fn cut_off(response: Response, pass: Option<Pass>, operators: &Operators) -> Response {
    let Some(pass) = pass else { return response };
    // An answer of known length is whole already.
    if response.body().size_hint().exact().is_some() {
        return response;
    }
    let operators = operators.clone();
    let withdrawn = async move { drop(operators.withdrawn(&pass).await) };
    response.map(|body| Body::from_stream(until(body, withdrawn.boxed())))
}

fn until(
    body: Body,
    withdrawn: BoxFuture<'static, ()>,
) -> impl Stream<Item = Result<Bytes, axum::Error>> {
    let state = Some((body.into_data_stream(), withdrawn));
    stream::unfold(state, async |state| {
        let (mut body, mut withdrawn) = state?;
        tokio::select! {
            // Asked first: an answer that always has more ready would else go on for whoever was shut out.
            biased;
            () = &mut withdrawn => Some((Err(shut_out()), None)),
            next = body.next() => next.map(|bytes| (bytes, Some((body, withdrawn)))),
        }
    })
}

fn shut_out() -> axum::Error {
    axum::Error::new(io::Error::other("the operator may not read on"))
}
