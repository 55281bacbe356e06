//! A gateway that somebody else runs.

use super::{Binary, Home};
use std::{
    fs,
    os::unix::fs::{MetadataExt, chown},
    path::Path,
};
use tokio::process::{Child, Command};

/// Who runs it when the tests run as root, who may look into everything.
const SOMEBODY: u32 = 12_345;

impl Home {
    /// Starts the gateway as a user who is not root, and returns that user with it.
    pub(crate) async fn start_as_somebody(&self) -> (Binary, u32) {
        let me = fs::metadata("/proc/self").unwrap().uid();
        if me != 0 {
            return (self.start().await, me);
        }
        // A program that its user cannot read is protected by that alone.
        let program = self.path().join("ideogate");
        fs::copy(env!("CARGO_BIN_EXE_ideogate"), &program).unwrap();
        give_away(self.path(), SOMEBODY);
        let mut command = Command::new(program);
        command.args(["serve", "--config", self.file().to_str().unwrap()]).env_clear();
        command.envs(self.variables.iter().cloned()).current_dir(self.path()).kill_on_drop(true);
        command.uid(SOMEBODY).gid(SOMEBODY);
        (self.begin_with(command).get_ready().await, SOMEBODY)
    }

    /// Starts a process of that user that protects nothing.
    pub(crate) fn unprotected(user: u32) -> Child {
        let mut command = Command::new("/bin/sleep");
        command.arg("60").env_clear().current_dir("/").kill_on_drop(true);
        if user == SOMEBODY {
            command.uid(user).gid(user);
        }
        command.spawn().unwrap()
    }
}

fn give_away(path: &Path, user: u32) {
    chown(path, Some(user), Some(user)).unwrap();
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            give_away(&entry.unwrap().path(), user);
        }
    }
}
