//! Our key in an answer of Ideogram's: overwritten by then, and a reason to look into it.

use super::Calls;
use crate::{domain::AccountName, upstream::UpstreamAnswer};

impl Calls {
    /// Counts an answer that held our key, and says whether it did.
    pub(super) fn note_echo(&self, account: &AccountName, answer: &UpstreamAnswer) -> bool {
        if answer.echoed_key {
            self.services().metrics.key_echoed(account);
        }
        answer.echoed_key
    }
}
