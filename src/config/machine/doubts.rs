//! What works, and deserves a look.
//!
//! A doubt never keeps the gateway from starting.

use super::{open_files::OpenFiles, others};
use crate::config::{
    LoadedSettings, Secrets, known_words::doubts_about_words, notify_secrets, webhook_secrets,
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// What works, and deserves a look. Holds no secret.
///
/// It keeps the paths of secret files, which are made absolute so that a later look finds the same ones.
#[derive(Debug, Default)]
pub struct Doubts {
    /// What stays as it is while the process runs.
    fixed: Vec<String>,
    /// The files that hold secrets, each with what names it.
    files: Vec<(String, PathBuf)>,
}

impl Doubts {
    /// Returns what there is to say of settings and keys.
    ///
    /// The limit on open files is taken as high as it can be raised, since the gateway raises it at its
    /// start.
    pub(super) fn collect(loaded: &LoadedSettings, secrets: &Secrets) -> Self {
        let mut fixed: Vec<String> = root().into_iter().collect();
        // As far as it can be raised, for `config check` raises nothing itself.
        fixed.extend(OpenFiles::at_most().doubt(&loaded.settings));
        fixed.extend(doubts_about_words(loaded));
        Self { fixed, files: files(loaded, secrets) }
    }

    /// Returns each as a sentence. Files are looked at anew.
    ///
    /// Reads the modes of files and of the folders above them, never their content.
    pub fn now(&self) -> Vec<String> {
        let of_file = |(what, path): &(String, PathBuf)| others::doubt(what, path);
        self.fixed.iter().cloned().chain(self.files.iter().filter_map(of_file)).collect()
    }
}

/// Returns the doubt about running as root, if this process does.
fn root() -> Option<String> {
    rustix::process::geteuid().is_root().then(|| {
        "this user is root: give ideogate a user of its own, so that whoever breaks into it does not \
         own the machine"
            .to_owned()
    })
}

/// Returns the files that hold secrets, each once, with the variable or setting that names it.
///
/// Among them is `.env` if a key or secret came out of it, and the private keys of the listeners.
fn files(loaded: &LoadedSettings, secrets: &Secrets) -> Vec<(String, PathBuf)> {
    let variables = &loaded.variables;
    let named = secrets.files().map(|(variable, path)| (variable, Path::new(path)));
    let lists = [webhook_secrets::FILE_VARIABLE, notify_secrets::FILE_VARIABLE];
    let lists = lists.into_iter().filter_map(|name| Some((name, Path::new(variables.get(name)?))));
    let own = [webhook_secrets::VARIABLE, notify_secrets::VARIABLE];
    let in_dot_env = secrets.in_variables().chain(own);
    let in_dot_env = in_dot_env.filter_map(|name| Some((name, variables.file_of(name)?)));
    let listen = &loaded.settings.listen;
    let tls = [("listen.tls_key", &listen.tls), ("listen.admin_tls_key", &listen.admin_tls)];
    let tls = tls.iter().filter_map(|(key, files)| Some((*key, &*files.as_ref()?.key)));
    let mut told = BTreeSet::new();
    named
        .chain(lists)
        .chain(in_dot_env)
        .chain(tls)
        .filter(|(_, path)| told.insert(path.to_path_buf()))
        .filter_map(|(what, path)| Some((what.to_owned(), std::path::absolute(path).ok()?)))
        .collect()
}
