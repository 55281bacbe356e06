//! The files that a backup may hold.

use crate::{
    audit::trust::{CheckpointFile, LAST_SIGNED_FILE, PUBLIC_FILE, SIGNING_FILE},
    store::{ANSWERS_KEY_FILE, DATABASE_FILE, PERSONS_KEY_FILE, TAGS_FILE},
};

/// A file of a data folder that a backup may hold. Those that hold a key of the gateway's own are in it only
/// when they were asked for; Ideogram's keys, settings and answers never are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MemberName {
    /// The database, as of one moment.
    Database,
    /// What signatures are checked with.
    PublicKey,
    /// The last checkpoint that was noted before that moment.
    LastSigned,
    /// The file of checkpoints, where it lies in the data folder.
    Checkpoints,
    /// What the record is signed with.
    SigningKey,
    /// What kept answers are sealed with.
    AnswersKey,
    /// What Ideogram's keys are known by.
    Tags,
    /// What end users' names are kept under.
    PersonsKey,
}

impl MemberName {
    /// All there are, in the order in which they are in a backup.
    pub const ALL: [Self; 8] = [
        Self::Database,
        Self::PublicKey,
        Self::LastSigned,
        Self::Checkpoints,
        Self::SigningKey,
        Self::AnswersKey,
        Self::Tags,
        Self::PersonsKey,
    ];

    /// Returns its name in the data folder.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Database => DATABASE_FILE,
            Self::PublicKey => PUBLIC_FILE,
            Self::LastSigned => LAST_SIGNED_FILE,
            Self::Checkpoints => CheckpointFile::USUAL,
            Self::SigningKey => SIGNING_FILE,
            Self::AnswersKey => ANSWERS_KEY_FILE,
            Self::Tags => TAGS_FILE,
            Self::PersonsKey => PERSONS_KEY_FILE,
        }
    }

    /// Finds a file by its name in the data folder.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|member| member.file_name() == name)
    }

    /// Says whether it holds a key of the gateway's own.
    pub const fn is_private(self) -> bool {
        matches!(self, Self::SigningKey | Self::AnswersKey | Self::Tags | Self::PersonsKey)
    }
}
