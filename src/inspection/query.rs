//! The query: only what the route lists, once each, and rebuilt.
//!
//! Ideogram is never sent the text that came, but the parameters that were understood, so that both sides
//! read the same.

use super::{InspectionError, fields::Fields};
use crate::domain::{Route, WebhookRule};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::borrow::Cow;

/// The parameter that asks for a quote instead of a picture.
const DRY_RUN: &str = "dry_run";

/// Everything but the characters that never need it.
/// Those are the unreserved characters of RFC 3986 (2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The parameters of a query, decoded, in the order they came.
///
/// Each name comes once.
#[derive(Debug)]
pub(super) struct Query<'q> {
    /// Names and values, decoded.
    pairs: Vec<(Cow<'q, str>, Cow<'q, str>)>,
    /// Whether `dry_run=true` is among them.
    is_quote: bool,
}

impl<'q> Query<'q> {
    /// Reads the query of a request on `route`.
    ///
    /// It is an error if a parameter is not listed by the route, comes twice, has no `=`, or is not
    /// percent-encoded UTF-8. An empty query is none.
    pub(super) fn read(
        text: Option<&'q str>,
        route: &Route,
        fields: &Fields<'_>,
    ) -> Result<Self, InspectionError> {
        let mut query = Self { pairs: Vec::new(), is_quote: false };
        for pair in text.filter(|text| !text.is_empty()).into_iter().flat_map(|t| t.split('&')) {
            query.add(pair, route, fields)?;
        }
        Ok(query)
    }

    /// Takes one parameter.
    fn add(
        &mut self,
        pair: &'q str,
        route: &Route,
        fields: &Fields<'_>,
    ) -> Result<(), InspectionError> {
        let Some((raw_name, raw_value)) = pair.split_once('=') else {
            return Err(InspectionError::malformed(
                pair,
                "must be written name=value in the query",
            ));
        };
        let name = decoded(raw_name).ok_or_else(|| not_encoded(raw_name))?;
        // Compared once decoded: a name in another spelling is the same name.
        if self.value(&name).is_some() {
            return Err(InspectionError::ambiguous(&name, "must not come twice in the query"));
        }
        if name == DRY_RUN {
            check_dry_run(pair, route)?;
            self.is_quote = true;
        } else if !is_allowed(route, &name) {
            return Err(unknown(&name, route, fields));
        }
        let value = decoded(raw_value).ok_or_else(|| not_encoded(&name))?;
        self.pairs.push((name, value));
        Ok(())
    }

    /// Returns the value of a parameter.
    ///
    /// `None` where it did not come; an empty value is one.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| &**value)
    }

    /// Returns all of them, in the order they came.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Says whether a quote is asked for.
    ///
    /// Only a route that gives quotes has one.
    pub(super) fn is_quote(&self) -> bool {
        self.is_quote
    }

    /// Returns the query to send, in the one encoding there is; `None` without parameters.
    pub(super) fn rebuilt(&self) -> Option<String> {
        self.pairs().fold(None, |text, (name, value)| Some(with_parameter(text, name, value)))
    }
}

/// Returns a query with one more parameter, in the one encoding there is.
///
/// The parameter comes last, and whether the query has one of that name is not looked for.
pub fn with_parameter(query: Option<String>, name: &str, value: &str) -> String {
    let mut text = query.unwrap_or_default();
    text.push_str(if text.is_empty() { "" } else { "&" });
    text.extend(utf8_percent_encode(name, ENCODED));
    text.push('=');
    text.extend(utf8_percent_encode(value, ENCODED));
    text
}

/// Says whether the route lists a parameter, or takes the address for webhooks in it.
fn is_allowed(route: &Route, name: &str) -> bool {
    let listed = route.query.iter().any(|listed| **listed == *name);
    listed || matches!(&route.webhook, WebhookRule::Query(webhook) if **webhook == *name)
}

/// A quote is free only if the vendor understands the request for it, so there is one spelling.
fn check_dry_run(pair: &str, route: &Route) -> Result<(), InspectionError> {
    if !route.quote {
        let problem = "this route gives no quotes: the call would run and be billed";
        return Err(InspectionError::malformed(DRY_RUN, problem));
    }
    // As it came, not as it decodes: another spelling might run the call and bill it.
    if pair != "dry_run=true" {
        return Err(InspectionError::malformed(DRY_RUN, "must be written exactly dry_run=true"));
    }
    Ok(())
}

/// Returns the error for a parameter that the route does not list. One that is a field of the body is told
/// so.
fn unknown(name: &str, route: &Route, fields: &Fields<'_>) -> InspectionError {
    if fields.has_name(name.as_bytes()) {
        return InspectionError::malformed(name, "belongs in the body, not in the query");
    }
    let problem: Cow<'static, str> = if route.query.is_empty() {
        "is not a query parameter of this route; it takes none".into()
    } else {
        format!("is not a query parameter of this route; it takes {}", route.query.join(", "))
            .into()
    };
    InspectionError::malformed(name, problem)
}

/// Returns the error for what is no percent-encoded text.
fn not_encoded(name: &str) -> InspectionError {
    let problem = "must be percent-encoded UTF-8 without control characters";
    InspectionError::malformed(name, problem)
}

/// A `+` is a blank, as forms write it. `None` where it is no UTF-8 or holds a control character.
fn decoded(text: &str) -> Option<Cow<'_, str>> {
    let is_plain = !text.bytes().any(|b| b == b'%' || b == b'+');
    let decoded = if is_plain { Cow::Borrowed(text) } else { Cow::Owned(unescaped(text)?) };
    (!decoded.chars().any(char::is_control)).then_some(decoded)
}

/// Undoes percent-encoding; `None` where two hexadecimal digits do not follow a `%`.
fn unescaped(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let (high, low) = (digit(bytes.next()?)?, digit(bytes.next()?)?);
                high << 4 | low
            }
            b'+' => b' ',
            other => other,
        });
    }
    String::from_utf8(decoded).ok()
}

/// Returns the value of a hexadecimal digit.
fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
