//! Trees of files.

use super::{Folder, folder::told, token};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use std::{
    ffi::OsStr,
    fs,
    io::Write,
    os::unix::{ffi::OsStrExt, fs::symlink},
    path::Path,
    process::Stdio,
};

#[test]
fn a_clean_tree_is_told_to_be_clean() {
    let folder = Folder::new();
    folder.write("a/b.txt", "idg_prod_… is how a token starts");
    let told = folder.scan(&[]).good();
    assert_eq!(told.out, "");
    assert!(told.err.starts_with("nothing found in 1 file, "), "{told:?}");
}

#[test]
fn what_is_found_is_told_with_its_place_and_never_whole() {
    let folder = Folder::new();
    let token = token("prod");
    folder.write("src/app.py", format!("import x\n\nkey = \"{token}\"\n"));
    let key = "q3ZfB7nK1xVtP9dLs5GhW2rYjM8cXe4oUv6TbQ0i";
    folder.write("docker.env", format!("IDEOGRAM_API_KEY={key}\n"));
    let told = folder.scan(&["."]);
    assert_eq!(told.code, 2, "{told:?}");
    let end = &token[token.len() - 4..];
    let lines = format!(
        "docker.env:1:18: likely a key of Ideogram's: IDEOGRAM_API_KEY = q3Zf…bQ0i\n\
         src/app.py:3:8: token for prod: idg_prod_…{end}\n"
    );
    assert_eq!(told.out, lines);
    assert!(told.err.contains("ideogate token revoke tok_…"), "{told:?}");
    assert!(told.err.contains("2 found in 2 files"), "{told:?}");
    let json = folder.scan(&[".", "--output", "json"]);
    assert_eq!((json.code, json.err.as_str()), (2, ""));
    let report = json.json();
    assert_eq!(report["scanned"]["files"], 2);
    assert!(report["scanned"]["seconds"].as_f64().unwrap() > 0.0);
    assert_eq!(report["unread"].as_array().unwrap().len(), 0);
    let [likely, certain] = &report["findings"].as_array().unwrap()[..] else { panic!("{json:?}") };
    assert_eq!((&likely["certainty"], &likely["line"]), (&"likely".into(), &1.into()));
    assert_eq!(
        (&certain["certainty"], &certain["environment"]),
        (&"certain".into(), &"prod".into())
    );
    for told in [told.out + &told.err, json.out] {
        assert!(!told.contains(&token["idg_prod_".len()..][..8]) && !told.contains(&key[..5]));
        assert!(!told.contains(&token[token.len() - 5..]) && !told.contains(&key[key.len() - 5..]));
    }
}

#[test]
fn files_that_git_ignores_are_left_alone_unless_asked_for() {
    let folder = Folder::repository();
    let token = token("prod");
    fs::write(folder.inside.join("../.gitconfig"), "[core]\nexcludesFile = ~/everywhere\n")
        .unwrap();
    fs::write(folder.inside.join("../everywhere"), "global.txt\n").unwrap();
    folder.write(".gitignore", "*.log\nbuild/\n!kept.log\n");
    folder.write("a/.gitignore", "local.txt\n");
    folder.write(".git/info/exclude", "mine.txt\n");
    let ignored = ["x.log", "build/x", "a/b/x.log", "a/local.txt", "mine.txt", "global.txt"];
    let looked_at = ["kept.log", "local.txt", "a/x.txt", ".hidden/.x"];
    for path in ignored.iter().chain(&looked_at) {
        folder.write(path, &token);
    }
    let expected = [".hidden/.x token", "a/x.txt token", "kept.log token", "local.txt token"];
    assert_eq!(folder.found(&[]), expected);
    assert_eq!(folder.found(&["--no-ignore"]).len(), ignored.len() + looked_at.len());
    assert_eq!(folder.found(&["x.log"]), ["x.log token"], "asked for by name");
}

#[test]
fn files_that_git_tracks_are_looked_at_although_ignored() {
    let folder = Folder::repository();
    folder.write("inner/deep/tracked.log", token("prod"));
    folder.write("inner/gone.log", token("prod"));
    folder.commit();
    folder.write(".gitignore", "*.log\n");
    folder.write("inner/deep/untracked.log", token("prod"));
    fs::remove_file(folder.inside.join("inner/gone.log")).unwrap();
    assert_eq!(folder.found(&[]), ["inner/deep/tracked.log token"]);
    assert_eq!(folder.found(&["inner"]), ["inner/deep/tracked.log token"]);
    let mut outside = folder.scanner(&["work", "--output", "json"]);
    let told = told(outside.current_dir(folder.inside.join("..")).output().unwrap());
    assert!(told.out.contains("work/inner/deep/tracked.log"), "{told:?}");
}

/// A hook tells git by variables which repository and index it works on; a tree is another matter.
#[test]
fn the_variables_of_a_hook_mislead_nobody() {
    let (folder, other) = (Folder::repository(), Folder::repository());
    folder.write("tracked.log", token("prod"));
    folder.commit();
    folder.write(".gitignore", "*.log\n.env\n");
    folder.write(".env", "");
    let mut scan = folder.scanner(&[]);
    let elsewhere = other.inside.join(".git");
    scan.env("GIT_DIR", &elsewhere).env("GIT_INDEX_FILE", elsewhere.join("index"));
    let told = told(scan.env("GIT_WORK_TREE", &other.inside).output().unwrap());
    assert!(told.out.starts_with("tracked.log:1:1: ") && !told.out.contains(".env"), "{told:?}");
    assert!(!told.err.contains("note: "), "{told:?}");
}

#[test]
fn files_for_other_search_tools_hide_nothing() {
    let folder = Folder::repository();
    folder.write(".ignore", "x.txt\n");
    folder.write(".rgignore", "x.txt\n");
    folder.write("x.txt", token("prod"));
    assert_eq!(folder.found(&[]), ["x.txt token"]);
}

#[test]
fn what_git_keeps_for_itself_is_not_looked_at() {
    let folder = Folder::repository();
    folder.write(".git/hooks/note", token("prod"));
    folder.write("inner/.git/note", token("prod"));
    assert!(folder.found(&["--no-ignore"]).is_empty());
}

#[test]
fn what_cannot_be_read_is_told_and_stops_nothing() {
    let folder = Folder::new();
    folder.write("good", "good");
    let told = folder.scan(&["missing", "good"]);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.err.contains("not read: missing: No such file or directory\n"), "{told:?}");
    assert!(told.err.contains("nothing found in 1 file"), "{told:?}");
    folder.write("bad", token("prod"));
    let told = folder.scan(&["missing", "bad", "--output", "json"]);
    assert_eq!(told.code, 2, "{told:?}");
    assert_eq!(told.json()["unread"][0]["path"], "missing");
    assert_eq!(told.json()["findings"][0]["path"], "bad");
}

#[test]
fn pipes_and_links_are_not_followed() {
    let folder = Folder::new();
    folder.write("inner/x", token("prod"));
    symlink(".", folder.inside.join("inner/loop")).unwrap();
    symlink("x", folder.inside.join("inner/link")).unwrap();
    symlink("/etc", folder.inside.join("inner/etc")).unwrap();
    let pipe = folder.inside.join("inner/pipe");
    mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    assert_eq!(folder.found(&[]), ["inner/x token"]);
}

#[test]
fn a_path_given_twice_is_told_of_once() {
    let folder = Folder::new();
    folder.write("inner/x", token("prod"));
    assert_eq!(folder.found(&[".", "inner", "./inner/x"]), ["inner/x token"]);
}

#[test]
fn the_order_is_always_the_same() {
    let folder = Folder::new();
    for place in 0..40 {
        folder.write(format!("{}/{place}", place % 7), token("prod"));
    }
    let first = folder.found(&[]);
    assert_eq!(first.len(), 40);
    assert!(first.is_sorted());
    for _ in 0..5 {
        assert_eq!(folder.found(&[]), first);
    }
}

#[test]
fn odd_names_are_no_obstacle_and_steer_no_terminal() {
    let folder = Folder::new();
    let odd = [&b"new\nline"[..], b"no\xffutf", b"-x", b"\x1b[2J", b"a b", b"idg_prod_"];
    for name in odd {
        folder.write(Path::new(OsStr::from_bytes(name)), token("prod"));
    }
    assert_eq!(folder.found(&[]).len(), odd.len());
    let mut scan = folder.scanner(&[]);
    let output = scan.output().unwrap();
    assert!(!output.stdout.contains(&0x1b), "{output:?}");
}

#[test]
fn what_comes_in_on_stdin_is_looked_at() {
    let folder = Folder::new();
    let mut scan = folder.scanner(&["-"]);
    let scan = scan.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut scan = scan.spawn().unwrap();
    let text = format!("-a\n+{}\n", token("dev"));
    scan.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let told = told(scan.wait_with_output().unwrap());
    assert_eq!(told.code, 2, "{told:?}");
    assert!(told.out.starts_with("-:2:2: token for dev: idg_dev_…"), "{told:?}");
}

#[test]
fn the_sources_of_ideogate_hold_no_secret() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = fs::read_dir(top).unwrap().map(|entry| entry.unwrap().path());
    let own = entries.filter(|path| !path.ends_with("target") && !path.ends_with(".git"));
    let own: Vec<_> = own.map(|path| path.to_str().unwrap().to_owned()).collect();
    let own: Vec<_> = own.iter().map(String::as_str).collect();
    let told = Folder::new().scan(&own).good();
    assert_eq!(told.out, "", "{told:?}");
}
