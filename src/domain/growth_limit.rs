//! How far what is written may fill a database that has a bound.

use super::{Action, AuditRecord, Bundle, Effect, RecordBody};

const MIB: u64 = 1024 * 1024;

/// The least bound there may be, in bytes: a quarter of it is kept back, and calls must have room beside that.
pub const LEAST_MAX_SIZE: u64 = 32 * MIB;

/// How far into the database's bound a bundle may go, from the nearest limit to the farthest. What is
/// begun by nobody's need stops first, so that what must be possible in a full database still is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GrowthLimit {
    /// Calls that are not sent yet, refusals, and whatever anybody can ask for again and again.
    Calls,
    /// Changes that operators and the gateway make.
    Changes,
    /// Changes that take something away: rights, secrets, places.
    TakingAway,
    /// What became of something that has happened. It is bounded by that, and never refused for its size.
    Owed,
}

impl GrowthLimit {
    /// Returns the bytes of the bound that are kept back from it.
    pub const fn kept_back(self) -> u64 {
        match self {
            Self::Calls => 8 * MIB,
            Self::Changes => 2 * MIB,
            Self::TakingAway => MIB / 2,
            Self::Owed => 0,
        }
    }
}

/// Returns how large calls may make a database with this bound; nothing where there is none.
pub const fn size_for_calls(max_size: u64) -> Option<u64> {
    match max_size {
        0 => None,
        most => Some(most.saturating_sub(GrowthLimit::Calls.kept_back())),
    }
}

impl Bundle {
    /// Returns how far into the database's bound it may go. A bundle that opens a call goes no farther than
    /// calls do, whatever else is in it; of others the part that may go farthest counts.
    pub fn growth_limit(&self) -> GrowthLimit {
        if self.effects.iter().any(|effect| matches!(effect, Effect::OpenCall(_))) {
            return GrowthLimit::Calls;
        }
        let records = self.records.iter().map(of_record);
        let effects = self.effects.iter().map(of_effect);
        // What is empty needs no room.
        records.chain(effects).max().unwrap_or(GrowthLimit::Owed)
    }
}

fn of_record(record: &AuditRecord) -> GrowthLimit {
    let action = Action::find(&record.action);
    match &record.body {
        RecordBody::Intent(_) | RecordBody::Refusal(_) | RecordBody::Summary(_) => {
            GrowthLimit::Calls
        }
        // An answer is given again as often as somebody asks for it.
        RecordBody::Outcome(_) if action == Some(Action::CallReplayed) => GrowthLimit::Calls,
        // Nothing was paid for, so that it may be refused.
        RecordBody::Outcome(outcome) if outcome.of.is_some() => GrowthLimit::Calls,
        RecordBody::Outcome(_) | RecordBody::Attempt(_) => GrowthLimit::Owed,
        RecordBody::Admin(_) => action.map_or(GrowthLimit::Changes, of_change),
    }
}

fn of_change(action: Action) -> GrowthLimit {
    match action {
        Action::AuditExport | Action::AdminRequest => GrowthLimit::Calls,
        // A start puts them on record, and must not fail for want of room.
        Action::KeyAdopt
        | Action::StoreRecovered
        | Action::AuditAcceptRestore
        | Action::AuditRestore => GrowthLimit::Owed,
        _ if action.takes_away() => GrowthLimit::TakingAway,
        _ => GrowthLimit::Changes,
    }
}

/// What is not named here goes as far as the record that tells of it.
fn of_effect(effect: &Effect) -> GrowthLimit {
    match effect {
        Effect::CloseCall(_)
        | Effect::EndClaim(..)
        | Effect::FreeClaim(_)
        | Effect::ExpireClaims(_)
        | Effect::Settle(..)
        | Effect::Images(..)
        | Effect::Delivered(_)
        | Effect::ReleasePlaces(_)
        | Effect::Bill(_)
        | Effect::SaveGeneration(_)
        | Effect::FinishGeneration(..)
        | Effect::ForgetSecrets(_)
        | Effect::NoteUses(_)
        | Effect::KeepDelivery(_)
        | Effect::PinVendorUser(_) => GrowthLimit::Owed,
        Effect::Notified(..) | Effect::ForgetNotified(_) => GrowthLimit::Changes,
        // They make room, and must not wait for it.
        Effect::KeepSegment(..)
        | Effect::MoveRecords(..)
        | Effect::DropSegment(..)
        | Effect::ResignSegment(..)
        | Effect::AcceptLost(_)
        | Effect::Shrink(_)
        | Effect::ForgetPerson(_) => GrowthLimit::TakingAway,
        _ => GrowthLimit::Calls,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Principal, Timestamp};
    use serde_json::Value;

    fn change(action: Action) -> Bundle {
        let (now, by) = (Timestamp::from_micros(0), Principal::Gateway);
        Bundle::record(AuditRecord::change(now, by, action, "x", Value::Null, Value::Null))
    }

    #[test]
    fn every_action_of_an_operator_has_its_limit() {
        let of = |limit| {
            let own = |action: &&Action| change(**action).growth_limit() == limit;
            Action::ALL.iter().filter(own).map(|action| action.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(of(GrowthLimit::Calls), ["audit.export", "admin.request"]);
        let owed = ["key.adopt", "audit.accept_restore", "audit.restore", "store.recovered"];
        assert_eq!(of(GrowthLimit::Owed), owed);
        let taking_away = [
            "token.reduce",
            "token.rotate",
            "token.disable",
            "token.revoke",
            "operator.rotate",
            "operator.set_role",
            "operator.disable",
            "operator.revoke",
            "key.retired",
            "key.rejected",
            "queue.release",
            "queue.pause",
            "person.forget",
            "audit.archive",
            "audit.segment_delete",
        ];
        assert_eq!(of(GrowthLimit::TakingAway), taking_away);
    }

    #[test]
    fn what_makes_room_waits_for_none() {
        for effect in [Effect::MoveRecords(7, [0; 32]), Effect::Shrink(100)] {
            let bundle = Bundle::default().with(effect);
            assert_eq!(bundle.growth_limit(), GrowthLimit::TakingAway, "{bundle:?}");
        }
    }

    #[test]
    fn the_nearest_limit_keeps_the_most_back() {
        let limits =
            [GrowthLimit::Calls, GrowthLimit::Changes, GrowthLimit::TakingAway, GrowthLimit::Owed];
        assert!(limits.is_sorted());
        assert!(limits.map(GrowthLimit::kept_back).windows(2).all(|pair| pair[0] > pair[1]));
        assert_eq!(size_for_calls(LEAST_MAX_SIZE), Some(24 * MIB));
        assert_eq!(size_for_calls(0), None);
    }
}
