//! A backup of a gateway that serves: one moment, whole, and nothing in it that should not leave.

mod commands;
mod faults;
mod load;
mod page;
mod served;

use ideogate::backup::{BackupFile, examine_backup, unpack_backup};
use rusqlite::Connection;
use std::{fs, path::Path};
use tempfile::TempDir;

const GENERATE: &str = "/v1/ideogram-v3/generate";

/// Returns a backup as it is read again, with a folder that it was unpacked into.
fn unpacked(file: &[u8]) -> (BackupFile, TempDir) {
    let into = tempfile::tempdir().unwrap();
    let found = unpack_backup(file, into.path()).unwrap();
    assert_eq!(examine_backup(file).unwrap().sha256, found.sha256);
    (found, into)
}

/// Returns the names of what a backup holds.
fn members(found: &BackupFile) -> Vec<&'static str> {
    found.members.iter().map(|member| member.name.file_name()).collect()
}

/// Returns what is in a data folder of a copy that is under way.
fn copies(data: &Path) -> Vec<String> {
    let names = fs::read_dir(data).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.into_string().unwrap());
    names.filter(|name| name.starts_with("backup-")).collect()
}

/// Makes the database larger than what fits between a gateway and a reader that does not read.
fn make_large(data: &Path) {
    let database = Connection::open(data.join("ideogate.db")).unwrap();
    let sql = "CREATE TABLE filler (bytes BLOB); INSERT INTO filler VALUES (randomblob(50331648))";
    database.execute_batch(sql).unwrap();
}
