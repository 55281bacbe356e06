//! Keys and checkpoints as they are given on the command line.
//!
//! What came from outside counts as proof; what lies in the data folder is only compared.

use crate::{
    audit::trust::{EvidenceSource, FormerKey, PUBLIC_FILE, VerifierKey, notes_in},
    cli::error::CliError,
    config::plain_path,
};
use anyhow::Context;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Returns the keys that were given, each as itself or as a file that holds some.
///
/// A text that is no key and names no file is a mistake, and so is a file without a key.
///
/// A file may hold several, one a line.
pub(super) fn keys(given: &[String]) -> anyhow::Result<Vec<VerifierKey>> {
    let mut keys = Vec::new();
    for given in given {
        match given.parse() {
            Ok(key) => keys.push(key),
            // A key has a plus in it, and its own mistake to tell.
            Err(mistake) if !Path::new(given).exists() => {
                if let Err(problem) = plain_path(given.into()) {
                    return Err(CliError::Usage(format!("--key {given} {problem}")).into());
                }
                let told = format!("--key {given} {mistake}, and there is no file of that name");
                return Err(CliError::Usage(told).into());
            }
            Err(_) => keys.extend(keys_in(Path::new(given))?),
        }
    }
    Ok(keys)
}

/// Returns the keys of a file, one a line.
fn keys_in(path: &Path) -> anyhow::Result<Vec<VerifierKey>> {
    let name = path.display();
    let text = fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?;
    let told = |said: String| anyhow::Error::new(CliError::Usage(format!("{name} {said}")));
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let keys = lines.map(str::parse).collect::<Result<Vec<VerifierKey>, _>>();
    let keys = keys.map_err(|mistake| told(mistake.to_string()))?;
    if keys.is_empty() { Err(told("holds no verifier key".to_owned())) } else { Ok(keys) }
}

/// Returns the keys that a data folder names itself: its own first, and those of before a restore.
///
/// They prove nothing by themselves: who can change the record can exchange them.
pub(super) fn keys_of_folder(dir: &Path) -> anyhow::Result<Vec<VerifierKey>> {
    let path = dir.join(PUBLIC_FILE);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let own = keys_in(&path)?.into_iter().take(1);
    let former = FormerKey::in_folder(dir)?;
    Ok(own.chain(former.into_iter().map(|former| former.key)).collect())
}

/// Returns what files from outside hold; each must hold a checkpoint.
///
/// Each comes with its name for people. A file without any is a mistake: a proof that was meant must not be
/// missing in silence.
pub(super) fn outside(files: &[PathBuf]) -> anyhow::Result<Vec<(EvidenceSource, String)>> {
    let mut found = Vec::new();
    for path in files {
        let name = path.display().to_string();
        let bytes = fs::read(path).with_context(|| format!("{name} cannot be read"))?;
        let source = notes_in(&String::from_utf8_lossy(&bytes));
        if source.notes.is_empty() {
            return Err(CliError::Usage(format!("{name} holds no checkpoint")).into());
        }
        found.push((source, name));
    }
    Ok(found)
}

/// Returns what a file holds that may not be there.
///
/// A missing file holds nothing.
pub(super) fn inside(path: &Path) -> anyhow::Result<(EvidenceSource, String)> {
    let name = path.display().to_string();
    let bytes = match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        read => read.with_context(|| format!("{name} cannot be read"))?,
    };
    Ok((notes_in(&String::from_utf8_lossy(&bytes)), name))
}
