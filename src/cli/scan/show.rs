//! What is told of it.

use crate::{
    cli::screen::Screen,
    scan::{Finding, Leak, Report},
};
use bytesize::ByteSize;
use serde_json::json;
use std::{collections::BTreeSet, time::Duration};

/// Tells what was found: places to stdout, what to do to stderr.
pub(super) fn tell(screen: Screen, report: &Report, took: Duration) -> anyhow::Result<()> {
    if screen.is_json() {
        return screen.json(&document(report, took));
    }
    for finding in &report.findings {
        screen.line(line(finding))?;
    }
    for unread in &report.unread {
        screen.note(format!("not read: {}: {}", unread.path.display(), unread.problem));
    }
    for note in &report.notes {
        screen.note(format!("note: {note}"));
    }
    let advice: BTreeSet<_> = report.findings.iter().map(|finding| advice(&finding.leak)).collect();
    for advice in advice {
        screen.note(format!("\n{advice}"));
    }
    if !report.findings.is_empty() {
        screen.note("");
    }
    screen.note(summary(report, took));
    Ok(())
}

fn document(report: &Report, took: Duration) -> serde_json::Value {
    let finding = |finding: &Finding| {
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

fn line(finding: &Finding) -> String {
    let Finding { path, line, column, leak, .. } = finding;
    let words = match leak {
        Leak::Token { environment, redacted } => format!("token for {environment}: {redacted}"),
        Leak::OperatorToken { redacted } => format!("operator's token: {redacted}"),
        Leak::Key { name, redacted } => format!("likely a key of Ideogram's: {name} = {redacted}"),
        Leak::EnvFile => "file of secrets that git does not ignore".to_owned(),
    };
    format!("{}:{line}:{column}: {words}", path.display())
}

/// Says what to do.
fn advice(leak: &Leak) -> &'static str {
    match leak {
        Leak::Token { .. } => {
            "A token: whoever saw it can use it. Only its digest is stored, so ask the gateway which \
             one it is, revoke that, and make another:
  IDEOGATE_TOKEN=idg_… ideogate whoami
  ideogate token revoke tok_…"
        }
        Leak::OperatorToken { .. } => {
            "An operator's token: whoever saw it can administer the gateway. Revoke it at once:
  ideogate operator list
  ideogate operator revoke op_…"
        }
        Leak::Key { .. } => {
            "A key of Ideogram's: it can spend the whole balance, and never expires. Revoke it at \
             Ideogram, and give apps a token instead:
  ideogate token create --environment ENV --name NAME --scope SCOPE
If it is none, write `ideogate:allow` into its line."
        }
        Leak::EnvFile => {
            "A file of secrets that the next commit may take along. Let git ignore it, and forget it \
             if it is known already:
  echo .env >> .gitignore
  git rm --cached .env"
        }
    }
}

fn summary(report: &Report, took: Duration) -> String {
    let (files, bytes) = (report.scanned.files, ByteSize(report.scanned.bytes));
    let found = match report.findings.len() {
        0 => "nothing found".to_owned(),
        1 => "1 found".to_owned(),
        many => format!("{many} found"),
    };
    let unread = match report.unread.len() {
        0 => String::new(),
        many => format!(", {many} not read"),
    };
    format!("{found} in {files} files, {bytes}, {:.1} s{unread}", took.as_secs_f64())
}
