//! What a service manager does for a gateway: it holds sockets, and hands them to one process after another.

use super::{Binary, Home, Ready, tee::Tee};
use std::{
    net::{SocketAddr, TcpListener},
    os::fd::OwnedFd,
    process::Stdio,
};
use tempfile::NamedTempFile;

/// Two sockets that listen as long as this lives, whoever else has them.
#[derive(Debug)]
pub(crate) struct Sockets([TcpListener; 2]);

impl Sockets {
    /// Opens them on free ports.
    pub(crate) fn open() -> Self {
        Self([(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap()))
    }

    /// Returns where they are.
    pub(crate) fn addresses(&self) -> [SocketAddr; 2] {
        self.0.each_ref().map(|socket| socket.local_addr().unwrap())
    }

    /// Returns copies to hand over.
    pub(crate) fn copies(&self) -> [OwnedFd; 2] {
        self.0.each_ref().map(|socket| socket.try_clone().unwrap().into())
    }
}

impl Home {
    /// Starts the gateway with what is handed over, which has these names, and does not wait.
    ///
    /// Stdin and stderr of a shell bring it, which moves them to where sockets are looked for: nothing that is
    /// handed over leaks into another process.
    pub(crate) fn begin_with_sockets(&self, names: &str, given: [Option<OwnedFd>; 2]) -> Binary {
        let count = given.iter().flatten().count();
        let script = format!(
            "exec 3<&0 4<&2 </dev/null 2>>\"$1\"; shift; \
             LISTEN_PID=$$ LISTEN_FDS={count} LISTEN_FDNAMES={names} exec \"$@\""
        );
        let log = NamedTempFile::new().unwrap();
        let (path, file) = (log.path().to_str().unwrap(), self.file());
        let gateway = [env!("CARGO_BIN_EXE_ideogate"), "serve", "--config", file.to_str().unwrap()];
        let mut command =
            self.program("/bin/sh", &[&["-c", &script, "sh", path], &gateway[..]].concat());
        let [stdin, stderr] = given.map(|given| given.map_or_else(Stdio::null, Stdio::from));
        let (out, end) = Tee::new();
        let child = command.stdin(stdin).stderr(stderr).stdout(end).spawn().unwrap();
        let (data, is_searched) = (self.data(), self.is_searched);
        Binary { ready: Ready::default(), child, out, log, data, is_searched }
    }

    /// Starts the gateway with both sockets, and waits until it is ready.
    pub(crate) async fn start_with_sockets(&self, names: &str, sockets: &Sockets) -> Binary {
        self.begin_with_sockets(names, sockets.copies().map(Some)).get_ready().await
    }
}
