//! Multipart form data.
//!
//! Read as leniently as most servers do, from memory, with the whole body at hand.

use super::{
    Upload,
    values::{FormValue, FormValues},
};
use memchr::memmem;

/// What follows a delimiter.
enum AfterDelimiter<'a> {
    /// A part, from the line break after the delimiter on.
    Part(&'a [u8]),
    /// Nothing that counts.
    End,
}

/// Reads the parts between the boundaries; `None` when they are broken.
///
/// Text before the first boundary is skipped. A part without a name, or a text that is no UTF-8, breaks the
/// form.
pub(super) fn read(body: &[u8], boundary: &str) -> Option<FormValues> {
    let delimiter = format!("\r\n--{boundary}");
    let mut form = FormValues::default();
    let start = delimiter.get(2..)?;
    // The first boundary may stand at the very beginning, without a line break in front.
    let first = body.strip_prefix(start.as_bytes()).and_then(after);
    let mut next = first.or_else(|| split(body, &delimiter).map(|(_, next)| next))?;
    while let AfterDelimiter::Part(rest) = next {
        let (part, following) = split(rest, &delimiter)?;
        add(&mut form, part)?;
        next = following;
    }
    Some(form)
}

/// Splits at the next delimiter; longer words that start like one are content.
fn split<'a>(bytes: &'a [u8], delimiter: &str) -> Option<(&'a [u8], AfterDelimiter<'a>)> {
    memmem::find_iter(bytes, delimiter).find_map(|at| {
        let next = after(bytes.get(at + delimiter.len()..)?)?;
        Some((bytes.get(..at)?, next))
    })
}

/// Returns what follows a delimiter, if it is one.
fn after(rest: &[u8]) -> Option<AfterDelimiter<'_>> {
    if rest.starts_with(b"--") {
        return Some(AfterDelimiter::End);
    }
    let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    rest.get(blanks..).filter(|rest| rest.starts_with(b"\r\n")).map(AfterDelimiter::Part)
}

/// Adds one part, which starts with the line break after its delimiter.
///
/// It breaks the form if it has no name. Any part with a file name is a file.
fn add(form: &mut FormValues, part: &[u8]) -> Option<()> {
    let end = memmem::find(part, b"\r\n\r\n")?;
    let head = std::str::from_utf8(part.get(..end)?).ok()?;
    let content = part.get(end + 4..)?;
    let disposition = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
    })?;
    let name = parameter(disposition, "name")?;
    let value = match parameter(disposition, "filename") {
        Some(_) => FormValue::File(Upload::from_bytes(content)),
        None => FormValue::Text(String::from_utf8(content.to_vec()).ok()?),
    };
    form.add(&name, value);
    Some(())
}

/// Returns a parameter of a header's value, without its quotes.
///
/// Names are compared in any case; the first one counts.
pub(super) fn parameter(header: &str, wanted: &str) -> Option<String> {
    let mut rest = header;
    while let Some(at) = rest.find(';') {
        let (name, value) = rest.get(at + 1..)?.split_once('=')?;
        let (text, after) = word(value);
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(text);
        }
        rest = after;
    }
    None
}

/// Reads a quoted or a bare word, and returns what follows it.
///
/// A backslash escapes any character.
fn word(text: &str) -> (String, &str) {
    let text = text.trim_start();
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        let (bare, after) = text.split_at(end);
        return (bare.trim().to_owned(), after);
    };
    let (mut word, mut escaped) = (String::new(), false);
    for (at, letter) in quoted.char_indices() {
        match letter {
            _ if escaped => {
                word.push(letter);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return (word, quoted.get(at + 1..).unwrap_or("")),
            _ => word.push(letter),
        }
    }
    (word, "")
}
