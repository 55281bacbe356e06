//! Settings as they were written: a tree of values that know where they come from.
//!
//! Nothing is understood yet: what a value means is decided when a reader asks for it.

use super::{field_error::FieldError, origin::SettingOrigin};
use std::collections::BTreeMap;
use toml::de::{DeInteger, DeTable, DeValue};

/// The values of a table by their keys.
pub(super) type SettingTable = BTreeMap<Box<str>, Node>;

/// A value and where it comes from.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// What was written.
    pub(super) value: SettingValue,
    /// Where.
    pub(super) origin: SettingOrigin,
}

/// A value as it was written.
///
/// Values of variables stay as they were written, since only their reader knows whether a list or a text is
/// meant.
#[derive(Debug, Clone)]
pub(super) enum SettingValue {
    /// A text.
    Text(Box<str>),
    /// What a variable holds: text, number, boolean or list, as the reader needs it.
    Raw(Box<str>),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Boolean(bool),
    /// Several values.
    List(Vec<Node>),
    /// Values by key.
    Table(SettingTable),
    /// A kind of value that no setting takes.
    Other(Box<str>),
}

impl Node {
    /// Returns the value in the form of TOML, shortened when it is long.
    /// Longer than 400 characters is long.
    pub(super) fn abbreviate(&self) -> String {
        abbreviate(self.written())
    }

    /// Returns the whole value in the form of TOML.
    pub(super) fn written(&self) -> String {
        match &self.value {
            SettingValue::Text(text) => format!("{text:?}"),
            SettingValue::Raw(raw) if DeValue::parse(raw).is_ok() => raw.to_string(),
            SettingValue::Raw(raw) => format!("{raw:?}"),
            SettingValue::Integer(number) => number.to_string(),
            SettingValue::Boolean(truth) => truth.to_string(),
            SettingValue::List(nodes) => {
                format!("[{}]", nodes.iter().map(Self::written).collect::<Vec<_>>().join(", "))
            }
            SettingValue::Table(_) => "a table".to_owned(),
            SettingValue::Other(text) => text.to_string(),
        }
    }
}

/// Shortens the text of a value when it is long.
pub(super) fn abbreviate(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(400) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// Parses a TOML document; `origin` names the place of a line.
///
/// Lines count from 1. Every mistake of the syntax is returned, named after the file.
pub(super) fn parse(
    name: &str,
    text: &str,
    origin: &dyn Fn(usize) -> SettingOrigin,
) -> Result<SettingTable, Vec<FieldError>> {
    let lines = LineIndex::new(text);
    // Not by serde, which would stop at the first mistake and forget the lines that values stand in.
    let (document, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        let place = |at: usize| origin(lines.number(at));
        return Ok(table(document.get_ref(), &place));
    }
    let mistakes = errors.iter().map(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let problem = format!("this is not TOML: {}", error.message());
        FieldError::about(name, problem)
            .at(SettingOrigin::File { name: name.into(), line: lines.number(at) })
    });
    Err(mistakes.collect())
}

/// Returns what a variable holds: a text when it is written as one, or raw.
pub(super) fn raw(text: &str) -> SettingValue {
    match DeValue::parse(text).map(toml::Spanned::into_inner) {
        Ok(DeValue::String(inner)) => SettingValue::Text(inner.into()),
        _ => SettingValue::Raw(text.into()),
    }
}

/// Returns the list a variable holds: a TOML list, or texts between commas.
///
/// Parts between commas are trimmed, and empty ones left out.
pub(super) fn raw_list(text: &str, origin: &SettingOrigin) -> Vec<Node> {
    if let Ok(parsed) = DeValue::parse(text)
        && let DeValue::Array(items) = parsed.get_ref()
    {
        let place = |_| origin.clone();
        return items.iter().map(|item| node(item, &place)).collect();
    }
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| Node { value: SettingValue::Text(part.into()), origin: origin.clone() })
        .collect()
}

/// Returns the number a variable holds.
///
/// Only a TOML integer that fits 64 bits with a sign is one.
pub(super) fn raw_integer(text: &str) -> Option<i64> {
    match DeValue::parse(text).ok()?.into_inner() {
        DeValue::Integer(number) => integer(&number),
        _ => None,
    }
}

/// Lays `upper` over `lower`: tables are merged, other values replaced.
///
/// What is replaced loses its origin as well. A list is replaced whole.
pub(super) fn merge(lower: &mut SettingTable, upper: SettingTable) {
    for (key, node) in upper {
        match (lower.get_mut(&key).map(|below| &mut below.value), node.value) {
            (Some(SettingValue::Table(below)), SettingValue::Table(above)) => merge(below, above),
            (_, value) => {
                lower.insert(key, Node { value, origin: node.origin });
            }
        }
    }
}

/// Returns the table of that name inside a table.
pub(super) fn inner<'t>(table: &'t SettingTable, key: &str) -> Option<&'t SettingTable> {
    match table.get(key) {
        Some(Node { value: SettingValue::Table(inner), .. }) => Some(inner),
        _ => None,
    }
}

/// Writes a key as it stands in a path of keys.
///
/// A key with other characters than letters, digits, `_` and `-` stands in quotes.
pub fn join(path: &str, key: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let key = if key.chars().all(plain) { key.to_owned() } else { format!("{key:?}") };
    if path.is_empty() { key } else { format!("{path}.{key}") }
}

/// Returns a table of the parsed document.
fn table(entries: &DeTable<'_>, place: &dyn Fn(usize) -> SettingOrigin) -> SettingTable {
    let entry = |(key, value): (&toml::Spanned<_>, _)| -> (Box<str>, Node) {
        let key: &std::borrow::Cow<'_, str> = key.get_ref();
        (key.as_ref().into(), node(value, place))
    };
    entries.iter().map(entry).collect()
}

/// Returns a value of the parsed document. Kinds that no setting takes keep their text, so that refusals
/// can show it.
fn node(value: &toml::Spanned<DeValue<'_>>, place: &dyn Fn(usize) -> SettingOrigin) -> Node {
    let origin = place(value.span().start);
    let value = match value.get_ref() {
        DeValue::String(text) => SettingValue::Text(text.as_ref().into()),
        DeValue::Boolean(truth) => SettingValue::Boolean(*truth),
        DeValue::Integer(number) => match integer(number) {
            Some(number) => SettingValue::Integer(number),
            None => SettingValue::Other(number.to_string().into()),
        },
        DeValue::Float(number) => SettingValue::Other(number.to_string().into()),
        DeValue::Datetime(time) => SettingValue::Other(time.to_string().into()),
        DeValue::Array(items) => {
            SettingValue::List(items.iter().map(|item| node(item, place)).collect())
        }
        DeValue::Table(entries) => SettingValue::Table(table(entries, place)),
    };
    Node { value, origin }
}

/// Returns a number, in whatever base it was written; `None` where it does not fit.
fn integer(number: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// Where the lines of a text end.
///
/// A place in the text becomes a line by a binary search.
struct LineIndex(Vec<usize>);

impl LineIndex {
    /// Finds the line breaks of a text.
    fn new(text: &str) -> Self {
        Self(
            text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect(),
        )
    }

    /// Returns the line of a byte, from 1.
    fn number(&self, at: usize) -> usize {
        1 + self.0.partition_point(|end| *end < at)
    }
}
