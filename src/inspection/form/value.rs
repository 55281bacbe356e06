//! What an inspected part holds.
//!
//! All of a form's values are texts; a number or a flag is one that is written in the one way allowed.

use super::part::PartHeader;
use crate::inspection::{
    InspectionError,
    charset::Charset,
    fields::{
        CHARSET_PROBLEM, FLAG_PROBLEM, FieldReading, FieldShape, LONGEST_SCALAR, LONGEST_TEXT,
        OBJECT_PROBLEM, PLACES_PROBLEM, TEXT_PROBLEM, TEXTS_PROBLEM,
    },
    kept::BoundedBuffer,
    parameters::{HeaderParameters, split},
};

/// Returns how many bytes of a part must be kept to know its value.
///
/// What is longer is refused, or counts as present where only that is asked for.
pub(super) fn longest(shape: FieldShape) -> usize {
    match shape {
        FieldShape::Any => LONGEST_SCALAR,
        _ => LONGEST_TEXT,
    }
}

/// Returns what a part holds that is inspected and is no file.
///
/// The text must be UTF-8. It is an error if it does not fit the shape.
pub(super) fn found(
    field: &str,
    shape: FieldShape,
    kept: &BoundedBuffer,
) -> Result<FieldReading, InspectionError> {
    let text = kept.text();
    let (found, problem) = match shape {
        FieldShape::Object | FieldShape::Misplaced => {
            (text.map(|_| FieldReading::Present), OBJECT_PROBLEM)
        }
        FieldShape::Places => (text.and_then(places), PLACES_PROBLEM),
        FieldShape::Flag => (text.and_then(flag), FLAG_PROBLEM),
        FieldShape::Text => (text.map(|text| FieldReading::Text(text.into())), TEXT_PROBLEM),
        FieldShape::Texts => {
            (text.map(|text| FieldReading::Texts(vec![text.into()])), TEXTS_PROBLEM)
        }
        FieldShape::Any => {
            (Some(text.map_or(FieldReading::Present, |t| FieldReading::Text(t.into()))), "")
        }
    };
    found.ok_or_else(|| InspectionError::malformed(field, problem))
}

/// Reads a number of images: one digit, without sign, blanks or leading zero.
fn places(text: &str) -> Option<FieldReading> {
    match text.as_bytes() {
        [digit @ b'1'..=b'8'] => Some(FieldReading::Places(u32::from(digit - b'0'))),
        _ => None,
    }
}

/// Reads `true` or `false`, in lower case.
fn flag(text: &str) -> Option<FieldReading> {
    text.parse().ok().map(FieldReading::Flag)
}

/// Returns the charset of an inspected part's text, or refuses a header that makes it mean something
/// else to other readers.
///
/// A file name, a transfer encoding or the content type of something else would make it another thing to some
/// readers.
pub(super) fn check_header(
    field: &str,
    shape: FieldShape,
    header: &PartHeader,
) -> Result<Charset, InspectionError> {
    if header.file_name.is_some() {
        let problem = "must be a plain field without a file name";
        return Err(InspectionError::malformed(field, problem));
    }
    if !header.encoding.as_deref().is_none_or(is_as_it_is) {
        let problem = "must not have a transfer encoding; send the text as it is";
        return Err(InspectionError::malformed(field, problem));
    }
    let Some(content_type) = &header.content_type else { return Ok(Charset::Utf8) };
    let (essence, parameters) = split(content_type);
    let is_text = [&b"text/plain"[..], b"application/json"]
        .into_iter()
        .any(|text| essence.eq_ignore_ascii_case(text));
    if !is_text && shape != FieldShape::Any {
        let problem = "must be text/plain or application/json";
        return Err(InspectionError::malformed(field, problem));
    }
    charset(field, parameters)
}

/// Says whether a transfer encoding changes nothing. RFC 7578 (4.7) deprecates the header in forms.
fn is_as_it_is(encoding: &[u8]) -> bool {
    [&b"7bit"[..], b"8bit", b"binary"].into_iter().any(|same| encoding.eq_ignore_ascii_case(same))
}

/// Returns the charset that the part's content type names; UTF-8 without one.
fn charset(field: &str, parameters: HeaderParameters<'_>) -> Result<Charset, InspectionError> {
    let problem = "must be text in utf-8, or in ASCII under the label of another charset";
    let wrong = || InspectionError::malformed(field, problem);
    let mut found = None;
    for parameter in parameters {
        let parameter = parameter.map_err(|_| wrong())?;
        if parameter.is_extended("charset") {
            return Err(wrong());
        }
        if parameter.is("charset") {
            let charset = Charset::named(parameter.value).ok_or_else(wrong)?;
            if found.replace(charset).is_some() {
                return Err(wrong());
            }
        }
    }
    Ok(found.unwrap_or(Charset::Utf8))
}

/// Refuses a text that reads differently by one of its labels.
///
/// Libraries label each text with their language's default charset (Java's common one: ISO-8859-1),
/// and readers heed the part's label, the form's, or none. What is ASCII is the same to all of them.
pub(super) fn check_text(
    field: &str,
    labels: [Charset; 2],
    kept: &BoundedBuffer,
) -> Result<(), InspectionError> {
    if kept.is_ascii() || labels == [Charset::Utf8; 2] {
        return Ok(());
    }
    Err(InspectionError::malformed(field, CHARSET_PROBLEM))
}
