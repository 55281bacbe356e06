//! What the next commit would bring.

use super::{Folder, folder::told, token};
use std::{ffi::OsStr, fs, os::unix::ffi::OsStrExt, path::Path};

const STAGED: &[&str] = &["--staged"];

#[test]
fn what_is_staged_is_found_and_nothing_else() {
    let folder = Folder::repository();
    folder.write("old.txt", token("prod"));
    folder.write("changed.txt", "a\n");
    folder.commit();
    assert!(folder.found(STAGED).is_empty(), "all is committed");
    folder.write("work.txt", token("prod"));
    assert!(folder.found(STAGED).is_empty(), "not staged");
    folder.write("changed.txt", format!("a\nb {}\n", token("prod")));
    folder.stage();
    folder.write("changed.txt", "cleaned, but not staged\n");
    fs::remove_file(folder.inside.join("work.txt")).unwrap();
    let told = folder.scan(STAGED);
    assert_eq!(told.code, 2);
    let lines: Vec<_> = told.out.lines().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(lines, ["changed.txt:2:3", "work.txt:1:1"]);
}

#[test]
fn the_first_commit_is_looked_at() {
    let folder = Folder::repository();
    assert!(folder.found(STAGED).is_empty(), "nothing is staged");
    folder.write("x", token("prod"));
    folder.stage();
    assert_eq!(folder.found(STAGED), ["x token"]);
}

#[test]
fn names_from_the_top_are_told_from_everywhere() {
    let folder = Folder::repository();
    folder.write("a/b/x", token("prod"));
    folder.write("y", token("prod"));
    folder.stage();
    let mut below = folder.scanner(&["--staged", "--output", "json"]);
    let told = told(below.current_dir(folder.inside.join("a/b")).output().unwrap());
    assert_eq!(told.json()["findings"][0]["path"], "a/b/x");
    assert_eq!(told.json()["findings"][1]["path"], "y");
    assert_eq!(folder.found(&["--staged", "a"]), ["a/b/x token"]);
    let told = folder.scan(&["--staged", "*"]);
    assert_eq!((told.code, told.out.as_str()), (1, ""), "a path, no pattern: {told:?}");
}

#[test]
fn a_mistyped_path_is_told_and_is_not_taken_for_nothing_found() {
    let folder = Folder::repository();
    folder.write("src/x", "nothing\n");
    folder.write("gone", "nothing\n");
    folder.commit();
    folder.write("leak", token("prod"));
    folder.stage();
    let told = folder.scan(&["--staged", "srcc"]);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.err.contains("not read: srcc: there is no such file or folder"), "{told:?}");
    assert_eq!(folder.scan(&["--staged", "src"]).code, 0, "nothing of it is staged");
    fs::remove_file(folder.inside.join("gone")).unwrap();
    folder.stage();
    assert_eq!(folder.scan(&["--staged", "gone"]).code, 0, "the commit takes it away");
    assert_eq!(folder.scan(&["--staged", "-"]).code, 64);
}

#[test]
fn a_name_with_a_line_break_makes_no_line_of_its_own() {
    let folder = Folder::repository();
    folder.write("a\n0 found", token("prod"));
    folder.stage();
    let told = folder.scan(STAGED);
    assert_eq!((told.code, told.out.lines().count()), (2, 1), "{told:?}");
    assert!(told.out.starts_with("a\\n0 found:1:1: "), "{told:?}");
}

#[test]
fn odd_names_are_no_obstacle() {
    let folder = Folder::repository();
    let odd =
        [&b"new\nline"[..], b"no\xffutf", b"-x", b"a b", b"\"", b":x", b"tab\t", b"ue\xcc\x88"];
    for name in odd {
        folder.write(Path::new(OsStr::from_bytes(name)), token("prod"));
    }
    folder.stage();
    assert_eq!(folder.found(STAGED).len(), odd.len());
}

#[test]
fn staged_env_files_are_found_even_when_forced() {
    let folder = Folder::repository();
    folder.write(".gitignore", ".env\n");
    folder.write(".env", "PORT=1\n");
    folder.write(".env.example", "PORT=\n");
    folder.stage();
    assert_eq!(folder.found(STAGED), [".env env_file"]);
    folder.git(&["commit", "--quiet", "--message", "x"]);
    folder.git(&["rm", "--quiet", ".env"]);
    assert!(folder.found(STAGED).is_empty(), "to delete it is right");
}

#[test]
fn renames_deletions_links_and_announcements_are_understood() {
    let folder = Folder::repository();
    folder.write("renamed", format!("{}\n{}", "x\n".repeat(100), token("prod")));
    folder.write("deleted", token("prod"));
    folder.commit();
    folder.git(&["mv", "renamed", "new"]);
    folder.git(&["rm", "--quiet", "deleted"]);
    std::os::unix::fs::symlink("new", folder.inside.join("link")).unwrap();
    folder.git(&["add", "link"]);
    folder.write("announced", token("prod"));
    folder.git(&["add", "--intent-to-add", "announced"]);
    assert_eq!(folder.found(STAGED), ["new token"]);
}

#[test]
fn large_and_many_files_are_read_from_the_index() {
    let folder = Folder::repository();
    for place in 0..300 {
        folder.write(format!("small/{place}"), format!("{place}"));
    }
    folder.write("large", format!("{}{}", "x\n".repeat(2 << 20), token("prod")));
    folder.write("empty", "");
    folder.write("last", token("prod"));
    folder.stage();
    assert_eq!(folder.found(STAGED), ["large token", "last token"]);
}

#[test]
fn a_linked_work_tree_has_an_index_of_its_own() {
    let folder = Folder::repository();
    folder.write("x", "x");
    folder.commit();
    folder.git(&["worktree", "add", "--quiet", "../linked"]);
    let linked = folder.inside.join("../linked");
    fs::write(linked.join("y"), token("prod")).unwrap();
    folder.git(&["-C", "../linked", "add", "y"]);
    assert!(folder.found(STAGED).is_empty(), "staged elsewhere");
    let mut scan = folder.scanner(&["--staged"]);
    let told = told(scan.current_dir(&linked).output().unwrap());
    assert!(told.code == 2 && told.out.starts_with("y:1:1: "), "{told:?}");
}

#[test]
fn a_merge_is_looked_at_with_what_it_brings() {
    let folder = Folder::repository();
    folder.write("x", "base\n");
    folder.commit();
    folder.git(&["checkout", "--quiet", "-b", "other"]);
    folder.write("x", "theirs\n");
    folder.write("brought", token("prod"));
    folder.commit();
    folder.git(&["checkout", "--quiet", "main"]);
    folder.write("x", "ours\n");
    folder.commit();
    assert_ne!(folder.try_git(&["merge", "--quiet", "other"]).code, 0);
    assert_eq!(folder.found(STAGED), ["brought token"], "in the middle of a merge");
    folder.write("x", format!("resolved {}\n", token("prod")));
    folder.git(&["add", "x"]);
    assert_eq!(folder.found(STAGED), ["brought token", "x token"]);
}

#[test]
fn another_repository_inside_is_not_read_as_a_file() {
    let folder = Folder::repository();
    folder.git(&["init", "--quiet", "inner"]);
    folder.git(&["-C", "inner", "commit", "--quiet", "--allow-empty", "--message", "x"]);
    folder.git(&["-c", "advice.addEmbeddedRepo=false", "add", "inner"]);
    folder.write("x", token("prod"));
    folder.git(&["add", "x"]);
    assert_eq!(folder.found(STAGED), ["x token"]);
}

#[test]
fn outside_of_a_work_tree_nothing_can_be_staged() {
    let folder = Folder::new();
    let told = folder.scan(STAGED);
    assert_eq!((told.code, told.out.as_str()), (64, ""), "{told:?}");
    assert!(told.err.contains("not in a git work tree"), "{told:?}");
    folder.git(&["init", "--quiet", "--bare", "bare.git"]);
    let mut scan = folder.scanner(STAGED);
    let told = self::told(scan.current_dir(folder.inside.join("bare.git")).output().unwrap());
    assert_eq!(told.code, 64, "{told:?}");
    assert_eq!(folder.scan(&["--staged", "--no-ignore"]).code, 64);
}

#[test]
fn without_git_it_says_so() {
    let folder = Folder::repository();
    folder.write("x", token("prod"));
    folder.write(".env", "");
    let without = |arguments: &[&str]| {
        told(folder.scanner(arguments).env("PATH", "/nowhere").output().unwrap())
    };
    let told = without(STAGED);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.err.contains("git is not installed"), "{told:?}");
    let told = without(&[]);
    assert_eq!(told.code, 2, "a tree needs no git: {told:?}");
    assert_eq!(told.out.lines().count(), 2, "{told:?}");
    assert!(told.err.contains("note: .: files that are tracked"), "{told:?}");
    assert!(told.err.contains(".env files are told of that git may ignore"), "{told:?}");
}

/// Settings of a repository may name programs; a scan of a strange one must not run them.
#[test]
fn nothing_that_a_repository_names_is_run() {
    let folder = Folder::repository();
    let proof = folder.inside.join("../ran");
    let program = format!("touch {}", proof.display());
    for name in ["core.fsmonitor", "diff.external", "core.pager", "pager.diff", "diff.x.textconv"] {
        folder.git(&["config", name, &program]);
    }
    folder.write(".gitattributes", "* diff=x\n");
    folder.write("x", token("prod"));
    folder.write(".env", "");
    folder.git(&["-c", "core.fsmonitor=false", "add", "--all"]);
    assert_eq!(folder.found(STAGED).len(), 2);
    assert_eq!(folder.found(&[]).len(), 2);
    assert!(!proof.exists());
    folder.try_git(&["status"]);
    assert!(proof.exists(), "the trap works");
}
