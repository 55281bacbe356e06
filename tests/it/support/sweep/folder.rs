//! The data folder: every file of it, byte for byte.

use super::{Kind, Leak, Sieve, Sink, canary, desk};
use std::{
    fs::{self, File},
    io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// Files that are secrets themselves, and why they must be there. What is in them must be nowhere else.
const KEY_FILES: &[(&str, &str)] = &[
    ("answers.key", "opens what is kept of answers; the database must not"),
    ("audit-signing.key", "signs where the record ends; whoever has it could sign another record"),
    ("persons.key", "opens the names of end users; the database alone must not"),
    (
        "keys.tag",
        "tags retired keys; with it a copy of the record could be used to try out guesses",
    ),
];

/// Returns the leaks in all files of a folder, and meets the key files among them.
pub(crate) fn leaks_in_folder(folder: &Path) -> Vec<Leak> {
    let files = files_in(folder);
    for (name, _) in KEY_FILES {
        for path in files.iter().filter(|path| path.ends_with(name)) {
            canary(Kind::KeyFile, secret_of(&fs::read(path).unwrap_or_default()));
        }
    }
    let sieve = desk::sieve();
    let leaks = files.iter().flat_map(|path| leaks_in_path(path, folder, &sieve));
    leaks.collect()
}

/// Returns what of a key file is secret: the public half and the signatures show the name of a signing key.
fn secret_of(content: &[u8]) -> &[u8] {
    match content.strip_prefix(b"PRIVATE+KEY+") {
        Some(named) => named.splitn(3, |byte| *byte == b'+').nth(2).unwrap_or(named),
        None => content,
    }
    .trim_ascii_end()
}

fn leaks_in_path(path: &Path, folder: &Path, sieve: &Sieve) -> Vec<Leak> {
    let name = path.strip_prefix(folder).unwrap_or(path).display().to_string();
    let search = || sieve.leaks_in_file(&File::open(path)?, Sink::File, &name);
    let mut leaks = match search() {
        // A file may be gone before its turn comes: kept answers end.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        found => found.unwrap(),
    };
    if is_key_file(path) {
        leaks.retain(|leak| leak.kind != Kind::KeyFile);
    }
    leaks.extend(sieve.leaks(name.as_bytes(), Sink::File, "(names of files)"));
    leaks
}

/// Returns the leaks in the log of a process.
pub(crate) fn leaks_in_log(path: &Path) -> Vec<Leak> {
    let log = File::open(path).unwrap();
    desk::sieve().leaks_in_file(&log, Sink::Log, "(stderr)").unwrap()
}

/// Returns what is wrong with the files' rights: who may read them, and key files that nobody knows of.
pub(crate) fn strays(folder: &Path) -> Vec<String> {
    let mut strays = Vec::new();
    for path in files_in(folder) {
        let Ok(about) = fs::metadata(&path) else { continue };
        let mode = about.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            strays.push(format!("{} can be read by others: {mode:o}", path.display()));
        }
        let looks_like_a_key = path.extension().is_some_and(|extension| extension == "key");
        if looks_like_a_key && !is_key_file(&path) {
            strays.push(format!("{} is no key file that is known", path.display()));
        }
    }
    strays
}

fn is_key_file(path: &Path) -> bool {
    KEY_FILES.iter().any(|(name, _)| path.ends_with(name))
}

/// Returns all files below a folder; none if there is no such folder.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files = Vec::new();
    for entry in entries.filter_map(Result::ok) {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files.extend(files_in(&entry.path())),
            Ok(kind) if kind.is_file() => files.push(entry.path()),
            _ => {}
        }
    }
    files
}
