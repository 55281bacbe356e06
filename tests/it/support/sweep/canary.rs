//! What must not be seen, and where it may be all the same.

/// A secret that a test used, in the thread of that test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Canary {
    pub(crate) kind: Kind,
    pub(crate) text: Vec<u8>,
}

/// What kind of secret it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Ideogram's real key.
    Key,
    /// A client's token.
    Token,
    /// An operator's token.
    OperatorToken,
    /// What webhooks are signed with.
    WebhookSecret,
    /// The content of one of the gateway's own key files.
    KeyFile,
    /// A client's `Idempotency-Key`.
    IdempotencyKey,
    /// The text of a prompt.
    Prompt,
    /// What makes a link to a picture good.
    SignedLink,
    /// The end user, as an app asserts it.
    EndUser,
}

/// Where a secret might be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sink {
    /// The log, at TRACE and from all libraries; stderr of the binary.
    Log,
    /// Stdout of the binary.
    Stdout,
    /// What a command printed.
    Command,
    /// The records, as they are read back.
    Audit,
    /// A file of the data folder, byte for byte: database, WAL, spill, kept answers, and whatever is new.
    File,
    /// Bodies that wait on disk without a name.
    Spooled,
    /// `/metrics`.
    Metrics,
    /// An answer that the gateway made.
    Own,
    /// An answer of Ideogram's that was passed on.
    Passed,
    /// An answer of the control plane.
    Admin,
    /// The arguments of the process, which everyone on the machine can read.
    Arguments,
}

impl Kind {
    /// Says whether it is no leak in a sink. What is not named here may be nowhere.
    pub(crate) fn may_be_in(self, sink: Sink) -> bool {
        match self {
            Self::Key
            | Self::Token
            | Self::OperatorToken
            | Self::WebhookSecret
            | Self::KeyFile
            | Self::IdempotencyKey => false,
            // Ideogram repeats prompts and gives links; both are the client's own.
            Self::Prompt | Self::SignedLink => matches!(sink, Sink::Passed | Sink::Spooled),
            // Operators may ask who it is; the record itself, and all files, have an id in its place.
            Self::EndUser => matches!(sink, Sink::Command | Sink::Admin),
        }
    }
}
