//! Whether the fields hold what they may.
//!
//! These are the bounds of Ideogram's own description of its API, as far as it has any.

use super::values::{FormValue, FormValues};
use crate::simulator::{
    routes::{FieldKind, FormField, Operation},
    webhooks::Delivers,
};
use serde_json::Value as Json;

/// The largest picture that `/v1` takes, in bytes.
/// Ideogram's description says 10 MB.
const FILE_LIMIT: usize = 10 << 20;
/// The largest picture that `/v2` takes, in bytes.
/// Ideogram's page on precise editing says 25 MB.
const V2_FILE_LIMIT: usize = 25 << 20;

/// What is wrong with a request.
///
/// Shown as the field and what is wrong with it; the value is not repeated.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Flaw {
    /// A field is missing.
    #[error("{0}: this field is required")]
    Missing(&'static str),
    /// A field holds what it must not.
    #[error("{0}: {1}")]
    Wrong(&'static str, &'static str),
    /// Two fields exclude each other, or one of them is needed.
    #[error("give either text_prompt or json_prompt")]
    Prompts,
    /// A file is too large.
    #[error("{0}: the file is too large")]
    TooLarge(&'static str),
}

/// Tests the fields of a request; those that the operation does not know are ignored.
///
/// The first flaw is returned. Where a prompt may be text or JSON, exactly one of the two is needed.
pub fn validate(operation: &Operation, form: &FormValues, delivers: &Delivers) -> Result<(), Flaw> {
    let fields = operation.fields.iter().chain(operation.wrapped).copied().flatten();
    let mut either = 0;
    let mut alternatives = false;
    for field in fields {
        check(field, form.all(field.name), delivers)?;
        largest(operation, field, form)?;
        if field.name == "text_prompt" || field.name == "json_prompt" {
            alternatives |= !field.required;
            either += u32::from(form.has(field.name));
        }
    }
    // Only where both are optional: elsewhere one of them is required by itself.
    if alternatives && either != 1 { Err(Flaw::Prompts) } else { Ok(()) }
}

/// Refuses a file that is too large for the operation.
fn largest(operation: &Operation, field: &FormField, form: &FormValues) -> Result<(), Flaw> {
    let limit = if operation.quotes { V2_FILE_LIMIT } else { FILE_LIMIT };
    let over = |value: &FormValue| matches!(value, FormValue::File(upload) if upload.bytes > limit);
    // Data sets take archives.
    let bounded = field.name != "files";
    if bounded && form.all(field.name).iter().any(over) {
        return Err(Flaw::TooLarge(field.name));
    }
    Ok(())
}

/// Tests the values of one field.
fn check(field: &FormField, values: &[FormValue], delivers: &Delivers) -> Result<(), Flaw> {
    if values.is_empty() {
        return if field.required { Err(Flaw::Missing(field.name)) } else { Ok(()) };
    }
    fits(field.kind, values, delivers).map_err(|problem| Flaw::Wrong(field.name, problem))
}

/// Tests the values against the kind of the field, and says what is needed if they do not fit.
fn fits(kind: FieldKind, values: &[FormValue], delivers: &Delivers) -> Result<(), &'static str> {
    let each = |test: &dyn Fn(&FormValue) -> bool, problem| {
        if values.iter().all(test) { Ok(()) } else { Err(problem) }
    };
    match kind {
        FieldKind::Text => each(&|v| plain(v).is_some(), "text is needed"),
        FieldKind::Length(least, most) => each(
            &|v| plain(v).is_some_and(|t| (least..=most).contains(&t.chars().count())),
            "text of another length is needed",
        ),
        FieldKind::Integer(least, most) => each(
            &|v| v.integer().is_some_and(|n| (least..=most).contains(&n)),
            "a whole number within the range is needed",
        ),
        FieldKind::Number => each(&|v| v.number().is_some(), "a number is needed"),
        FieldKind::Flag => each(&|v| v.flag().is_some(), "true or false is needed"),
        FieldKind::OneOf(words) => each(&|v| one_of(v, words), "this value is not known"),
        FieldKind::LegacySize(sizes) => each(&|v| legacy_size(v, sizes), "this size is not known"),
        FieldKind::Size => each(&|v| plain(v).is_some_and(|t| size(&t)), "a size is needed"),
        FieldKind::File => files(values, 1),
        FieldKind::Files(most) => files(values, most),
        FieldKind::Images(most) => images(values, most),
        FieldKind::Texts(most) => texts(values, most),
        FieldKind::Object => each(&|v| v.object().is_some(), "a JSON object is needed"),
        FieldKind::Webhook => {
            let problem = "a public https address is needed";
            each(&|v| plain(v).is_some_and(|t| delivers.takes(&t)), problem)
        }
    }
}

/// Returns the text of a value that is nothing but text.
fn plain(value: &FormValue) -> Option<String> {
    match value {
        FormValue::Json(Json::String(text)) | FormValue::Text(text) => Some(text.clone()),
        FormValue::Json(_) | FormValue::File(_) => None,
    }
}

/// Says whether a text is one of the words, in the same case.
fn one_of(value: &FormValue, words: &str) -> bool {
    plain(value).is_some_and(|text| words.split(' ').any(|word| word == text))
}

/// Says whether a text is a known size in the old spelling.
fn legacy_size(value: &FormValue, sizes: &str) -> bool {
    let text = plain(value).unwrap_or_default();
    let size = text.strip_prefix("RESOLUTION_").map(|size| size.replace('_', "x"));
    size.is_some_and(|size| sizes.split(' ').any(|known| known == size))
}

/// Says whether a text is a size: a word for one, or two sides of 64 to 4096 pixels.
fn size(text: &str) -> bool {
    let words = ["auto", "source", "1k", "2k", "4k", "8k"];
    if words.iter().any(|word| word.eq_ignore_ascii_case(text)) {
        return true;
    }
    let sides = text.split_once('x').map(|(w, h)| (w.parse::<u16>(), h.parse::<u16>()));
    matches!(sides, Some((Ok(64..=4096), Ok(64..=4096))))
}

/// Tests that all values are files, and not too many.
fn files(values: &[FormValue], most: usize) -> Result<(), &'static str> {
    if !values.iter().all(|value| matches!(value, FormValue::File(_))) {
        return Err("an uploaded file is needed");
    }
    if values.len() > most { Err("these are too many files") } else { Ok(()) }
}

/// Tests that all values are pictures: files, addresses, or lists of addresses.
fn images(values: &[FormValue], most: usize) -> Result<(), &'static str> {
    let count: usize = values.iter().map(|value| list(value).map_or(1, <[Json]>::len)).sum();
    let known = |value: &FormValue| match value {
        FormValue::File(_) => true,
        other => list(other).is_some_and(strings) || plain(other).is_some(),
    };
    if !values.iter().all(known) {
        return Err("a picture is needed");
    }
    if count > most { Err("these are too many pictures") } else { Ok(()) }
}

/// Tests that all values are texts or lists of texts.
fn texts(values: &[FormValue], most: usize) -> Result<(), &'static str> {
    let count: usize = values.iter().map(|value| list(value).map_or(1, <[Json]>::len)).sum();
    let known = |value: &FormValue| match list(value) {
        Some(items) => strings(items),
        None => matches!(value, FormValue::Text(_)),
    };
    if !values.iter().all(known) {
        return Err("a list of texts is needed");
    }
    if count > most { Err("these are too many") } else { Ok(()) }
}

/// Returns the items of a JSON list.
fn list(value: &FormValue) -> Option<&[Json]> {
    match value {
        FormValue::Json(Json::Array(items)) => Some(items),
        FormValue::Json(_) | FormValue::Text(_) | FormValue::File(_) => None,
    }
}

/// Says whether all items are texts.
fn strings(items: &[Json]) -> bool {
    items.iter().all(Json::is_string)
}
