//! `ideogate audit export`
//!
//! The answer is written as it comes, so that the size of the record does not matter.

use super::export_file::{ExportFile, Target};
use crate::{
    admin::{AuditExport, CheckpointKeyView, EXPORT_NAME, EXPORT_UP_TO, ExportFormat},
    cli::{
        client::AdminClient, error::CliError, file::file, named, output::Output,
        progress::Progress, user,
    },
};
use clap::{Args, ValueEnum};
use memchr::memmem;
use reqwest::Response;
use std::{path::PathBuf, process::ExitCode};

/// What to export; everything if nothing is said.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate audit export --to record.jsonl
  ideogate audit export --since 2026-01-01 --until 2026-01-31 \\
      --environment prod --format csv --to january.csv
  ideogate audit export | gzip > record.jsonl.gz
  ideogate audit export --format csv --note entries.csv.note > entries.csv

JSON lines hold the sealed records, which can be held against checkpoints, and end with a \
signature over the whole. A table holds one row an entry; what is signed about it goes into a \
file of its own, FILE.note. Check either with `ideogate audit verify --export FILE`. With --to, \
the file is checked before it gets its name. Who exports what is put on record.")]
pub struct ExportArguments {
    /// One sealed record a line, or one entry a row
    #[arg(long, value_enum, default_value_t = ExportForm::Jsonl)]
    format: ExportForm,
    /// From when on: how long ago, as in 1h, a UTC day from its beginning, or RFC 3339
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Until when: a UTC day to its end, how long ago, or RFC 3339, that moment not included
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
    /// The environment; one that was removed is found too
    #[arg(long, value_name = "ENV")]
    environment: Option<String>,
    /// The token's id, or its name where that is unique
    #[arg(long, value_name = "ID|NAME")]
    token: Option<String>,
    /// The end user's id or name, or - for stdin
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// The owner that tokens had when the calls were made
    #[arg(long, value_name = "OWNER")]
    owner: Option<String>,
    /// The route, as `route list` names it
    #[arg(long, value_name = "ROUTE")]
    route: Option<String>,
    /// The code that the client was told, where the gateway answered itself
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    /// The status that the client was given
    #[arg(long, value_name = "STATUS")]
    status: Option<u16>,
    /// success, failure or pending, or an outcome: refused, failed, unknown
    #[arg(long)]
    result: Option<String>,
    /// Begin with record 1, in segments; not for JSON lines that something narrows
    #[arg(long)]
    archived: bool,
    /// The file to write; without it, stdout
    #[arg(long, value_name = "FILE", value_parser = file())]
    to: Option<PathBuf>,
    /// Where to write what is signed about a table [default: the file's name and .note]
    #[arg(long, value_name = "FILE", value_parser = file())]
    note: Option<PathBuf>,
    /// Replace files that are there
    #[arg(long)]
    force: bool,
}

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ExportForm {
    Jsonl,
    Csv,
}

/// Writes an export, and checks it.
///
/// A file gets its name only after it was checked against its signature; on stdout only the end of JSON lines
/// is looked for. It is an error if the answer breaks off: what came until then is in a file that ends in
/// `.part`.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    arguments: ExportArguments,
) -> anyhow::Result<ExitCode> {
    named::not_a_secret("a token", arguments.token.as_deref())?;
    let is_table = arguments.format == ExportForm::Csv;
    if !is_table && arguments.note.is_some() {
        let told = "JSON lines carry their signature; --note is for --format csv";
        return Err(CliError::Usage(told.to_owned()).into());
    }
    let target = Target::new(arguments.to.clone(), arguments.note.clone(), is_table);
    // Before the gateway is asked, for an export is put on record even if it cannot be written here.
    target.check(arguments.force)?;
    // The key comes first: a gateway that cannot tell it has nothing that the file could be checked with.
    let key: CheckpointKeyView = client.get("/api/v1/audit/key").await?;
    let user = user::id(client, arguments.user.as_deref()).await?;
    let asked = AuditExport { user, ..asked(&arguments) };
    let response = client.open("/api/v1/audit/export", &asked).await?;
    let name = header(&response, &EXPORT_NAME);
    let mut file = ExportFile::begin(screen, &target)?;
    receive(client, response, &mut file, is_table).await?;
    let note = match name.filter(|_| is_table) {
        Some(name) => Some(client.text(&format!("/api/v1/audit/export/{name}")).await?),
        None => None,
    };
    let written = file.finish(note.as_deref(), &key.key, arguments.force)?;
    written.tell(screen, &target)?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the answer piece by piece, and shows how far it is.
async fn receive(
    client: &AdminClient,
    mut response: Response,
    file: &mut ExportFile<'_>,
    is_table: bool,
) -> anyhow::Result<()> {
    let up_to = header(&response, &EXPORT_UP_TO).and_then(|seq| seq.parse().ok()).unwrap_or(0);
    let (mut progress, mut bytes) = (Progress::new("exporting"), 0);
    loop {
        let piece = match response.chunk().await {
            Ok(Some(piece)) => piece,
            Ok(None) => return Ok(()),
            Err(error) => {
                let what = "the export; nothing was left behind but a .part file";
                return Err(client.broke_off(error, what).await);
            }
        };
        file.write(&piece)?;
        bytes += piece.len() as u64;
        match last_seq(&piece).filter(|_| !is_table) {
            Some(seq) => progress.at(seq, up_to),
            None if is_table => progress.bytes(bytes),
            None => {}
        }
    }
}

/// Returns the last sequence number in a piece of JSON lines, for the bar only.
///
/// Nothing rests on it: a piece may end anywhere, and a number that is cut off is passed over.
fn last_seq(piece: &[u8]) -> Option<u64> {
    const NAME: &[u8] = b",\"seq\":";
    let at = memmem::rfind(piece, NAME)? + NAME.len();
    let digits: Vec<_> = piece[at..].iter().copied().take_while(u8::is_ascii_digit).collect();
    // A number at the piece's end may go on in the next.
    let is_whole = piece.get(at + digits.len()) == Some(&b',');
    std::str::from_utf8(&digits).ok().filter(|_| is_whole)?.parse().ok()
}

/// Returns a header of the answer.
fn header(response: &Response, name: &http::HeaderName) -> Option<String> {
    response.headers().get(name)?.to_str().ok().map(str::to_owned)
}

/// Returns the export that is asked for.
fn asked(arguments: &ExportArguments) -> AuditExport {
    AuditExport {
        format: match arguments.format {
            ExportForm::Jsonl => ExportFormat::Jsonl,
            ExportForm::Csv => ExportFormat::Csv,
        },
        since: arguments.since.clone(),
        until: arguments.until.clone(),
        environment: arguments.environment.clone(),
        token: arguments.token.clone(),
        user: None,
        owner: arguments.owner.clone(),
        route: arguments.route.clone(),
        code: arguments.code.clone(),
        status: arguments.status,
        result: arguments.result.clone(),
        archived: arguments.archived.then_some(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_number_that_is_whole_is_found() {
        assert_eq!(
            last_seq(b"{\"n\":1,\"seq\":7,\"prev\":\"x\"}\n{\"n\":2,\"seq\":8,\"p\""),
            Some(8)
        );
        assert_eq!(last_seq(b"{\"n\":2,\"seq\":8"), None);
        assert_eq!(last_seq(b"nothing"), None);
    }
}
