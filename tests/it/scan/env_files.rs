//! `.env` files that git does not ignore.

use super::Folder;

#[test]
fn an_env_file_that_git_does_not_ignore_is_found() {
    let folder = Folder::repository();
    folder.write(".env", "PORT=1\n");
    folder.write("web/.env.production", "PORT=1\n");
    folder.write("web/.env.example", "PORT=\n");
    let found = [".env env_file", "web/.env.production env_file"];
    assert_eq!(folder.found(&[]), found, "untracked");
    folder.commit();
    assert_eq!(folder.found(&[]), found, "tracked");
    let told = folder.scan(&[]);
    assert!(told.out.starts_with(".env:1:1: file of secrets that git does not ignore\n"));
    assert!(told.err.contains("git rm --cached .env"), "{told:?}");
}

#[test]
fn an_env_file_that_git_ignores_is_none() {
    let folder = Folder::repository();
    folder.write(".gitignore", ".env*\nsecrets/\n");
    folder.write("web/.gitignore", "!.env.local\n");
    for path in [".env", ".env.local", "web/.env", "secrets/.env", "web/.env.local"] {
        folder.write(path, "PORT=1\n");
    }
    assert_eq!(folder.found(&[]), ["web/.env.local env_file"]);
    assert_eq!(folder.found(&["--no-ignore"]), ["web/.env.local env_file"]);
    assert!(folder.found(&[".env"]).is_empty(), "asked for by name");
    assert!(folder.found(&["secrets"]).is_empty(), "below an ignored folder");
}

#[test]
fn an_env_file_that_is_tracked_is_found_although_an_ignore_file_names_it() {
    let folder = Folder::repository();
    folder.write(".env", "PORT=1\n");
    folder.commit();
    folder.write(".gitignore", ".env\n");
    assert_eq!(folder.found(&[]), [".env env_file"]);
    assert_eq!(folder.found(&["--no-ignore"]), [".env env_file"]);
    folder.git(&["rm", "--quiet", "--cached", ".env"]);
    assert!(folder.found(&[]).is_empty(), "as the advice says");
}

#[test]
fn env_files_outside_of_work_trees_are_nobodys_business() {
    let folder = Folder::new();
    folder.write(".env", "PORT=1\n");
    assert!(folder.found(&[]).is_empty());
    folder.write("inner/.env", "PORT=1\n");
    folder.git(&["init", "--quiet", "inner"]);
    assert_eq!(folder.found(&[]), ["inner/.env env_file"]);
}

#[test]
fn many_env_files_are_asked_about_at_once() {
    let folder = Folder::repository();
    folder.write(".gitignore", "ignored*\n");
    for place in 0..2000 {
        let long = "long".repeat(40);
        folder.write(
            format!("{}{place}/{long}/.env", if place % 2 == 0 { "ignored" } else { "x" }),
            "",
        );
    }
    assert_eq!(folder.found(&["--no-ignore"]).len(), 1000);
}
