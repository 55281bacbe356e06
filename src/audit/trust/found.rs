//! Notes, wherever people keep them: files of notes, and lines that a log collector kept.

use super::{SignedNote, note::DASH};
use serde_json::Value;

/// What the lines on stdout begin with.
const LINE: &str = "[CHECKPOINT] ";

/// A note, and where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundNote {
    /// The line it begins in, from 1 on.
    pub line: usize,
    /// The note.
    pub note: SignedNote,
}

/// What was found in a text. None of the notes is verified.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EvidenceSource {
    /// The notes, in the order of the text.
    pub notes: Vec<FoundNote>,
    /// Pieces that a note could have been, by the line they begin in. A crash may have cut one off.
    pub unreadable: Vec<usize>,
}

/// Finds all notes in a text: whole ones with empty lines between, `[CHECKPOINT]` lines, and JSON
/// lines with a `note`, also where a log collector put its own things around them. Nothing fails:
/// what is no note is left out or listed as unreadable. The notes come by line.
pub fn notes_in(text: &str) -> EvidenceSource {
    let mut found = EvidenceSource::default();
    let mut rest = String::with_capacity(text.len());
    for (line, number) in text.lines().zip(1..) {
        if looks_like_json(line) {
            match note_in_line(line).map(|note| SignedNote::parse(&note)) {
                Some(Ok(note)) => found.notes.push(FoundNote { line: number, note }),
                Some(Err(_)) => found.unreadable.push(number),
                // Whatever else was logged.
                None => {}
            }
        } else {
            rest.push_str(line);
        }
        // An empty line where JSON was: numbers of lines stay true, and what stands around it is
        // not one paragraph.
        rest.push('\n');
    }
    let Paragraphs { notes, unreadable } = paragraph_notes(&rest);
    found.notes.extend(notes.into_iter().map(|(line, note)| FoundNote { line, note }));
    found.unreadable.extend(unreadable);
    found.notes.sort_by_key(|note| note.line);
    found
}

fn looks_like_json(line: &str) -> bool {
    line.starts_with('{') || line.contains(LINE) || line.contains("[AUDIT] ")
}

/// Returns the note that a line carries, as a collector's JSON or as it was printed.
fn note_in_line(line: &str) -> Option<String> {
    let json = match line.split_once(LINE) {
        Some((_, json)) if !line.starts_with('{') => json,
        _ => line,
    };
    // One value and no more: a collector may have put its own words behind it.
    let mut read = serde_json::Deserializer::from_str(json).into_iter::<Value>();
    let Value::Object(fields) = read.next()?.ok()? else { return None };
    if let Some(note) = fields.get("note").and_then(Value::as_str) {
        return Some(note.to_owned());
    }
    let wrapped = fields.values().filter_map(Value::as_str).find(|text| text.starts_with(LINE));
    wrapped.and_then(note_in_line)
}

/// What paragraphs of a text were.
pub(super) struct Paragraphs {
    pub(super) notes: Vec<(usize, SignedNote)>,
    pub(super) unreadable: Vec<usize>,
}

/// Finds notes whose text is one paragraph and whose signatures are the next.
pub(super) fn paragraph_notes(text: &str) -> Paragraphs {
    let mut found = Paragraphs { notes: Vec::new(), unreadable: Vec::new() };
    let mut waiting: Option<(usize, String)> = None;
    for (line, paragraph) in paragraphs(text) {
        if !paragraph.starts_with(DASH) {
            // A text without signatures: a crash, or something else, cut it off.
            found.unreadable.extend(waiting.replace((line, paragraph)).map(|(line, _)| line));
            continue;
        }
        let (line, body) = waiting.take().unwrap_or((line, String::new()));
        match SignedNote::parse(&format!("{body}\n{paragraph}")) {
            Ok(note) => found.notes.push((line, note)),
            Err(_) => found.unreadable.push(line),
        }
    }
    found.unreadable.extend(waiting.map(|(line, _)| line));
    found
}

/// Returns runs of lines that are not empty, with the number of the first, each line with its end.
fn paragraphs(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut is_open = false;
    for (line, number) in text.lines().zip(1..) {
        if line.is_empty() {
            is_open = false;
            continue;
        }
        if !is_open {
            found.push((number, String::new()));
            is_open = true;
        }
        if let Some((_, paragraph)) = found.last_mut() {
            paragraph.push_str(line);
            paragraph.push('\n');
        }
    }
    found
}
