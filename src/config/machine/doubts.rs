//! What works, and deserves a look.

use super::{open_files::OpenFiles, others};
use crate::config::{LoadedSettings, Secrets, known_words::doubts_about_words, webhook_secrets};
use std::{collections::BTreeSet, path::Path};

/// Returns all of it, each as a sentence.
pub(super) fn all(loaded: &LoadedSettings, secrets: &Secrets) -> Vec<String> {
    let mut doubts: Vec<String> = root().into_iter().collect();
    doubts.extend(files(loaded, secrets));
    doubts.extend(OpenFiles::at_most().doubt(&loaded.settings));
    doubts.extend(doubts_about_words(loaded));
    doubts
}

fn root() -> Option<String> {
    rustix::process::geteuid().is_root().then(|| {
        "this user is root: give ideogate a user of its own, so that whoever breaks into it does not \
         own the machine"
            .to_owned()
    })
}

fn files(loaded: &LoadedSettings, secrets: &Secrets) -> Vec<String> {
    let variables = &loaded.variables;
    let named = secrets.files().map(|(variable, path)| (variable, Path::new(path)));
    let webhooks = variables.get(webhook_secrets::FILE_VARIABLE).map(Path::new);
    let webhooks = webhooks.map(|path| (webhook_secrets::FILE_VARIABLE, path));
    let in_dot_env = secrets.in_variables().chain([webhook_secrets::VARIABLE]);
    let in_dot_env = in_dot_env.filter_map(|name| Some((name, variables.file_of(name)?)));
    let listen = &loaded.settings.listen;
    let tls = [("listen.tls_key", &listen.tls), ("listen.admin_tls_key", &listen.admin_tls)];
    let tls = tls.iter().filter_map(|(key, files)| Some((*key, &*files.as_ref()?.key)));
    let mut told = BTreeSet::new();
    named
        .chain(webhooks)
        .chain(in_dot_env)
        .chain(tls)
        .filter(|(_, path)| told.insert(path.to_path_buf()))
        .filter_map(|(what, path)| others::doubt(what, path))
        .collect()
}
