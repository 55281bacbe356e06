//! The names of what is put on record.

use std::fmt;

macro_rules! actions {
    ($($(#[$docs:meta])* $variant:ident = $text:literal;)*) => {
        /// What a record says was done. Its text is on record for ever and never changes its
        /// meaning. What is on record as text may be none of these: a newer version wrote it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action { $($(#[$docs])* $variant,)* }

        impl Action {
            /// Every action there is, by what it is about.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Returns the action as it is on record.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Finds an action by its text; newer versions may have written others.
            pub fn find(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|action| action.as_str() == text)
            }
        }
    };
}

actions! {
    /// A call: what was intended, tried, and came of it.
    Call = "ideogram.api.call";
    /// An answer that nobody had received was given to an identical request.
    CallRecovered = "ideogram.api.recovered";
    /// An answer was given again under its idempotency key.
    CallReplayed = "ideogram.api.replayed";
    /// What a call cost was corrected by what Ideogram billed.
    CallSettled = "ideogram.api.settled";
    /// A generation ended after its call.
    GenerationEnded = "ideogram.generation";
    /// A webhook was verified and counted.
    WebhookReceived = "webhook.received";
    /// A webhook was not accepted.
    WebhookRefused = "webhook.refused";
    /// A token was made.
    TokenCreate = "token.create";
    /// A token may do more or less, for longer or shorter, or is called otherwise.
    TokenUpdate = "token.update";
    /// A token may do less, or for a shorter time.
    TokenReduce = "token.reduce";
    /// A token got a new secret.
    TokenRotate = "token.rotate";
    /// A disabled token works again.
    TokenEnable = "token.enable";
    /// A token does not work until it is enabled.
    TokenDisable = "token.disable";
    /// A token does not work any more.
    TokenRevoke = "token.revoke";
    /// A token that ended long ago was forgotten.
    TokenPrune = "token.prune";
    /// An operator was made.
    OperatorCreate = "operator.create";
    /// An operator's token got a new secret.
    OperatorRotate = "operator.rotate";
    /// An operator has another role.
    OperatorSetRole = "operator.set_role";
    /// A disabled operator may work again.
    OperatorEnable = "operator.enable";
    /// An operator may do nothing until it is enabled.
    OperatorDisable = "operator.disable";
    /// An operator may do nothing any more.
    OperatorRevoke = "operator.revoke";
    /// A key of Ideogram's was taken into service.
    KeyAdopt = "key.adopt";
    /// Nobody uses a key any more.
    KeyRetired = "key.retired";
    /// A key was not taken into service.
    KeyRefused = "key.refused";
    /// Ideogram rejects the key in service.
    KeyRejected = "key.rejected";
    /// What is on an account; the last record holds.
    BalanceChange = "account.balance";
    /// The user that an account's webhooks are signed for became known.
    WebhookUser = "account.webhook_user";
    /// The places of a call were given back by hand.
    QueueRelease = "queue.release";
    /// Other settings were put in force.
    ConfigReload = "config.reload";
    /// No new call is let through.
    QueuePause = "queue.pause";
    /// Calls are let through again.
    QueueResume = "queue.resume";
    /// A call of unknown outcome counts as not billed.
    UsageWriteOff = "usage.write_off";
    /// A call that was written off counts again.
    UsageWriteOffUndo = "usage.write_off_undo";
    /// The record was exported.
    AuditExport = "audit.export";
    /// An older copy of the record was accepted as the record.
    AuditAcceptRestore = "audit.accept_restore";
    /// The record was restored from a backup, and as much of what came after it as was known.
    AuditRestore = "audit.restore";
    /// Who an end user is was removed; the record goes on naming their id.
    PersonForget = "person.forget";
    /// Records were moved from the database into a segment.
    AuditArchive = "audit.archive";
    /// A segment was deleted.
    AuditSegmentDelete = "audit.segment_delete";
    /// A backup was made.
    BackupCreate = "backup.create";
    /// A request of the control plane was refused.
    AdminRequest = "admin.request";
    /// The database can be written again.
    StoreRecovered = "store.recovered";
}

impl Action {
    /// Says whether the database keeps such a change for ever, also when its record is in a segment: a
    /// start or a report needs it however old it is.
    pub const fn is_kept(self) -> bool {
        // All are named, so that whoever adds one has to decide. What was decided stays: what is signed
        // of a segment counts those that are kept.
        match self {
            Self::KeyAdopt
            | Self::KeyRetired
            | Self::KeyRejected
            | Self::BalanceChange
            | Self::WebhookUser
            | Self::QueuePause
            | Self::QueueResume
            | Self::AuditAcceptRestore
            | Self::AuditRestore
            | Self::PersonForget
            | Self::AuditArchive
            | Self::AuditSegmentDelete
            | Self::BackupCreate => true,
            Self::Call
            | Self::CallRecovered
            | Self::CallReplayed
            | Self::CallSettled
            | Self::GenerationEnded
            | Self::WebhookReceived
            | Self::WebhookRefused
            | Self::TokenCreate
            | Self::TokenUpdate
            | Self::TokenReduce
            | Self::TokenRotate
            | Self::TokenEnable
            | Self::TokenDisable
            | Self::TokenRevoke
            | Self::TokenPrune
            | Self::ConfigReload
            | Self::OperatorCreate
            | Self::OperatorRotate
            | Self::OperatorSetRole
            | Self::OperatorEnable
            | Self::OperatorDisable
            | Self::OperatorRevoke
            | Self::KeyRefused
            | Self::QueueRelease
            | Self::UsageWriteOff
            | Self::UsageWriteOffUndo
            | Self::AuditExport
            | Self::AdminRequest
            | Self::StoreRecovered => false,
        }
    }

    /// Says whether it takes something away: a right, a secret, a place. A database that is nearly full
    /// still takes its record.
    pub const fn takes_away(self) -> bool {
        matches!(
            self,
            Self::TokenReduce
                | Self::TokenRotate
                | Self::TokenDisable
                | Self::TokenRevoke
                | Self::OperatorRotate
                | Self::OperatorSetRole
                | Self::OperatorDisable
                | Self::OperatorRevoke
                | Self::KeyRetired
                | Self::KeyRejected
                | Self::QueueRelease
                | Self::QueuePause
                | Self::PersonForget
                | Self::AuditArchive
                | Self::AuditSegmentDelete
        )
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Action> for Box<str> {
    fn from(action: Action) -> Self {
        action.as_str().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_actions_are_written_alike() {
        let texts: BTreeSet<_> = Action::ALL.iter().map(|action| action.as_str()).collect();
        assert_eq!(texts.len(), Action::ALL.len());
    }
}
