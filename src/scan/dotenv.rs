//! Files of secrets that should stay on their machine.

use std::{
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

/// Endings of files that are made to be shared: they say which secrets there are.
const SHARED: [&str; 7] =
    [".example", ".sample", ".template", ".tmpl", ".dist", ".defaults", ".schema"];

/// Says whether a path names a file of secrets: `.env` or `.env.*`.
///
/// Only the last part of the path counts.
pub(super) fn is_env_file(path: &Path) -> bool {
    let name = path.file_name().map_or(&b""[..], OsStr::as_bytes);
    let Some(rest) = name.strip_prefix(b".env") else { return false };
    let is_shared = || SHARED.iter().any(|ending| rest.ends_with(ending.as_bytes()));
    rest.is_empty() || rest.len() > 1 && rest[0] == b'.' && !is_shared()
}

/// Returns the top of the work tree that a folder is in, if it is in one.
///
/// It is known by `.git`, a folder or a file; git itself is not asked.
pub(super) fn work_tree(folder: &Path) -> Option<PathBuf> {
    let folder = std::path::absolute(folder).ok()?;
    let is_top = |folder: &&Path| folder.join(".git").exists();
    folder.ancestors().find(is_top).map(Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_secrets_are_told_from_those_made_to_be_shared() {
        for name in [".env", ".env.local", ".env.production", "a/b/.env.prod.local", ".env.1"] {
            assert!(is_env_file(Path::new(name)), "{name}");
        }
        let harmless = [
            ".env.example",
            ".env.sample",
            ".env.template",
            ".env.dist",
            ".env.local.example",
            ".envrc",
            "env",
            "prod.env",
            ".environment",
            ".env.",
            ".env/settings",
            "",
            "x.env.y",
        ];
        for name in harmless {
            assert!(!is_env_file(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn a_work_tree_is_the_next_folder_up_that_git_manages() {
        let dir = tempfile::tempdir().unwrap();
        let inner = dir.path().join("a/b");
        std::fs::create_dir_all(&inner).unwrap();
        assert_eq!(work_tree(&inner), None);
        std::fs::create_dir(dir.path().join(".git")).unwrap();
        assert_eq!(work_tree(&inner).as_deref(), Some(dir.path()));
        std::fs::write(inner.join(".git"), "gitdir: elsewhere").unwrap();
        assert_eq!(work_tree(&inner), Some(inner));
    }
}
