//! `ideogate audit verify`
//!
//! No gateway is needed; one may run on the same folder meanwhile.

use super::verdict::VerifyVerdict;
use crate::{
    audit::{
        examine_database,
        export::{examine_export, is_table},
        packed::PackedProblem,
        segment::{SegmentProblem, claimed_key, examine_lone_segment, is_packed},
        trust::{CheckpointFile, LAST_SIGNED_FILE, SignedEvidence},
    },
    cli::{
        error::CliError,
        evidence::{inside, keys, keys_of_folder, outside},
        file::file,
        global::Global,
        locate,
        output::Output,
        progress::Progress,
    },
    config::Settings,
};
use anyhow::Context;
use clap::Args;
use std::{
    fs::{self, File},
    io::{self, BufReader},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Where the record is, and what to hold against it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate audit verify
  ideogate audit verify --data /backup/ideogate \\
      --checkpoint /elsewhere/checkpoints --key /elsewhere/ideogate.key
  ideogate audit verify --data /backup/ideogate --segments /backup/segments --complete
  ideogate audit verify --export record.jsonl --key ideogate.audit/…+…+…
  ideogate audit verify --export entries.csv --note entries.csv.note
  ideogate audit verify --export 000000000001-000000052341.jsonl.zst

Reads the data folder or the export itself and needs no gateway; one may run meanwhile. \
`integrity` tells whether every record is as it was written; `completeness` up to where it is \
proven that all of them are there. That takes checkpoints that were kept elsewhere: files of \
notes, `[CHECKPOINT]` lines, or what `ideogate audit checkpoint` printed. Exits 0 and says how \
many records were checked, or exits 2 and names the first bad one.")]
pub struct VerifyArguments {
    /// The data folder [default: the settings' data.dir]
    #[arg(long, value_name = "FOLDER", conflicts_with = "export", value_parser = file())]
    data: Option<PathBuf>,
    /// The folder with the segments of what left the database [default: the settings' `audit.archive_dir`, or
    /// `segments` in the data folder]
    #[arg(long, value_name = "FOLDER", conflicts_with = "export", value_parser = file())]
    segments: Option<PathBuf>,
    /// Exit with 2 unless every record is there that ever was
    #[arg(long, conflicts_with = "export")]
    complete: bool,
    /// An export or a segment instead
    #[arg(long, value_name = "FILE", value_parser = file())]
    export: Option<PathBuf>,
    /// What was signed about a table [default: the export's name and .note]
    #[arg(long, value_name = "FILE", requires = "export", value_parser = file())]
    note: Option<PathBuf>,
    /// Checkpoints that were kept elsewhere; may be given again
    #[arg(long, value_name = "FILE", value_parser = file())]
    checkpoint: Vec<PathBuf>,
    /// The verifier key that you noted, or a file with it; may be given again
    #[arg(long, value_name = "KEY|FILE")]
    key: Vec<String>,
}

/// Checks the record.
///
/// What is bad is no error: it is told, and the exit code is 2.
pub(super) fn run(
    global: &Global,
    screen: Output,
    arguments: &VerifyArguments,
) -> anyhow::Result<ExitCode> {
    let verdict = match &arguments.export {
        Some(file) => export(file, arguments)?,
        None => database(global, arguments)?,
    };
    verdict.print(screen)
}

/// Examines a data folder. Without a key that was given, the folder's own is taken, and that is told.
fn database(global: &Global, arguments: &VerifyArguments) -> anyhow::Result<VerifyVerdict> {
    let (dir, own_file, own_segments) = if let Some(dir) = &arguments.data {
        (dir.clone(), None, None)
    } else {
        let Settings { data, audit, .. } = locate::settings(global)?.settings;
        (data.dir, audit.checkpoint_file, audit.archive_dir)
    };
    let segments = segments(arguments.segments.as_deref(), own_segments, &dir)?;
    let given = keys(&arguments.key)?;
    let key_is_given = !given.is_empty();
    let keys = if key_is_given { given } else { keys_of_folder(&dir)? };
    let outside = outside(&arguments.checkpoint)?;
    // Without a key the checkpoints that were given would prove nothing, and nobody would notice.
    if keys.is_empty() && !outside.is_empty() {
        let told = format!("{} does not say its verifier key: give it with --key", dir.display());
        return Err(CliError::Usage(told).into());
    }
    let mut evidence = SignedEvidence::from_outside(keys.clone(), &outside);
    // Without a key nothing that lies there could be told from a forgery.
    if !keys.is_empty() {
        let own_file = own_file.unwrap_or_else(|| dir.join(CheckpointFile::USUAL));
        for path in [own_file, dir.join(LAST_SIGNED_FILE)] {
            let (source, name) = inside(&path)?;
            evidence.add(&source, &name, false);
        }
    }
    let mut progress = Progress::new("verifying");
    let report =
        examine_database(&dir, segments.as_deref(), evidence, |done, of| progress.at(done, of));
    // The bar goes before anything is printed.
    drop(progress);
    let report = report.with_context(|| {
        format!(
            "there is no record in {} that can be read: name the data folder with --data",
            dir.display()
        )
    })?;
    Ok(VerifyVerdict::of_database(&report, &keys, key_is_given, arguments.complete))
}

/// Returns the folder with the segments; `None` where there is none. One that was named must be there.
fn segments(
    named: Option<&Path>,
    own: Option<PathBuf>,
    data: &Path,
) -> anyhow::Result<Option<PathBuf>> {
    if let Some(named) = named.filter(|named| !named.is_dir()) {
        let told = format!("--segments {} is no folder that is there", named.display());
        return Err(CliError::Usage(told).into());
    }
    let usual = || own.unwrap_or_else(|| data.join("segments"));
    let dir = named.map_or_else(usual, Path::to_owned);
    Ok(dir.is_dir().then_some(dir))
}

/// Examines an export. A table without its note is a mistake in how the command is used.
fn export(file: &Path, arguments: &VerifyArguments) -> anyhow::Result<VerifyVerdict> {
    let name = file.display();
    let unreadable = || format!("{name} cannot be read");
    let opened = File::open(file).with_context(unreadable)?;
    let mut input = BufReader::with_capacity(1 << 20, opened);
    if is_packed(&mut input).with_context(unreadable)? {
        return segment(file, input, arguments).with_context(unreadable);
    }
    let sidecar = sidecar(file, arguments.note.as_deref())?;
    if sidecar.is_none() && is_table(&mut input).with_context(unreadable)? {
        let told = format!(
            "{name} is a table, whose signature stands in a note beside it, and {name}.note is not there: \
             give the note with --note FILE"
        );
        return Err(CliError::Usage(told).into());
    }
    let (keys, outside) = (keys(&arguments.key)?, outside(&arguments.checkpoint)?);
    let mut progress = Progress::new("verifying");
    let report = examine_export(input, sidecar.as_deref(), keys, &outside, |read| {
        progress.bytes(read);
    });
    drop(progress);
    let report = report.with_context(|| format!("{name} cannot be read"))?;
    Ok(VerifyVerdict::of_export(&report))
}

/// Examines a segment that lies by itself.
fn segment(
    file: &Path,
    input: impl io::Read,
    arguments: &VerifyArguments,
) -> anyhow::Result<VerifyVerdict> {
    if let Some(note) = &arguments.note {
        let (note, name) = (note.display(), file.display());
        let told =
            format!("--note {note}: {name} is a segment, which holds what was signed about it");
        return Err(CliError::Usage(told).into());
    }
    let (keys, outside) = (keys(&arguments.key)?, outside(&arguments.checkpoint)?);
    let claimed = claimed_key(File::open(file)?);
    let mut progress = Progress::new("verifying");
    let report = examine_lone_segment(input, keys, claimed, &outside, |read| progress.bytes(read));
    drop(progress);
    match &report.integrity {
        Err(SegmentProblem::Packed(PackedProblem::Io(cause))) => {
            Err(io::Error::from(cause.kind()).into())
        }
        _ => Ok(VerifyVerdict::of_segment(&report)),
    }
}

/// Returns what was signed about a table.
///
/// `None` where no note was named and none is beside the export.
fn sidecar(file: &Path, note: Option<&Path>) -> anyhow::Result<Option<String>> {
    let mut usual = file.as_os_str().to_owned();
    usual.push(".note");
    let path = note.map_or(PathBuf::from(usual), Path::to_owned);
    match fs::read_to_string(&path) {
        Err(error) if note.is_none() && error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => Ok(Some(read.with_context(|| format!("{} cannot be read", path.display()))?)),
    }
}
