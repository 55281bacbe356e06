//! What can be seen of a process from outside.

use super::{Leak, Sink, desk, leaks_in};
use std::{
    fs::{self, File},
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    time::Duration,
};

/// Returns the leaks in the arguments of a process; none if it is gone.
pub(crate) fn arguments(process: u32) -> Vec<Leak> {
    let line = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    leaks_in(Sink::Arguments, "(of the process)", &line)
}

/// Returns the leaks in files below a folder that have no name any more, but are still open.
pub(crate) fn spooled(process: &str, folder: &Path) -> Vec<Leak> {
    let mut leaks = Vec::new();
    for path in spooled_files(process, folder) {
        if let Ok(file) = File::open(&path) {
            let name = path.display().to_string();
            leaks.extend(desk::sieve().leaks_in_file(&file, Sink::Spooled, &name).unwrap());
        }
    }
    leaks
}

/// Returns the ways to files that a process has open below a folder, and that have no name any more.
pub(crate) fn spooled_files(process: &str, folder: &Path) -> Vec<PathBuf> {
    let Ok(open) = fs::read_dir(format!("/proc/{process}/fd")) else { return Vec::new() };
    let is_spooled = |path: &PathBuf| {
        let name = fs::read_link(path).unwrap_or_default();
        name.starts_with(folder) && name.to_string_lossy().ends_with("(deleted)")
    };
    open.filter_map(Result::ok).map(|entry| entry.path()).filter(is_spooled).collect()
}

/// Returns `/metrics` of a gateway as it comes, if it answers.
pub(crate) fn metrics(admin: &str) -> Option<Vec<u8>> {
    let address: SocketAddr = admin.strip_prefix("http://")?.parse().ok()?;
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(2))).ok()?;
    let request = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    Some(answer)
}

/// Says whether a process may write no core.
pub(crate) fn cannot_dump(process: u32) -> bool {
    let limits = fs::read_to_string(format!("/proc/{process}/limits")).unwrap_or_default();
    let mut core = limits.lines().filter_map(|line| line.strip_prefix("Max core file size"));
    core.next().is_some_and(|line| line.split_whitespace().take(2).eq(["0", "0"]))
}
