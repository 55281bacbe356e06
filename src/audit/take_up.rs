//! A log is taken up only if its record may begin where it does.

use super::{
    beginning::begins_lawfully,
    trust::{LogResumption, Notary, ResumeError},
};
use std::slice::from_ref;

/// Takes up a log where an earlier run left it, and returns who signs from now on.
///
/// Fails where records are missing at the beginning and are not in segments that this key signed, and where
/// the record is not the one that was signed last. Quick: it looks at one record. Blocks.
pub fn take_up(log: &LogResumption<'_>) -> Result<Notary, ResumeError> {
    let notary = log.notary()?;
    let (base, segments) = (log.reader.base()?.head, log.reader.segments()?);
    if begins_lawfully(base, &segments, from_ref(notary.key())) {
        Ok(notary)
    } else {
        Err(ResumeError::BeginsUnproven(base.seq))
    }
}
