//! The file `.env`, which other programs have their lines in too: what is wrong with theirs is none of our
//! business, what is wrong with ours is told.
//!
//! Values may be keys: what is kept of them is wiped when it is dropped.

use super::field_error::FieldError;
use std::collections::{BTreeMap, BTreeSet};
use zeroize::Zeroizing;

/// What the names of our variables begin with.
const OURS: [&str; 2] = ["IDEOGATE_", "IDEOGRAM_"];

/// What the file holds.
///
/// Values of others are among `values` too, since ours may refer to them.
#[derive(Default)]
pub(super) struct DotEnv {
    /// Variables with the lines that they begin at; the last of a name counts.
    pub(super) values: Vec<(String, Zeroizing<String>, usize)>,
    /// Variables of others whose line cannot be understood.
    pub(super) broken: BTreeMap<Box<str>, usize>,
    /// What is wrong with our lines; never the lines themselves, for they may hold keys.
    pub(super) mistakes: Vec<FieldError>,
}

/// Reads the file; `is_set` tells which variables the process has, for values may refer to them.
///
/// Never fails: whatever cannot be understood is skipped if it is of others, and told by its line, counted
/// from 1, if it is ours. A byte order mark of UTF-8 is skipped. A file that begins with the mark of UTF-16
/// yields no values, and a mistake only if it holds a name of ours.
pub(super) fn read(bytes: &[u8], is_set: &dyn Fn(&str) -> bool) -> DotEnv {
    let mut found = DotEnv::default();
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        if holds_ours_in_utf16(bytes) {
            found.mistakes.push(FieldError::about(".env", "is UTF-16: save it as UTF-8"));
        }
        return found;
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    // What was understood is put together again, so that a broken line of others stops none of those behind
    // it.
    let mut good = Zeroizing::new(String::new());
    let (mut entries, mut names) = (Vec::new(), BTreeSet::new());
    let mut at = 0;
    while at < lines.len() {
        let entry = DotEnvEntry::at(&lines, at);
        let number = at + 1;
        at += entry.lines;
        match entry.understood(&|name| names.contains(name) || is_set(name)) {
            Ok(None) => {}
            Ok(Some((name, text))) => {
                good.push_str(&text);
                good.push('\n');
                names.insert(name.clone());
                entries.push(number);
            }
            Err(problem) if entry.is_ours => {
                let told = format!("line {number} {problem}");
                found.mistakes.push(FieldError::about(".env", told));
            }
            // Kept by name and line, in case the settings name this variable for a key.
            Err(_) => drop(entry.name.map(|name| found.broken.insert(name.into(), number))),
        }
    }
    // All at once, since a value may refer to those above it.
    // Each gives one value again, as when it was tried, so that the lines beside them are theirs.
    let values = dotenvy::from_read_iter(good.as_bytes()).flatten().zip(entries);
    found.values =
        values.map(|((name, value), line)| (name, Zeroizing::new(value), line)).collect();
    found
}

/// A variable, or what is in its place.
///
/// It may go over several lines if it is ours.
struct DotEnvEntry {
    /// Its lines as they stand in the file; `None` where they are not UTF-8.
    text: Option<Zeroizing<String>>,
    /// What stands before the first `=`, if that can be a name.
    name: Option<String>,
    /// Whether it begins with one of our names.
    is_ours: bool,
    /// Whether it begins with a quote that no line closes before the next one of ours.
    is_open: bool,
    /// How many lines it takes, 1 or more.
    lines: usize,
}

impl DotEnvEntry {
    /// Only our own values go over several lines: a quote that others forgot must not hide our lines.
    ///
    /// Reads the entry that begins at the line `first`, counted from 0.
    fn at(lines: &[&[u8]], first: usize) -> Self {
        let name = name(lines[first]);
        let is_ours = is_ours(lines[first]);
        let (mut count, mut is_open) = (1, false);
        if is_ours && opens_quote(lines[first]) {
            let rest = &lines[first + 1..];
            let quote = value(lines[first])[0];
            let end = rest.iter().position(|line| line.contains(&quote) || self::is_ours(line));
            match end.filter(|end| !self::is_ours(rest[*end])) {
                Some(end) => count += end + 1,
                None => is_open = true,
            }
        }
        let joined = lines[first..first + count].join(&b'\n');
        let text = String::from_utf8(joined).ok().map(Zeroizing::new);
        Self { text, name, is_ours, is_open, lines: count }
    }

    /// Returns the name and the text, nothing for a comment, or what is wrong.
    ///
    /// What is wrong is told in words that repeat nothing of the line: neither its value nor a name that it
    /// refers to.
    fn understood(
        &self,
        is_set: &dyn Fn(&str) -> bool,
    ) -> Result<Option<(String, Zeroizing<String>)>, String> {
        if self.is_open {
            return Err("begins with a quote that is not closed".to_owned());
        }
        let text = self.text.as_ref().ok_or("is not UTF-8")?;
        match dotenvy::from_read_iter(text.as_bytes()).next() {
            None => Ok(None),
            Some(Err(_)) => Err("is not NAME=value: a value with spaces or quotes in it stands \
                                 between quotes"
                .to_owned()),
            Some(Ok((name, value))) => {
                // The entry was only tried; its value is read together with the others, and this copy
                // wiped.
                drop(Zeroizing::new(value));
                // Its name is not told: it may be a part of a key.
                if self.is_ours && refers_to_nothing(text, is_set) {
                    return Err(
                        "refers with $ to a variable that is not set: a $ that is meant as \
                                such stands between single quotes"
                            .to_owned(),
                    );
                }
                Ok(Some((name, text.clone())))
            }
        }
    }
}

/// Says whether a line sets one of our variables, with or without `export`.
fn is_ours(line: &[u8]) -> bool {
    let line = without_export(line);
    OURS.iter().any(|ours| line.starts_with(ours.as_bytes()))
}

/// Returns a line without leading white space and without `export`, which files that a shell reads as well
/// have in front.
fn without_export(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii_start();
    line.strip_prefix(b"export ").unwrap_or(line).trim_ascii_start()
}

/// Returns the name that a line sets; `None` where there is no `=`, or where what stands before it is no
/// name.
fn name(line: &[u8]) -> Option<String> {
    let line = without_export(line);
    let end = line.iter().position(|byte| *byte == b'=')?;
    let name = std::str::from_utf8(line[..end].trim_ascii()).ok()?;
    name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_').then(|| name.to_owned())
}

/// Returns what stands behind the first `=`, trimmed; nothing where there is none.
fn value(line: &[u8]) -> &[u8] {
    let at = line.iter().position(|byte| *byte == b'=').map_or(line.len(), |at| at + 1);
    line[at..].trim_ascii()
}

/// Says whether a value begins with a quote that its line does not close.
fn opens_quote(line: &[u8]) -> bool {
    match value(line).split_first() {
        Some((quote @ (b'"' | b'\''), rest)) => !rest.contains(quote),
        _ => false,
    }
}

/// Says whether a value refers to a variable that nobody set, and that would vanish from it.
///
/// A value between single quotes refers to nothing, and neither does a `$` behind a backslash.
fn refers_to_nothing(text: &str, is_set: &dyn Fn(&str) -> bool) -> bool {
    let value = text.split_once('=').map_or("", |(_, value)| value.trim_start());
    if value.starts_with('\'') {
        return false;
    }
    value.match_indices('$').any(|(at, _)| {
        let is_escaped = value[..at].ends_with('\\');
        let rest = value[at + 1..].trim_start_matches('{');
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let name = &rest[..end];
        !is_escaped && !name.is_empty() && !is_set(name)
    })
}

/// Says whether bytes of UTF-16, in either order, hold the beginning of one of our names anywhere.
fn holds_ours_in_utf16(bytes: &[u8]) -> bool {
    OURS.iter().any(|ours| {
        let mut wide: Vec<u8> = ours.bytes().flat_map(|byte| [byte, 0]).collect();
        // So it is found whichever byte of a letter comes first.
        wide.pop();
        bytes.windows(wide.len()).any(|part| part == wide)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (Vec<(String, String, usize)>, Vec<String>) {
        let found = super::read(bytes, &|name| name == "HOME");
        let plain = |(name, value, line): (String, Zeroizing<String>, usize)| {
            (name, value.to_string(), line)
        };
        let values =
            found.values.into_iter().map(plain).filter(|(name, ..)| name.starts_with("IDEO"));
        (values.collect(), found.mistakes.iter().map(ToString::to_string).collect())
    }

    fn one(name: &str, value: &str, line: usize) -> (String, String, usize) {
        (name.to_owned(), value.to_owned(), line)
    }

    #[test]
    fn what_others_wrote_is_none_of_our_business() {
        let text =
            b"GREETING=hello big world\nDB_PASSWORD=\"pa$$w0rd\"\nDEFAULTS={\"a\": \"b c\"}\n\
            DIR=\"C:\\temp\\x\"\nOPEN=\"never closed\nIT=it's\n\xff\xfe\x00\n= =\n\
            \xef\xbb\xbfIDEOGATE__LOG__FORMAT=json\r\nIDEOGRAM_API_KEY='a$b'\n";
        let (values, mistakes) = read(text);
        assert!(mistakes.is_empty(), "{mistakes:?}");
        assert_eq!(values, [one("IDEOGRAM_API_KEY", "a$b", 10)]);
    }

    #[test]
    fn our_lines_are_told_by_their_number_and_never_repeated() {
        let text = "# keys\nA=b c\nIDEOGRAM_API_KEY=hunter2 and more\nexport IDEOGATE__A\n\
            IDEOGRAM_SECRET=\"hunter2\nIDEOGATE__B=x$hunter2\n";
        let (values, mistakes) = read(text.as_bytes());
        assert!(values.is_empty(), "{values:?}");
        let told = mistakes.join("\n");
        for line in [
            "line 3 is not NAME=value",
            "line 4 is not",
            "line 5 begins with a quote",
            "line 6 refers with $",
        ] {
            assert!(told.contains(line), "{line}: {told}");
        }
        assert!(!told.contains("hunter2"), "{told}");
    }

    #[test]
    fn a_byte_order_mark_is_skipped_and_values_go_over_lines_and_refer_to_others() {
        let text = "\u{feff}IDEOGRAM_SECRET=\"one\ntwo\"\nBASE=/srv\nIDEOGATE__A=${BASE}/x\n\
            export IDEOGATE__B=\"$HOME/y\"\n";
        let (values, mistakes) = read(text.as_bytes());
        assert!(mistakes.is_empty(), "{mistakes:?}");
        assert_eq!(values[0], one("IDEOGRAM_SECRET", "one\ntwo", 1));
        assert_eq!(values[1], one("IDEOGATE__A", "/srv/x", 4));
        assert_eq!(values[2].2, 5);
    }

    #[test]
    fn utf16_is_told_if_it_holds_lines_of_ours() {
        let wide = |text: &str| {
            let mut bytes = vec![0xff, 0xfe];
            bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
            bytes
        };
        assert!(read(&wide("IDEOGRAM_API_KEY=a\r\n")).1[0].contains("UTF-16"));
        assert!(read(&wide("OTHER=a\r\n")).1.is_empty());
    }
}
