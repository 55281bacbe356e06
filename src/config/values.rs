//! The kinds of values that settings have.
//!
//! Each reader refuses with what is allowed, as the end of a sentence that begins with the key.

use super::{
    section::InvalidValue,
    tree::{Node, SettingValue, raw_integer, raw_list},
};
use crate::domain::{Usd, hides, read_rate, written_span};
use std::{str::FromStr, time::Duration};

/// Reads a text that is not empty.
///
/// Characters that do not show, or that turn the order of others, are refused: a name could look like
/// another.
pub(super) fn text(node: &Node) -> Result<Box<str>, InvalidValue> {
    match written(node) {
        Some(text) if text.contains(hides) => {
            Err(node.reject("holds characters that do not show, or that turn the order of others"))
        }
        Some(text) if !text.is_empty() => Ok(text.into()),
        _ => Err(node.reject("must be a text")),
    }
}

/// Reads yes or no.
///
/// Only `true` and `false`, in lower case; 1 and `yes` are not.
pub(super) fn boolean(node: &Node) -> Result<bool, InvalidValue> {
    match &node.value {
        SettingValue::Boolean(truth) => Ok(*truth),
        SettingValue::Raw(raw) => raw.parse().map_err(|_| node.reject("must be true or false")),
        _ => Err(node.reject("must be true or false")),
    }
}

/// Reads a whole number from `low` to `high`.
///
/// Both bounds are allowed. A text in quotes is no number.
pub(super) fn whole<T: TryFrom<u64>>(
    low: u64,
    high: u64,
) -> impl Fn(&Node) -> Result<T, InvalidValue> {
    move |node| {
        let number = match &node.value {
            SettingValue::Integer(number) => Some(*number),
            SettingValue::Raw(raw) => raw_integer(raw),
            _ => None,
        };
        let fits = number.and_then(|n| u64::try_from(n).ok()).filter(|n| (low..=high).contains(n));
        fits.and_then(|number| T::try_from(number).ok())
            .ok_or_else(|| node.reject(format!("must be a whole number from {low} to {high}")))
    }
}

/// Reads a span of time that is at least `low`.
///
/// Written as in `30s`; several units may be added up, as in `1h 30m`.
pub(super) fn span(low: Duration) -> impl Fn(&Node) -> Result<Duration, InvalidValue> {
    move |node| {
        let parsed = written(node).and_then(|text| humantime::parse_duration(text).ok());
        parsed.filter(|span| *span >= low).ok_or_else(|| {
            let least = match low {
                Duration::ZERO => String::new(),
                low => format!(", at least {}", written_span(low)),
            };
            node.reject(format!("must be a span of time like \"30s\", \"10m\" or \"90d\"{least}"))
        })
    }
}

/// Reads a size in bytes that is at least `low`.
///
/// `64MiB` counts in powers of 1024, and `64MB` in powers of 1000. A number alone is bytes.
pub(super) fn size(low: u64) -> impl Fn(&Node) -> Result<u64, InvalidValue> {
    move |node| {
        let parsed = written(node).and_then(|text| bytesize::ByteSize::from_str(text).ok());
        parsed.map(|size| size.as_u64()).filter(|size| *size >= low).ok_or_else(|| {
            let least = match low {
                0 | 1 => String::new(),
                low => format!(", at least {}", bytesize::ByteSize(low)),
            };
            node.reject(format!("must be a size like \"64MiB\" or \"4GiB\"{least}"))
        })
    }
}

/// Reads an amount of money.
///
/// US dollars, given as a text so that no float ever rounds them.
pub(super) fn money(node: &Node) -> Result<Usd, InvalidValue> {
    let parsed = written(node).and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| node.reject("must be an amount of dollars like \"5.00\""))
}

/// Reads how many requests a minute there may be.
///
/// Written as for tokens, as in `60/min` or `2/s`.
pub(super) fn rate(node: &Node) -> Result<u32, InvalidValue> {
    let parsed = written(node).and_then(read_rate);
    parsed.ok_or_else(|| node.reject("must be a rate like \"60/min\" or \"2/s\""))
}

/// Reads one of a few words.
///
/// Letters must be as they are listed.
pub(super) fn choice<T: Copy>(
    words: &'static [(&'static str, T)],
) -> impl Fn(&Node) -> Result<T, InvalidValue> {
    move |node| {
        let word = written(node);
        let found = words.iter().find(|(name, _)| Some(*name) == word);
        found.map(|(_, value)| *value).ok_or_else(|| {
            let names: Vec<String> = words.iter().map(|(name, _)| format!("\"{name}\"")).collect();
            node.reject(format!("must be {}", names.join(" or ")))
        })
    }
}

/// Reads a list.
///
/// In a file it must be a TOML list; a variable may also hold texts between commas. The first item that
/// does not fit is told.
pub(super) fn list<T>(
    item: impl Fn(&Node) -> Result<T, InvalidValue>,
) -> impl Fn(&Node) -> Result<Vec<T>, InvalidValue> {
    move |node| match &node.value {
        SettingValue::List(nodes) => nodes.iter().map(&item).collect(),
        SettingValue::Raw(raw) => raw_list(raw, &node.origin).iter().map(&item).collect(),
        // A variable that holds one word in quotes.
        SettingValue::Text(_)
            if !matches!(node.origin, super::origin::SettingOrigin::File { .. }) =>
        {
            item(node).map(|one| vec![one])
        }
        _ => Err(node.reject("must be a list like [\"one\", \"two\"]")),
    }
}

/// Returns the text of a value, however it was given.
pub(super) fn written(node: &Node) -> Option<&str> {
    match &node.value {
        SettingValue::Text(text) | SettingValue::Raw(text) => Some(text),
        _ => None,
    }
}
