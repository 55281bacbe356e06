//! Where a process writes, when nobody may be there to read.

use super::{Binary, Home, Ready, tee::Tee};
use rustix::fs::OFlags;
use std::{
    fs::File,
    io::{PipeReader, PipeWriter, Write},
    net::TcpListener,
    os::{fd::AsRawFd, unix::fs::OpenOptionsExt},
    process::Stdio,
};
use tempfile::NamedTempFile;

/// What becomes of the reader of a stdout or stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is gone.
    Gone,
    /// It is there and does not read, and the pipe is full.
    Stalled,
    /// It is a device that takes nothing.
    Full,
}

/// A stdout or stderr whose reader is in the test's hands.
#[derive(Debug)]
pub(crate) struct Outlet {
    fate: Fate,
    reader: Option<PipeReader>,
    writer: PipeWriter,
}

impl Outlet {
    /// Returns a pipe that is well so far.
    pub(crate) fn new(fate: Fate) -> Self {
        let (reader, writer) = std::io::pipe().unwrap();
        Self { fate, reader: Some(reader), writer }
    }

    /// Returns what the process is to write to.
    pub(crate) fn end(&self) -> Stdio {
        match self.fate {
            Fate::Full => File::options().write(true).open("/dev/full").unwrap().into(),
            Fate::Gone | Fate::Stalled => self.writer.try_clone().unwrap().into(),
        }
    }

    /// Lets its fate come.
    pub(crate) fn spoil(&mut self) {
        match self.fate {
            Fate::Gone => drop(self.reader.take()),
            Fate::Stalled => self.fill(),
            Fate::Full => {}
        }
    }

    /// Reads what is in it, and no more than that.
    pub(crate) fn into_reader(self) -> PipeReader {
        self.reader.unwrap()
    }

    /// Fills the pipe, by another way of opening it: that of the process must go on to wait.
    fn fill(&self) {
        let path = format!("/proc/self/fd/{}", self.writer.as_raw_fd());
        let flags = i32::try_from(OFlags::NONBLOCK.bits()).unwrap();
        let mut writer = File::options().write(true).custom_flags(flags).open(path).unwrap();
        while writer.write(b"\n").is_ok() {}
    }
}

impl Home {
    /// Sets the ports beforehand, for gateways that cannot tell them.
    pub(crate) fn fix_ports(&self) -> Ready {
        let free = || TcpListener::bind("127.0.0.1:0").unwrap();
        let listeners = [free(), free()];
        let [proxy, admin] = listeners.each_ref().map(|one| one.local_addr().unwrap());
        self.change(&format!("[listen]\nproxy = \"{proxy}\"\nadmin = \"{admin}\"\n"));
        Ready {
            proxy: format!("http://{proxy}"),
            admin: format!("http://{admin}"),
            socket: self.data().join("admin.sock").display().to_string(),
        }
    }

    /// Starts a command that writes there, and does not wait.
    pub(crate) fn begin_into(
        &self,
        arguments: &[&str],
        stdout: Option<Stdio>,
        stderr: Option<Stdio>,
    ) -> Binary {
        let log = NamedTempFile::new().unwrap();
        let (out, end) = Tee::new();
        let mut command = self.process(arguments);
        command.stdout(stdout.unwrap_or_else(|| end.into()));
        command.stderr(stderr.unwrap_or_else(|| log.reopen().unwrap().into()));
        let child = command.spawn().unwrap();
        let (data, is_searched) = (self.data(), self.is_searched);
        Binary { ready: Ready::default(), child, out, log, data, is_searched }
    }
}
