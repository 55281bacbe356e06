//! One request, inspected.

use super::{
    InspectionError, Subject,
    charset::Charset,
    demand::demand,
    digest::Digest,
    fields::Fields,
    form,
    json::{self, Place},
    media::Media,
    query::Query,
};
use crate::{
    domain::{Demand, Fingerprint},
    spool::Spool,
};
use std::io::BufReader;

/// What inspection found.
///
/// It exists only for a request that is well-formed; whether it is allowed is decided later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// What the request demands.
    pub demand: Demand,
    /// What makes it the same request again.
    pub fingerprint: Fingerprint,
    /// The query to send, rebuilt from the allowed parameters in the order they came; for a quote
    /// it holds `dry_run=true`.
    pub query: Option<String>,
}

/// Finds what the request demands, or says why it cannot be passed on.
///
/// Reads a body that is on disk, so it may wait for the disk then, and takes a few milliseconds for
/// each ten megabytes; see [`Spool::in_place`]. Memory used is bounded, whatever the body.
///
/// Changes nothing: neither the body nor anything elsewhere. Inspecting the same request again finds the
/// same.
pub fn inspect(subject: Subject<'_>) -> Result<Inspected, InspectionError> {
    let mut fields = Fields::new(subject.route);
    let query = Query::read(subject.query, subject.route, &fields)?;
    let mut digest = Digest::new(&subject, &query);
    match Media::read(subject.route, subject.headers, subject.body)? {
        Media::Nothing => digest.piece(b"nothing"),
        Media::Json(charset) => {
            digest.piece(b"json");
            // The bytes as they came, not what they mean: clients repeat bytes, and a reading of ours must never
            // make one call of two.
            digest.body(subject.body)?;
            scan_json(subject.body, charset, &mut fields)?;
        }
        Media::Multipart(form) => {
            digest.piece(b"multipart");
            form::scan(&mut subject.body.reader(), &form, &mut fields, &mut digest)?;
        }
    }
    let demand = demand(subject.route, &query, &fields)?;
    Ok(Inspected { demand, fingerprint: digest.finish(), query: query.rebuilt() })
}

/// Reads a JSON body from memory, or through a buffer of 64 KiB from disk.
fn scan_json(
    body: &Spool,
    charset: Charset,
    fields: &mut Fields<'_>,
) -> Result<(), InspectionError> {
    // What is in memory already needs no buffer beside it.
    if let Some(content) = body.in_place() {
        return json::scan(&content[..], Place::body(charset), fields);
    }
    let reader = BufReader::with_capacity(64 << 10, body.reader());
    json::scan(reader, Place::body(charset), fields)
}
