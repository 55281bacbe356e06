//! A folder with what a test puts there, and perhaps a repository of git's.

use crate::support::Told;
use ideogate::tokens::PlainToken;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

/// A folder that is gone after the test.
#[derive(Debug)]
pub(super) struct Folder {
    dir: TempDir,
    /// Where commands are run.
    pub(super) inside: PathBuf,
}

/// Returns a token that is good, as they are made.
pub(super) fn token(environment: &str) -> String {
    PlainToken::mint(&environment.parse().unwrap()).unwrap().reveal().to_owned()
}

impl Folder {
    /// Returns an empty folder.
    pub(super) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let inside = dir.path().join("work");
        fs::create_dir(&inside).unwrap();
        Self { dir, inside }
    }

    /// Returns an empty repository.
    pub(super) fn repository() -> Self {
        let folder = Self::new();
        folder.git(&["init", "--quiet", "--initial-branch=main"]);
        folder
    }

    /// Writes a file, and the folders above it.
    pub(super) fn write(&self, path: impl AsRef<Path>, text: impl AsRef<[u8]>) {
        let path = self.inside.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir(&self.inside).env("HOME", self.dir.path());
        command.env("PATH", std::env::var_os("PATH").unwrap()).env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "a").env(format!("GIT_{who}_EMAIL"), "a@b");
        }
        command.stdin(Stdio::null());
        command
    }

    /// Runs git, which must succeed.
    pub(super) fn git(&self, arguments: &[&str]) -> String {
        let told = self.try_git(arguments);
        assert_eq!(told.code, 0, "{arguments:?} {told:?}");
        told.out
    }

    /// Runs git.
    pub(super) fn try_git(&self, arguments: &[&str]) -> Told {
        told(self.command("git").args(arguments).output().unwrap())
    }

    /// Runs lines of a shell with programs from these folders, which must succeed.
    pub(super) fn sh(&self, lines: &str, path: &str) {
        let told = self.try_sh(lines, path);
        assert_eq!(told.code, 0, "{lines} {told:?}");
    }

    /// Runs lines of a shell with programs from these folders.
    pub(super) fn try_sh(&self, lines: &str, path: &str) -> Told {
        told(self.command("sh").args(["-ec", lines]).env("PATH", path).output().unwrap())
    }

    /// Stages everything.
    pub(super) fn stage(&self) {
        self.git(&["add", "--all", "--force"]);
    }

    /// Commits everything.
    pub(super) fn commit(&self) {
        self.stage();
        self.git(&["commit", "--quiet", "--message", "x"]);
    }

    /// Returns the command that scans.
    pub(super) fn scanner(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_ideogate"));
        command.arg("scan").args(arguments);
        command
    }

    /// Scans.
    pub(super) fn scan(&self, arguments: &[&str]) -> Told {
        told(self.scanner(arguments).output().unwrap())
    }

    /// Scans, and returns where something was found and of which kind.
    pub(super) fn found(&self, arguments: &[&str]) -> Vec<String> {
        let told = self.scan(&[arguments, &["--output", "json"]].concat());
        let report = told.json();
        let found = report["findings"].as_array().unwrap();
        assert_eq!(told.code, if found.is_empty() { 0 } else { 2 }, "{told:?}");
        let line = |one: &serde_json::Value| {
            let text = |field: &str| one[field].as_str().unwrap().to_owned();
            format!("{} {}", text("path"), text("kind"))
        };
        found.iter().map(line).collect()
    }
}

pub(super) fn told(output: Output) -> Told {
    Told {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
