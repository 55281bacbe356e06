//! Where an export goes: a file that is there whole or not at all, or stdout.

use crate::{
    audit::export::{Format, Manifest, examine_export},
    cli::{
        error::CliError,
        output::Output,
        part::{beside, cannot, create, name},
    },
};
use anyhow::Context;
use serde_json::json;
use std::{
    fs::File,
    io::{BufReader, Write},
    path::{Path, PathBuf},
};

/// What the last line of JSON lines begins with.
/// By it an export that broke off is told from a whole one.
const END: &[u8] = b"{\"manifest\":";

/// More than the last line of an export has.
/// So much of the end is kept in memory.
const TAIL: usize = 64 * 1024;

/// Where an export and its note go.
///
/// Without a file it is stdout.
#[derive(Debug)]
pub(super) struct Target {
    /// The file.
    file: Option<PathBuf>,
    /// Where what is signed about a table goes.
    note: Option<PathBuf>,
}

/// An export that is being written.
///
/// It is written under another name, beside the one that it will have.
#[derive(Debug)]
pub(super) struct ExportFile<'t> {
    /// Where it goes.
    target: &'t Target,
    /// Stdout, where no file was named.
    screen: Output,
    /// The file under its other name, open.
    part: Option<(PathBuf, File)>,
    /// The end of what was written.
    tail: Vec<u8>,
}

/// An export that was written, and checked if it is a file.
///
/// `None` for stdout, of which nothing can be read again.
#[derive(Debug)]
pub(super) struct Written(Option<Manifest>);

impl Target {
    /// The note of a table goes beside its file, unless it was named.
    pub(super) fn new(file: Option<PathBuf>, note: Option<PathBuf>, is_table: bool) -> Self {
        let usual = file.as_deref().filter(|_| is_table).map(|file| beside(file, ".note"));
        Self { note: note.or(usual), file }
    }

    /// Refuses to replace what is there, before anything is asked for.
    ///
    /// It is looked at again at the end, for the export may have taken long.
    pub(super) fn check(&self, force: bool) -> Result<(), CliError> {
        let there = self.file.iter().chain(&self.note).find(|path| !force && path.exists());
        there.map_or(Ok(()), |path| {
            let told = format!("{} is there already; --force replaces it", path.display());
            Err(CliError::Usage(told))
        })
    }
}

impl<'t> ExportFile<'t> {
    /// Makes the file with the mode 0600, or writes over one of an earlier try.
    pub(super) fn begin(screen: Output, target: &'t Target) -> anyhow::Result<Self> {
        let part = match &target.file {
            None => None,
            Some(file) => {
                let part = beside(file, ".part");
                let opened = create(&part).with_context(|| cannot("write", &part))?;
                Some((part, opened))
            }
        };
        Ok(Self { target, screen, part, tail: Vec::new() })
    }

    /// Writes the next piece.
    pub(super) fn write(&mut self, piece: &[u8]) -> anyhow::Result<()> {
        match &mut self.part {
            Some((path, file)) => file.write_all(piece).with_context(|| cannot("write", path))?,
            None => self.screen.raw(piece)?,
        }
        self.tail.extend_from_slice(piece);
        let surplus = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..surplus);
        Ok(())
    }

    /// Checks what was written, and gives it its name.
    ///
    /// Nothing gets its name before it is on the disk and fits its signature. The note comes first, so that a
    /// table is never there without it. It is an error if the export has no end, or is not what the gateway
    /// signed.
    pub(super) fn finish(
        self,
        note: Option<&str>,
        key: &str,
        force: bool,
    ) -> anyhow::Result<Written> {
        anyhow::ensure!(
            note.is_some() || self.has_end(),
            "the export broke off before its end; try again"
        );
        let written = match &self.part {
            None => None,
            Some((part, file)) => {
                // On the disk before it is checked, so that what is checked is what stays.
                file.sync_all().with_context(|| cannot("write", part))?;
                Some(checked(part, note, key)?)
            }
        };
        // Again: somebody may have written there while the export came.
        self.target.check(force)?;
        if let (Some(path), Some(note)) = (&self.target.note, note) {
            let part = beside(path, ".part");
            let mut file = create(&part).with_context(|| cannot("write", &part))?;
            file.write_all(note.as_bytes()).and_then(|()| file.sync_all())?;
            name(&part, path)?;
        }
        if let (Some((part, _)), Some(path)) = (&self.part, &self.target.file) {
            name(part, path)?;
        }
        Ok(Written(written))
    }

    /// Says whether the last line is the one that ends an export.
    fn has_end(&self) -> bool {
        let Some(lines) = self.tail.strip_suffix(b"\n") else { return false };
        let last = lines.rsplit(|byte| *byte == b'\n').next();
        last.is_some_and(|last| last.starts_with(END))
    }
}

impl Written {
    /// Says what was written, where stdout is free for it.
    pub(super) fn tell(&self, screen: Output, target: &Target) -> anyhow::Result<()> {
        let (Some(manifest), Some(file)) = (&self.0, &target.file) else { return Ok(()) };
        let (file, note) = (file.display().to_string(), target.note.as_deref());
        if screen.is_json() {
            return screen.json(&json!({
                "file": file,
                "note": note.map(|path| path.display().to_string()),
                "format": manifest.format.to_string(),
                "lines": manifest.lines,
                "first": manifest.first,
                "last": manifest.last,
                "whole": manifest.is_complete(),
            }));
        }
        let things = match manifest.format {
            Format::Jsonl => "records",
            Format::Csv => "entries",
        };
        screen.line(format!("{} {things} written to {file} and checked", manifest.lines))?;
        if let Some(note) = note {
            screen.line(format!("keep {} beside it: it holds the signature", note.display()))?;
        }
        Ok(())
    }
}

/// Checks that what is on the disk is what was signed.
///
/// It reads the file again, instead of trusting what was sent.
fn checked(part: &Path, note: Option<&str>, key: &str) -> anyhow::Result<Manifest> {
    let input = BufReader::new(File::open(part).with_context(|| cannot("read", part))?);
    let key = key.parse().context("the gateway's key cannot be read")?;
    let report = examine_export(input, note, vec![key], &[], |_| {})?;
    match report.integrity {
        Ok(verified) => Ok(verified.manifest),
        Err(bad) => anyhow::bail!(
            "{} is not what the gateway signed: {bad}; `ideogate audit verify` tells whether the record is good",
            part.display()
        ),
    }
}
