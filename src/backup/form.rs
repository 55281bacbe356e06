//! The first line of a backup; the last one is [`SignedEnd`](crate::audit::packed::SignedEnd).

use super::{BackupProblem, MemberName};
use crate::{
    audit::{packed::form_version, trust::VerifierKey},
    domain::Timestamp,
    store::ChainHead,
};
use serde::{Deserialize, Serialize};

/// The version of this form. A reader refuses every other one.
const VERSION: u64 = 1;

/// The name of this form in the first line.
const FORM: &str = "ideogate_backup";

/// What a backup is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupSubject {
    /// When it was made, by the gateway's clock.
    pub made_at: Timestamp,
    /// The schema of its database.
    pub schema: u32,
    /// The key of the log, which signs it.
    pub key: VerifierKey,
    /// The last record in it.
    pub head: ChainHead,
    /// The last record that had left the database.
    pub base: ChainHead,
    /// Whether keys of the gateway's own may be in it.
    pub with_keys: bool,
}

/// A file in a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupMember {
    /// Which one.
    pub name: MemberName,
    /// How many bytes it has.
    pub bytes: u64,
    /// SHA-256 over them.
    pub sha256: [u8; 32],
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BackupHeader {
    ideogate_backup: u64,
    made_at: Timestamp,
    version: Box<str>,
    schema: u32,
    key: String,
    head: HeadLine,
    base: HeadLine,
    with_keys: bool,
    members: Vec<MemberLine>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadLine {
    seq: u64,
    hash: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberLine {
    name: String,
    bytes: u64,
    sha256: String,
}

impl BackupHeader {
    pub(super) fn of(subject: &BackupSubject, members: &[BackupMember]) -> Self {
        Self {
            ideogate_backup: VERSION,
            made_at: subject.made_at,
            version: env!("CARGO_PKG_VERSION").into(),
            schema: subject.schema,
            key: subject.key.to_string(),
            head: HeadLine::of(subject.head),
            base: HeadLine::of(subject.base),
            with_keys: subject.with_keys,
            members: members.iter().map(MemberLine::of).collect(),
        }
    }

    /// Reads a first line: what the backup is of, what is in it, and which version made it. The version of
    /// the form comes first, since another one may say anything else.
    pub(super) fn read(
        line: &str,
    ) -> Result<(BackupSubject, Vec<BackupMember>, Box<str>), BackupProblem> {
        let version = form_version(line, FORM).ok_or(BackupProblem::NotOne)?;
        if version != VERSION {
            return Err(BackupProblem::OtherVersion(version));
        }
        let header: Self = serde_json::from_str(line).map_err(|_| BackupProblem::NotOne)?;
        header.contents().ok_or(BackupProblem::NotOne)
    }

    fn contents(self) -> Option<(BackupSubject, Vec<BackupMember>, Box<str>)> {
        let subject = BackupSubject {
            made_at: self.made_at,
            schema: self.schema,
            key: self.key.parse().ok()?,
            head: self.head.read()?,
            base: self.base.read()?,
            with_keys: self.with_keys,
        };
        let members = self.members.iter().map(MemberLine::read).collect::<Option<Vec<_>>>()?;
        // In their order, so none is there twice.
        let is_in_order = members.is_sorted_by(|one, next| one.name < next.name);
        let begins = members.first().is_some_and(|first| first.name == MemberName::Database);
        let has_keys = members.iter().any(|member| member.name.is_private());
        let is_lawful = is_in_order && begins && (subject.with_keys || !has_keys);
        is_lawful.then_some((subject, members, self.version))
    }
}

impl HeadLine {
    fn of(head: ChainHead) -> Self {
        Self { seq: head.seq, hash: hex::encode(head.hash) }
    }

    fn read(&self) -> Option<ChainHead> {
        Some(ChainHead { seq: self.seq, hash: digest(&self.hash)? })
    }
}

impl MemberLine {
    fn of(member: &BackupMember) -> Self {
        let BackupMember { name, bytes, sha256 } = member;
        Self { name: name.file_name().into(), bytes: *bytes, sha256: hex::encode(sha256) }
    }

    fn read(&self) -> Option<BackupMember> {
        let (name, sha256) = (MemberName::find(&self.name)?, digest(&self.sha256)?);
        Some(BackupMember { name, bytes: self.bytes, sha256 })
    }
}

fn digest(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).ok().map(|()| bytes)
}
