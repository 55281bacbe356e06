//! What goes wrong in ways that scripts tell apart.
//!
//! Scripts tell failures apart by exit codes; the words may change.

use super::options::option_of;
use crate::{admin::Problem, config::FieldErrors};
use std::io;

/// A fault in the settings or in how the command was used; from `sysexits.h`.
pub(super) const USAGE: u8 = 64;
/// The gateway cannot be reached; from `sysexits.h` too.
const UNAVAILABLE: u8 = 69;
/// Anything else that failed.
const FAILURE: u8 = 1;
/// Something was found: a bad record, a failed check.
pub(super) const FINDING: u8 = 2;

/// A failure with an exit code of its own.
///
/// Its words say what to do. They hold no secret.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    /// The settings hold mistakes.
    #[error("{0}")]
    Settings(FieldErrors),
    /// The command was used in a way that makes no sense.
    #[error("{0}")]
    Usage(String),
    /// What was given is not what it should be: a file that was changed, or is another's.
    #[error("{0}")]
    Bad(String),
    /// Nobody answers.
    #[error(
        "no answer from {at} ({said}): is the gateway running? start it with `ideogate serve`, or \
         say where it is with --admin"
    )]
    Unreachable {
        /// The socket or URL.
        at: String,
        /// What the system said.
        said: String,
    },
    /// What answers is no gateway, or one of another version.
    #[error(
        "{at} gave an answer that is not an ideogate gateway's: look at --admin or --url, and at the \
         versions of the two"
    )]
    NoGateway {
        /// The socket or URL.
        at: String,
    },
    /// Somebody answers whose certificate is not believed.
    #[error(
        "the certificate of {at} is not trusted ({said}): if a private authority vouches for it, \
         give that with --admin-ca FILE or IDEOGATE_ADMIN_CA"
    )]
    Untrusted {
        /// The URL.
        at: String,
        /// Why it is not.
        said: String,
    },
    /// The socket is there, and this user may not open it.
    #[error("{at} may not be opened by this user: use the user that the gateway runs as")]
    Forbidden {
        /// The socket.
        at: String,
    },
    /// The gateway refused.
    #[error("{}", describe(.0))]
    Refused(Box<Problem>),
}

impl CliError {
    /// Returns the exit code.
    ///
    /// A refusal for a mistake in what was given is 64, like any other mistake in use.
    pub(super) fn exit_code(&self) -> u8 {
        match self {
            Self::Settings(_) | Self::Usage(_) => USAGE,
            Self::Bad(_) => FINDING,
            Self::Unreachable { .. }
            | Self::NoGateway { .. }
            | Self::Untrusted { .. }
            | Self::Forbidden { .. } => UNAVAILABLE,
            Self::Refused(problem) if problem.status == 422 => USAGE,
            Self::Refused(_) => FAILURE,
        }
    }
}

impl CliError {
    /// Returns the exit code of a gateway that cannot be reached, if that is what went wrong.
    ///
    /// `None` for any other failure.
    pub(super) fn unavailable(&self) -> Option<u8> {
        Some(self.exit_code()).filter(|code| *code == UNAVAILABLE)
    }
}

/// Returns what a gateway says of a refusal, with every mistake on a line of its own.
fn describe(problem: &Problem) -> String {
    // Keys of settings are told as they are written, with their values and lines.
    if *problem.code == *Problem::SETTINGS_INVALID {
        return format!("{}:\n{}", problem.title, problem.detail);
    }
    if problem.mistakes.is_empty() {
        return format!("{}: {}", problem.title, problem.detail);
    }
    let line = |mistake: &crate::tokens::RequestError| {
        format!("\n  {}: {}", option_of(&mistake.field), mistake.problem)
    };
    let lines: String = problem.mistakes.iter().map(line).collect();
    format!("{}:{lines}", problem.title)
}

/// Says whether the reader of our output went away, which is no failure of ours.
///
/// Such an end is silent, but not a success: it is 141.
pub(super) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let broken = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    // Only our own output counts: a connection that breaks is a failure.
    error.downcast_ref::<super::output::OutputError>().is_some_and(|error| broken(&error.0))
}
