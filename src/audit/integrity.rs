//! What can be wrong with a record.

use std::fmt;

/// The first record that is not as it was written. Nothing is said of the records behind it, since
/// they are chained to it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("record {seq}: {problem}")]
pub struct FirstBad {
    /// Its sequence number, or the one that should be there.
    pub seq: i64,
    /// What is wrong.
    pub problem: IntegrityError,
}

/// What is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntegrityError {
    /// It is not there; the next one that is has this number.
    Missing(i64),
    /// It is there although its number was given to another one already, or to none. Its content
    /// may be in order all the same.
    Inserted,
    /// It does not follow the record before it: one of the two was changed, moved or exchanged.
    /// Which of the two it was cannot be told from here.
    Unlinked,
    /// Its hash does not fit its content.
    Changed,
    /// Its content is no record that is known here.
    Unreadable(Box<str>),
    /// This searchable column does not say what its content says. The hash does not cover columns,
    /// so the chain is whole all the same.
    Column(&'static str),
    /// Records up to this one were committed, but it and those after it are not there. The records
    /// before it are good.
    EndMissing(u64),
    /// It ends the chain, but another record was committed in its place.
    EndExchanged,
    /// It and all up to this one are not there, and no signed segment says that they left.
    BeginsLate(u64),
    /// It is not the one that was signed as the last of its segment.
    OtherThanArchived,
    /// Of the segment from here to this record, a change that the database keeps was taken away, added or
    /// exchanged.
    KeptChanged(u64),
}

impl IntegrityError {
    /// Says whether all records before it were looked at and are good, and none are behind it.
    pub(super) fn is_of_the_end(&self) -> bool {
        matches!(self, Self::EndMissing(_) | Self::EndExchanged)
    }
}

impl fmt::Display for IntegrityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(next) => write!(f, "missing, the next one is {next}"),
            Self::Inserted => f.write_str("inserted, its number is not its own"),
            Self::Unlinked => f.write_str("does not follow the record before it"),
            Self::Changed => f.write_str("changed, its hash does not fit its content"),
            Self::Unreadable(why) => write!(f, "cannot be read: {why}"),
            Self::Column(name) => write!(f, "column '{name}' does not say what its content says"),
            Self::EndMissing(last) => write!(f, "missing, and all after it up to {last}"),
            Self::EndExchanged => f.write_str("is not the record that was committed last"),
            Self::BeginsLate(last) => write!(
                f,
                "missing, and all up to {last}; no signed segment says that they left the database"
            ),
            Self::OtherThanArchived => {
                f.write_str("is not the record that was signed as the last of its segment")
            }
            Self::KeptChanged(last) => write!(
                f,
                "of the segment from here to {last}, a change that the database keeps was taken away, \
                 added or exchanged"
            ),
        }
    }
}
