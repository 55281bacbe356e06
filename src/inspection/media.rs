//! What kind of body a request has.
//!
//! The content type decides how a body is read, so that one which could mean two kinds is refused.

use super::{
    InspectionError,
    charset::Charset,
    form::{Boundary, FormType},
    parameters::{HeaderParameters, split},
};
use crate::{
    domain::{BodyKind, Route},
    spool::Spool,
};
use http::{
    HeaderMap, HeaderName,
    header::{CONTENT_ENCODING, CONTENT_TYPE},
};
use std::borrow::Cow;

/// The header that names the kind.
const TYPE: &str = "content-type";

/// The kind of a body, and how to read it.
#[derive(Debug)]
pub(super) enum Media {
    /// There is no body.
    Nothing,
    /// A JSON document, labelled with this charset.
    Json(Charset),
    /// A form.
    Multipart(Box<FormType>),
}

impl Media {
    /// Returns the kind of the body, if the route takes it.
    ///
    /// A route without bodies takes none. A route with bodies wants exactly one content type, and one of
    /// those it lists.
    pub(super) fn read(
        route: &Route,
        headers: &HeaderMap,
        body: &Spool,
    ) -> Result<Self, InspectionError> {
        check_encoding(headers)?;
        if route.bodies.is_empty() {
            return nothing(body);
        }
        let Some(header) = only(headers, &CONTENT_TYPE)? else {
            return Err(unsupported("is missing", route));
        };
        let (essence, parameters) = split(header);
        let kind = kind(essence).filter(|kind| route.bodies.contains(kind));
        match kind.ok_or_else(|| unsupported("is not one that this route takes", route))? {
            BodyKind::Json => json(parameters),
            BodyKind::Multipart => multipart(parameters),
        }
    }
}

/// Refuses a body on a route that takes none.
fn nothing(body: &Spool) -> Result<Media, InspectionError> {
    if body.is_empty() {
        return Ok(Media::Nothing);
    }
    Err(InspectionError::malformed("body", "must be empty: this route takes no body"))
}

/// A compressed body would be read by the vendor, but not here.
fn check_encoding(headers: &HeaderMap) -> Result<(), InspectionError> {
    let is_identity =
        |value: &http::HeaderValue| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity");
    // Without the header, all of none are identity.
    if headers.get_all(CONTENT_ENCODING).iter().all(is_identity) {
        return Ok(());
    }
    Err(InspectionError::unsupported(
        "content-encoding",
        "must be identity: send the body as it is",
    ))
}

/// Returns the one value of a header. It is an error if it comes twice.
fn only<'h>(
    headers: &'h HeaderMap,
    name: &HeaderName,
) -> Result<Option<&'h [u8]>, InspectionError> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(InspectionError::ambiguous(name.as_str(), "must not come twice"));
    }
    Ok(first.map(http::HeaderValue::as_bytes))
}

/// Returns the kind that a media type means, in any case.
fn kind(essence: &[u8]) -> Option<BodyKind> {
    [BodyKind::Json, BodyKind::Multipart]
        .into_iter()
        .find(|kind| essence.eq_ignore_ascii_case(name(*kind).as_bytes()))
}

/// Returns the media type of a kind.
fn name(kind: BodyKind) -> &'static str {
    match kind {
        BodyKind::Json => "application/json",
        BodyKind::Multipart => "multipart/form-data",
    }
}

/// Returns the error for another media type, with those that the route takes.
fn unsupported(what: &str, route: &Route) -> InspectionError {
    let accepted: Vec<_> = route.bodies.iter().map(|kind| name(*kind)).collect();
    let problem = format!("{what}; it must be {}", accepted.join(" or "));
    InspectionError::unsupported(TYPE, problem)
}

/// Reads the parameters of a JSON body. Those that nobody knows are let pass, as RFC 8259 (11) defines none.
fn json(parameters: HeaderParameters<'_>) -> Result<Media, InspectionError> {
    let mut charset = None;
    for parameter in parameters {
        let parameter = parameter.map_err(|_| unreadable())?;
        if parameter.is("charset") {
            take_charset(&mut charset, parameter.value)?;
        } else if parameter.is_extended("charset") {
            return Err(unreadable());
        }
    }
    Ok(Media::Json(charset.unwrap_or(Charset::Utf8)))
}

/// Other parameters are refused, since one of them could hide a second boundary from some readers.
///
/// Reads the parameters of a form: the boundary, which must be there, and perhaps the charset.
fn multipart(parameters: HeaderParameters<'_>) -> Result<Media, InspectionError> {
    let (mut boundary, mut charset) = (None, None);
    for parameter in parameters {
        let parameter = parameter.map_err(|_| unreadable())?;
        if parameter.is("boundary") {
            if boundary.replace(parameter.value).is_some() {
                return Err(InspectionError::ambiguous(TYPE, "must not have two boundaries"));
            }
        } else if parameter.is("charset") {
            take_charset(&mut charset, parameter.value)?;
        } else {
            let problem = "must have no parameters but boundary and charset";
            return Err(InspectionError::malformed(TYPE, problem));
        }
    }
    let Some(boundary) = boundary.and_then(Boundary::new) else {
        let problem = "must have a boundary of 1 to 70 characters out of letters, digits, spaces \
                       and '()+_,-./:=?, not ending with a space";
        return Err(InspectionError::malformed(TYPE, problem));
    };
    let charset = charset.unwrap_or(Charset::Utf8);
    Ok(Media::Multipart(Box::new(FormType { boundary, charset })))
}

/// Clients label a body with whatever charset their language has as its default, and most of them
/// then send ASCII. Where an ASCII byte may be part of something else, brackets and quotes could be
/// other ones to another reader, so the whole body is refused.
fn take_charset(found: &mut Option<Charset>, label: &[u8]) -> Result<(), InspectionError> {
    if found.is_some() {
        return Err(InspectionError::ambiguous(TYPE, "must not have two charsets"));
    }
    // In a charset of many bytes a quote or bracket may be half a character, so it stays out of a body's
    // label.
    *found = Charset::named(label).filter(|charset| *charset != Charset::ManyBytes);
    if found.is_some() {
        return Ok(());
    }
    let problem: Cow<'static, str> =
        "must not have a charset in which ASCII may mean something else; send utf-8".into();
    Err(InspectionError::unsupported(TYPE, problem))
}

/// Returns the error for parameters that cannot be read in the one way allowed.
fn unreadable() -> InspectionError {
    InspectionError::malformed(TYPE, "must be a media type with parameters like name=value")
}
