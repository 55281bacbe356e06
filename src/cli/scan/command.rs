//! What is looked at.

use super::show;
use crate::{
    cli::{
        error::{CliError, FINDING},
        file::file_there,
        output::Output,
    },
    scan::{GitError, Ignored, ScanReport, Scanner, Tree},
};
use anyhow::Context;
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    io,
    path::{Path, PathBuf},
    process::ExitCode,
};
use tokio::time::Instant;

/// Where to look.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate scan
  ideogate scan services/ deploy/values.yaml
  ideogate scan --staged
  ideogate scan --no-ignore /srv/release --output json
  git log -p --all | ideogate scan -

Finds tokens of this gateway (by their checksum: look-alikes are none), keys of Ideogram's (by \
the name they are assigned to), and .env files that git does not ignore. Never prints a whole \
secret. As a pre-commit hook:

  printf '#!/bin/sh\\nexec ideogate scan --staged\\n' > .git/hooks/pre-commit
  chmod +x .git/hooks/pre-commit

Exits 2 if something was found, 1 if something could not be read.")]
pub struct ScanArguments {
    /// Files and folders, or - for what comes in on stdin [default: this folder]
    #[arg(value_name = "PATH", value_parser = file_there())]
    paths: Vec<PathBuf>,
    /// Look at what the next commit would bring, as it is in the index
    #[arg(long)]
    staged: bool,
    /// Look at files that git ignores, too
    #[arg(long, conflicts_with = "staged")]
    no_ignore: bool,
}

/// Looks, and tells what was found.
///
/// The code is 2 if something was found, even if something else could not be read.
pub(in crate::cli) fn run(screen: Output, arguments: &ScanArguments) -> anyhow::Result<ExitCode> {
    let begun = Instant::now();
    let scanner = Scanner::new()?;
    let report = if arguments.staged {
        if arguments.paths.iter().any(|path| path == Path::new("-")) {
            let words = "- is stdin, and --staged looks at the index: leave one of them out";
            return Err(CliError::Usage(words.to_owned()).into());
        }
        scanner.staged(&arguments.paths).map_err(of_git)?
    } else {
        look(&scanner, arguments)?
    };
    show::tell(screen, &report, begun.elapsed())?;
    Ok(match report {
        ScanReport { findings, .. } if !findings.is_empty() => ExitCode::from(FINDING),
        ScanReport { unread, .. } if !unread.is_empty() => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    })
}

/// Looks at streams and paths; at this folder if neither is named.
fn look(scanner: &Scanner, arguments: &ScanArguments) -> anyhow::Result<ScanReport> {
    let (streams, mut paths): (Vec<_>, Vec<_>) =
        arguments.paths.iter().cloned().partition(|path| path == Path::new("-"));
    let mut report = ScanReport::default();
    if streams.is_empty() && paths.is_empty() {
        paths.push(PathBuf::from("."));
    }
    if !streams.is_empty() {
        let seen = scanner.stream(Path::new("-"), io::stdin().lock());
        report.add(seen.context("stdin cannot be read")?);
    }
    if !paths.is_empty() {
        let ignored = if arguments.no_ignore { Ignored::Scanned } else { Ignored::Skipped };
        let bar = progress();
        let saw = |bytes| {
            bar.inc(bytes);
        };
        report.add(scanner.tree(&Tree { paths: &paths, ignored }, &saw));
        bar.finish_and_clear();
    }
    Ok(report.in_order())
}

/// Returns a bar that shows itself on a terminal alone, while it takes long.
///
/// It is on stderr, so that findings can be piped.
fn progress() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(4));
    let style = ProgressStyle::with_template("looked at {bytes} in {elapsed}");
    style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style))
}

/// Returns what git did not tell, as a failure or as a mistake in use.
fn of_git(error: GitError) -> anyhow::Error {
    match error {
        GitError::NoWorkTree => {
            let words = "this folder is not in a git work tree, so nothing can be staged: go into \
                one, or leave out --staged";
            CliError::Usage(words.to_owned()).into()
        }
        error => anyhow::Error::new(error).context("the index cannot be read"),
    }
}
