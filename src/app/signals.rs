//! SIGTERM and SIGINT: the first asks to finish, the second to end now.

use std::io;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that end the process.
///
/// From then on these signals no longer end the process by themselves.
#[derive(Debug)]
pub struct Signals {
    /// SIGTERM.
    terminate: Signal,
    /// SIGINT.
    interrupt: Signal,
}

impl Signals {
    /// Listens to SIGTERM and SIGINT from now on.
    pub fn listen() -> io::Result<Self> {
        let terminate = signal(SignalKind::terminate())?;
        Ok(Self { terminate, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for the next of them.
    ///
    /// May be dropped and called again: a signal in between is not lost.
    pub async fn next(&mut self) -> EndSignal {
        tokio::select! {
            _ = self.terminate.recv() => EndSignal::Terminate,
            _ = self.interrupt.recv() => EndSignal::Interrupt,
        }
    }
}

/// A signal that ends the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndSignal {
    /// SIGTERM.
    Terminate,
    /// SIGINT.
    Interrupt,
}

impl EndSignal {
    /// Returns the exit code by which shells tell of a process that the signal ended.
    ///
    /// It is 128 and the signal's number.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Terminate => 143,
            Self::Interrupt => 130,
        }
    }
}
