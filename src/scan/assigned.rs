//! Keys of Ideogram's, which have no shape of their own: found by what they are assigned to.
//!
//! They are told as likely, never as certain. A value is only looked at near to where Ideogram is named.

use super::{
    finding::Leak,
    names::NameCertainty,
    values::{is_hex, is_like_a_key},
};
use regex::bytes::{Captures, Regex};
use std::ops::Range;

/// How far from Ideogram's name a name that does not say whose key it is may be.
const NEAR: usize = 2000;
/// A line with this in it is not told of, unless a token of ours is in it.
pub(super) const ALLOWED: &[u8] = b"ideogate:allow";

/// A name, what leads from it to a value in all kinds of languages, and the value.
// `-u`, since the library is built without its Unicode tables, and what is looked at need not be text.
const ASSIGNMENT: &str = r#"(?xi-u)
    (?<name>
        [\w.$-]{0,64}
        (?: ideogram [\w.-]{0,64} | api[-_]?key | authorization )
    )
    [\\"'`)\]?!]{0,4}                           # a name in quotes, in an index, in a call
    [\ \t]{0,40}
    (?:
        : [\w\ &'<>?.|\[\]]{1,40} =             # name: type =
      | \{ [\ ] get; [\w\ ;]{0,20} \} [\ ] =    # a property with a default
      | ,? \s{0,60} (?: -\ )? ["']? value ["']? [\ ]? [:=]  # a name, and its value below it
      | =>? | ={2,3} | :[-=]? | \?{1,2}=? | \|\|=? | -?> | , | or
      | --body [\ =]
      | [\ \t]                                  # ENV name value
    )
    [\s(]{0,40}
    (?: [\w.:&\[\]]{1,40} [({] \s{0,20} ){0,2} # wrapped in calls
    (?<quote> [\\@$]{0,3} [a-z]{0,2} \\{0,3} ["'`] )?
    (?: (?: bearer | token ) [\ ] )?
    (?<value> [\w+/.~-]{20,256} ={0,2} )
"#;

/// Finds keys by the names they are assigned to.
///
/// Names and values are bounded in length, so that no text makes the search slow.
#[derive(Debug)]
pub(super) struct Assignments(Regex);

impl Assignments {
    /// Returns the finder.
    ///
    /// It is an error only if the expression is wrong, which no input causes.
    pub(super) fn new() -> Result<Self, regex::Error> {
        Regex::new(ASSIGNMENT).map(Self)
    }

    /// Returns the keys around the places where Ideogram is named, and where they start.
    ///
    /// They are in order of their places, each once.
    pub(super) fn keys(&self, text: &[u8], named: &[usize]) -> Vec<(usize, Leak)> {
        let mut keys = Vec::new();
        for around in surroundings(text, named) {
            let mut from = around.start;
            // Nothing behind `around.end` is needed: it is farther away than any name reaches.
            while let Some(found) = self.0.captures_at(&text[..around.end], from) {
                let name = found.name("name").map_or(0..0, |name| name.range());
                keys.extend(key(text, &found, &name));
                // A value that is none may be a name itself.
                from = name.end;
            }
        }
        keys.dedup_by_key(|(at, _)| *at);
        keys
    }
}

/// Returns what is near to any of these places, each stretch once.
fn surroundings(text: &[u8], places: &[usize]) -> Vec<Range<usize>> {
    let mut stretches: Vec<Range<usize>> = Vec::new();
    for place in places {
        let (start, end) = (place.saturating_sub(NEAR), (place + NEAR).min(text.len()));
        match stretches.last_mut() {
            Some(last) if start <= last.end => last.end = end,
            _ => stretches.push(start..end),
        }
    }
    stretches
}

/// Returns the key of an assignment, if its name and its value are those of one.
fn key(text: &[u8], found: &Captures<'_>, name: &Range<usize>) -> Option<(usize, Leak)> {
    let value = found.name("value")?;
    let name = str::from_utf8(&text[name.clone()]).ok()?;
    let shown = str::from_utf8(value.as_bytes()).ok()?;
    let is_key = match NameCertainty::judge(name)? {
        NameCertainty::Outright | NameCertainty::Nearby => is_like_a_key(shown),
        NameCertainty::Vendor => {
            // More is asked here: the vendor's name alone also stands before digests and revisions of packages.
            found.name("quote").is_some() && is_like_a_key(shown) && !is_hex(shown)
        }
    };
    let is_found = is_key && ends(text, value.end()) && !is_allowed(text, value.start());
    is_found
        .then(|| (value.start(), Leak::Key { name: name.to_owned(), redacted: redacted(shown) }))
}

/// Says whether a value ends here, instead of going on as a call, an index or a template.
fn ends(text: &[u8], at: usize) -> bool {
    let goes_on = |byte: &u8| byte.is_ascii_alphanumeric() || b"_+/.~-([{$%@*:<|!#".contains(byte);
    // A full stop may end the sentence that the value stands in.
    let rest = text[at..].strip_prefix(b"<").map_or(&text[at..], |_| b"");
    rest.first().is_none_or(|next| !goes_on(next))
}

/// Says whether the line around this place asks to be left alone.
fn is_allowed(text: &[u8], at: usize) -> bool {
    let start = memchr::memrchr(b'\n', &text[..at]).map_or(0, |end| end + 1);
    let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |end| at + end);
    memchr::memmem::find(&text[start..end], ALLOWED).is_some()
}

/// Returns the first and the last four characters. A value here has 20 at least.
fn redacted(value: &str) -> String {
    format!("{}…{}", &value[..4], &value[value.len() - 4..])
}
