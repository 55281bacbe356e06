//! What is told of it.

use crate::{
    cli::output::Output,
    scan::{Leak, ScanFinding, ScanReport},
};
use bytesize::ByteSize;
use serde_json::json;
use std::{path::Path, time::Duration};

/// What to do about a client's token.
const TOKEN: &str = "\
A token: whoever saw it can use it. Only its digest is stored, so ask the gateway which one it is.
Then end this secret at once, with another for the app or without:
  IDEOGATE_TOKEN=idg_… ideogate whoami
  ideogate token rotate tok_… --grace 0s
  ideogate token revoke tok_…";

/// What to do about an operator's token.
const OPERATOR_TOKEN: &str = "\
An operator's token: whoever saw it can administer the gateway. Ask whose it is, and end it at once,
with another for the operator or without:
  IDEOGATE_OPERATOR_TOKEN=ido_… ideogate --admin URL operator me
  ideogate operator rotate op_…
  ideogate operator revoke op_…";

/// What to do about a key of Ideogram's.
const KEY: &str = "\
A key of Ideogram's: it can spend the whole balance, and never expires. Revoke it at Ideogram, and
give the app a token instead:
  ideogate token create --environment ENV --name NAME --scope SCOPE
If it is none, write `ideogate:allow` into its line.";

/// What to do about a file of secrets.
const ENV_FILE: &str = "\
A file of secrets that the next commit may take along. Let git ignore it, and forget it if it is
known already:
  echo .env >> .gitignore
  git rm --cached .env";

/// Tells what was found: places to stdout, what to do to stderr.
///
/// Each kind of advice is told once. No secret is printed whole.
pub(super) fn tell(screen: Output, report: &ScanReport, took: Duration) -> anyhow::Result<()> {
    if screen.is_json() {
        return screen.json(&document(report, took));
    }
    for finding in &report.findings {
        screen.line(line(finding))?;
    }
    for unread in &report.unread {
        screen.note(format!("not read: {}: {}", in_one_line(&unread.path), unread.problem));
    }
    for note in &report.notes {
        screen.note(format!("note: {note}"));
    }
    let mut leaks: Vec<_> = report.findings.iter().map(|finding| &finding.leak).collect();
    leaks.sort();
    leaks.dedup_by_key(|leak| advice(leak));
    for leak in leaks {
        screen.note(format!("\n{}", advice(leak)));
    }
    if !report.findings.is_empty() {
        screen.note("");
    }
    screen.note(summary(report, took));
    Ok(())
}

/// Returns all of it for scripts, each finding with its advice.
fn document(report: &ScanReport, took: Duration) -> serde_json::Value {
    let finding = |finding: &ScanFinding| {
        let mut told = json!(finding);
        told["advice"] = json!(advice(&finding.leak));
        told
    };
    json!({
        "scanned": {
            "files": report.scanned.files,
            "bytes": report.scanned.bytes,
            "seconds": took.as_secs_f64(),
        },
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
        "unread": report.unread,
        "notes": report.notes,
    })
}

/// Returns a finding as one line, as compilers write places.
fn line(finding: &ScanFinding) -> String {
    let ScanFinding { path, line, column, leak, .. } = finding;
    let words = match leak {
        Leak::Token { environment, redacted } => format!("token for {environment}: {redacted}"),
        Leak::OperatorToken { redacted } => format!("operator's token: {redacted}"),
        Leak::Key { name, redacted } => format!("likely a key of Ideogram's: {name} = {redacted}"),
        Leak::EnvFile => "file of secrets that git does not ignore".to_owned(),
    };
    format!("{}:{line}:{column}: {words}", in_one_line(path))
}

/// Writes a path as one line, whatever is in its name: a name must not look like a line of ours.
///
/// Control characters are written as escapes.
fn in_one_line(path: &Path) -> String {
    let name = path.display().to_string();
    let mut line = String::new();
    for character in name.chars() {
        if character.is_control() {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}

/// Says what to do.
///
/// It depends on the kind alone.
fn advice(leak: &Leak) -> &'static str {
    match leak {
        Leak::Token { .. } => TOKEN,
        Leak::OperatorToken { .. } => OPERATOR_TOKEN,
        Leak::Key { .. } => KEY,
        Leak::EnvFile => ENV_FILE,
    }
}

/// Returns how much was looked at and found.
fn summary(report: &ScanReport, took: Duration) -> String {
    let files = match report.scanned.files {
        1 => "1 file".to_owned(),
        many => format!("{many} files"),
    };
    let bytes = ByteSize(report.scanned.bytes);
    let found = match report.findings.len() {
        0 => "nothing found".to_owned(),
        1 => "1 found".to_owned(),
        many => format!("{many} found"),
    };
    let unread = match report.unread.len() {
        0 => String::new(),
        many => format!(", {many} not read"),
    };
    format!("{found} in {files}, {bytes}, {:.1} s{unread}", took.as_secs_f64())
}
