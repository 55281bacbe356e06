//! Header values with parameters, as in `form-data; name="image"`, read strictly.
//!
//! The grammar is that of RFC 9110 (5.6.6), but for values without quotes, which may hold a few characters
//! more.

/// One parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parameter<'h> {
    /// The name, in whatever case it came.
    pub(super) name: &'h [u8],
    /// The value between its quotes, if it has any, with its escapes.
    pub(super) value: &'h [u8],
    /// Whether a quote inside the value is escaped by a backslash, which not all readers know of.
    pub(super) has_escaped_quote: bool,
}

impl Parameter<'_> {
    /// Says whether the parameter is called `name`, in any case.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// Says whether the parameter is `name` in the extended spelling, as in `name*` or `name*0`.
    pub(super) fn is_extended(&self, name: &str) -> bool {
        let star = self.name.iter().position(|b| *b == b'*');
        star.is_some_and(|star| self.name[..star].eq_ignore_ascii_case(name.as_bytes()))
    }
}

/// A header value cannot be read in the one way allowed.
///
/// What was wrong is not told: the caller knows which header it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotParameters;

/// Returns the header's first word, and the parameters that follow it.
///
/// The first word is not checked, and is empty where there is none.
pub(super) fn split(header: &[u8]) -> (&[u8], HeaderParameters<'_>) {
    // No first word that counts here has quotes, so a semicolon between some need not be minded.
    let end = memchr::memchr(b';', header).unwrap_or(header.len());
    (header[..end].trim_ascii(), HeaderParameters(&header[end..]))
}

/// The parameters of a header value, in order; what cannot be read ends them with an error.
///
/// Names that come twice are returned twice.
#[derive(Debug, Clone)]
pub(super) struct HeaderParameters<'h>(&'h [u8]);

impl<'h> Iterator for HeaderParameters<'h> {
    type Item = Result<Parameter<'h>, NotParameters>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.0.trim_ascii();
        // A last semicolon with nothing behind it is common and harmless.
        if rest.is_empty() || rest == b";" {
            return None;
        }
        let read = rest.strip_prefix(b";").and_then(|rest| parameter(rest.trim_ascii_start()));
        // After what cannot be read nothing is, for nobody knows where it ends.
        self.0 = read.map_or(&[], |(_, rest)| rest);
        Some(read.map(|(parameter, _)| parameter).ok_or(NotParameters))
    }
}

/// Reads one parameter, and returns what is behind it.
fn parameter(text: &[u8]) -> Option<(Parameter<'_>, &[u8])> {
    let equals = text.iter().position(|b| !is_token(*b)).filter(|at| *at > 0)?;
    let (name, rest) = text.split_at(equals);
    let rest = rest.strip_prefix(b"=")?;
    if let Some(quoted) = rest.strip_prefix(b"\"") {
        let (end, has_escaped_quote) = closing_quote(quoted)?;
        let parameter = Parameter { name, value: &quoted[..end], has_escaped_quote };
        return Some((parameter, &quoted[end + 1..]));
    }
    let end = rest.iter().position(|b| !is_plain(*b)).unwrap_or(rest.len());
    let value = (end > 0).then(|| &rest[..end])?;
    Some((Parameter { name, value, has_escaped_quote: false }, &rest[end..]))
}

/// Returns where the quoted text ends, and whether a quote in it was escaped.
/// `None` where it does not end.
fn closing_quote(text: &[u8]) -> Option<(usize, bool)> {
    let (mut at, mut has_escaped_quote) = (0, false);
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[at] == b'"' {
            return Some((at, has_escaped_quote));
        }
        has_escaped_quote |= text.get(at + 1) == Some(&b'"');
        at += 2;
    }
}

/// Says whether a byte may stand in a name.
///
/// These are the characters of a token (RFC 9110, 5.6.2).
pub(super) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Says whether a byte may stand in a value without quotes: more than the rules say, since clients
/// leave out quotes around boundaries and file names, but nothing that could end the value.
fn is_plain(byte: u8) -> bool {
    is_token(byte) || byte >= 0x80 || b"/:=?".contains(&byte)
}
