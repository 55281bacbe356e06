//! How a delivery goes otherwise.

use serde::{Deserialize, Serialize};

/// How the webhook of a scripted call goes, other than usual.
///
/// All else about the delivery is as usual, the further tries included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Twist {
    /// It is not sent.
    Never,
    /// It is sent before the call is answered; with [`Act::Hold`](crate::simulator::Act::Hold) the
    /// answer waits for `release`.
    Early,
    /// It is sent so many milliseconds after the work has ended.
    Late {
        /// The milliseconds.
        by_ms: u64,
    },
    /// It is sent once more after it was accepted.
    Twice,
    /// Its signature is of something else.
    WrongSignature,
    /// It names, and is signed for, another user.
    OtherUser,
}
