//! `[data]`, `[audit]`, `[log]` and `[shutdown]`

use crate::config::{
    section::{Refused, Section},
    settings::{Audit, Data, Database, Keys, Log, LogFormat, Shutdown},
    tree::Node,
    values::{boolean, choice, list, size, span, text, whole, written},
};
use std::{path::PathBuf, time::Duration};
use tracing_subscriber::EnvFilter;

/// Reads `[data]`.
pub(super) fn data(mut section: Section<'_>) -> Option<Data> {
    let dir = section.read("dir", text);
    let database = section.read("database", database);
    let max_size = section.read("max_size", size(0));
    section.end();
    Some(Data { dir: PathBuf::from(&*dir?), database: database?, max_size: max_size? })
}

/// Reads `[audit]`.
pub(super) fn audit(mut section: Section<'_>) -> Option<Audit> {
    let stdout = section.read("stdout", boolean);
    let records = section.read("checkpoint_records", whole(1, 1_000_000));
    let interval = section.read("checkpoint_interval", span(Duration::from_secs(1)));
    let file = section.optional("checkpoint_file", text);
    section.end();
    Some(Audit {
        stdout: stdout?,
        checkpoint_records: records?,
        checkpoint_interval: interval?,
        checkpoint_file: file?.map(|path| PathBuf::from(&*path)),
    })
}

/// Reads `[log]`.
pub(super) fn log(mut section: Section<'_>) -> Option<Log> {
    let filter = section.read("filter", filter);
    let words = choice(&[("text", LogFormat::Text), ("json", LogFormat::Json)]);
    let format = section.read("format", words);
    section.end();
    Some(Log { filter: filter?, format: format? })
}

/// Reads `[shutdown]`.
pub(super) fn shutdown(mut section: Section<'_>) -> Option<Shutdown> {
    let deadline = section.read("deadline", span(Duration::ZERO));
    section.end();
    Some(Shutdown { deadline: deadline? })
}

/// Reads `[keys]`.
pub(super) fn keys(mut section: Section<'_>) -> Option<Keys> {
    let look_every = section.read("look_every", span(Duration::from_millis(10)));
    let allow_retired = section.read("allow_retired", list(text));
    section.end();
    Some(Keys { look_every: look_every?, allow_retired: allow_retired? })
}

fn database(node: &Node) -> Result<Database, Refused> {
    match written(node) {
        Some("sqlite") => Ok(Database::Sqlite),
        // The URL may hold a password, so it is not shown.
        _ => Err(node.refuse_unseen("must be \"sqlite\"; PostgreSQL is not built in yet")),
    }
}

fn filter(node: &Node) -> Result<Box<str>, Refused> {
    let filter = text(node)?;
    match EnvFilter::builder().parse(&*filter) {
        Ok(_) => Ok(filter),
        Err(_) => Err(node.refuse("must be a filter like \"info\" or \"info,ideogate=debug\"")),
    }
}
