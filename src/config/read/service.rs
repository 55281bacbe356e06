//! `[data]`, `[audit]`, `[log]` and `[shutdown]`

use crate::{
    config::{
        log_filter::filter,
        paths::path,
        section::{InvalidValue, Notes, Section},
        settings::{Audit, Data, Database, KeySettings, LogFormat, LogSettings, Shutdown},
        tree::Node,
        values::{boolean, choice, list, size, span, whole, written},
    },
    domain::{AddressDetail, GrowthLimit, LEAST_MAX_SIZE},
};
use std::time::Duration;

/// The least that records and segments are kept: whole days move.
const DAY: Duration = Duration::from_hours(24);

/// Reads `[data]`.
///
/// The folder is neither looked at nor made here.
pub(super) fn data(mut section: Section<'_>) -> Option<Data> {
    let dir = section.read("dir", path);
    let database = section.read("database", database);
    let max_size = section.read("max_size", max_size);
    section.end();
    Some(Data { dir: dir?, database: database?, max_size: max_size? })
}

/// Reads `[audit]`.
///
/// A checkpoint is made after 1 to 1,000,000 records, or after a second at least. Whole days are kept.
pub(super) fn audit(mut section: Section<'_>, notes: &Notes) -> Option<Audit> {
    let stdout = section.read("stdout", boolean);
    let records = section.read("checkpoint_records", whole(1, 1_000_000));
    let interval = section.read("checkpoint_interval", span(Duration::from_secs(1)));
    let file = section.optional("checkpoint_file", path);
    let words = choice(&[
        ("full", AddressDetail::Full),
        ("network", AddressDetail::Network),
        ("none", AddressDetail::None),
    ]);
    let client_addr = section.read("client_addr", words);
    let keep = section.optional("keep", span(DAY));
    let archive_keep = section.optional("archive_keep", span(DAY));
    let archive_dir = section.optional("archive_dir", path);
    section.end();
    let (keep, archive_keep) = (keep?, archive_keep?);
    match (keep, archive_keep) {
        (None, Some(_)) => notes.complain("audit.archive_keep", "needs audit.keep beside it"),
        (Some(keep), Some(longer)) if longer < keep => {
            notes.complain("audit.archive_keep", "must not be shorter than audit.keep");
        }
        _ => {}
    }
    Some(Audit {
        stdout: stdout?,
        checkpoint_records: records?,
        checkpoint_interval: interval?,
        checkpoint_file: file?,
        client_addr: client_addr?,
        keep,
        archive_keep,
        archive_dir: archive_dir?,
    })
}

/// Reads `[log]`.
///
/// A filter that would hide the errors of ideogate is a mistake.
pub(super) fn log(mut section: Section<'_>) -> Option<LogSettings> {
    let filter = section.read("filter", filter);
    let words = choice(&[("text", LogFormat::Text), ("json", LogFormat::Json)]);
    let format = section.read("format", words);
    section.end();
    Some(LogSettings { filter: filter?, format: format? })
}

/// Reads `[shutdown]`.
///
/// The deadline may be zero: then nothing is waited for.
pub(super) fn shutdown(mut section: Section<'_>) -> Option<Shutdown> {
    let deadline = section.read("deadline", span(Duration::ZERO));
    section.end();
    Some(Shutdown { deadline: deadline? })
}

/// Reads `[keys]`.
///
/// Files are looked at every 10 milliseconds at most.
pub(super) fn keys(mut section: Section<'_>) -> Option<KeySettings> {
    let look_every = section.read("look_every", span(Duration::from_millis(10)));
    let allow_retired = section.read("allow_retired", list(last_four));
    section.end();
    Some(KeySettings { look_every: look_every?, allow_retired: allow_retired? })
}

/// Reads how large the database may become: without a bound, or with one in which calls have room beside
/// what is kept back.
fn max_size(node: &Node) -> Result<u64, InvalidValue> {
    let size = size(0)(node)?;
    if size == 0 || size >= LEAST_MAX_SIZE {
        return Ok(size);
    }
    let least = bytesize::ByteSize(LEAST_MAX_SIZE);
    let kept = bytesize::ByteSize(GrowthLimit::Calls.kept_back());
    Err(node.reject(format!(
        "must be \"0B\", which is no bound, or at least {least}: {kept} of it are kept for changes"
    )))
}

/// Reads where the record is kept.
fn database(node: &Node) -> Result<Database, InvalidValue> {
    match written(node) {
        Some("sqlite") => Ok(Database::Sqlite),
        // The URL may hold a password, so it is not shown.
        _ => Err(node.reject_unseen("must be \"sqlite\"; PostgreSQL is not built in yet")),
    }
}

/// What is longer may be a whole key, so it is not shown.
///
/// Reads the end of a key, 1 to 4 characters, with or without `…` in front.
fn last_four(node: &Node) -> Result<Box<str>, InvalidValue> {
    let is_end = |text: &&str| {
        let bare = text.trim_start_matches('…');
        (1..=4).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_graphic())
    };
    let end = written(node).filter(is_end).map(Into::into);
    end.ok_or_else(|| node.reject_unseen("must hold the last four characters of keys"))
}
