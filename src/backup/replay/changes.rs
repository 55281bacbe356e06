//! Changes that are neither of a token nor of an operator.

use super::{
    effects::{RecordEffects, RecordPlace},
    replayed::Replayed,
    since_backup::Withheld,
};
use crate::{
    audit::segment::segment_told,
    domain::{AdminChange, Effect, Pause, PauseTarget, PersonId, Timestamp, VendorUser},
    store::SealedRecord,
};
use serde_json::Value;

/// Keys and balances: a start reads them in the record. Behind a gap they are told once more.
pub(super) fn read_by_a_start(
    sealed: &SealedRecord,
    place: RecordPlace,
    kept: &mut Replayed,
) -> RecordEffects {
    if place == RecordPlace::BehindGap {
        kept.told_again.push(sealed.record.clone());
    }
    RecordEffects::default()
}

/// The user that an account's webhooks are held to.
pub(super) fn vendor_user(sealed: &SealedRecord, change: &AdminChange) -> Option<RecordEffects> {
    let account = sealed.record.resource.parse().ok()?;
    let user = change.after["user_id"].as_str()?.into();
    let pinned = VendorUser { account, user, since: sealed.record.at };
    Some(RecordEffects::where_found(vec![Effect::PinVendorUser(Box::new(pinned))]))
}

/// A pause, with its reason and its end. Before pauses had a target, all calls were paused.
pub(super) fn paused(sealed: &SealedRecord, change: &AdminChange) -> Option<RecordEffects> {
    let pause = match &change.after["target"] {
        Value::Null => all_paused(sealed.record.at),
        _ => serde_json::from_value(change.after.clone()).ok()?,
    };
    Some(RecordEffects::of(vec![Effect::SavePause(Box::new(pause))]))
}

fn all_paused(since: Timestamp) -> Pause {
    Pause { target: PauseTarget::All, reason: None, since, until: None, by: None }
}

/// The end of a pause. Behind a gap it may have been paused again, so that it stays.
pub(super) fn resumed(
    sealed: &SealedRecord,
    place: RecordPlace,
    kept: &mut Replayed,
) -> RecordEffects {
    let record = &sealed.record;
    if place == RecordPlace::BehindGap {
        kept.withhold(Withheld {
            record: sealed.seq,
            action: record.action.clone(),
            resource: record.resource.clone(),
            fields: vec!["state".into()],
        });
        return RecordEffects::default();
    }
    let target = record.resource.parse::<PauseTarget>();
    target.map_or_else(
        |_| RecordEffects::default(),
        |target| RecordEffects::of(vec![Effect::EndPause(target)]),
    )
}

/// An end user who was forgotten.
pub(super) fn forgotten(sealed: &SealedRecord) -> RecordEffects {
    let id = PersonId::from_stored(sealed.record.resource.clone());
    let effects = vec![Effect::ForgetPerson(id)];
    RecordEffects { forgotten: 1, ..RecordEffects::where_found(effects) }
}

/// A segment that was written. Its records are still here; they leave when its file is found.
pub(super) fn archived(change: &AdminChange, place: RecordPlace) -> Option<RecordEffects> {
    if place == RecordPlace::BehindGap {
        return Some(RecordEffects::default());
    }
    let (segment, folder) = segment_told(&change.after)?;
    Some(RecordEffects::where_found(vec![Effect::KeepSegment(Box::new(segment), folder)]))
}

/// A segment that was deleted on record: its records leave again.
pub(super) fn segment_deleted(
    sealed: &SealedRecord,
    change: &AdminChange,
    place: RecordPlace,
    kept: &mut Replayed,
) -> Option<RecordEffects> {
    if place == RecordPlace::BehindGap {
        return Some(RecordEffects::default());
    }
    let told = &change.before;
    let (first, last) = (told["first"].as_u64()?, told["last"].as_u64()?);
    let hash = hash(told["hash"].as_str()?)?;
    let mut effects = Vec::new();
    if last > kept.base {
        effects.push(Effect::MoveRecords(last, hash));
        kept.base = last;
    }
    effects.push(Effect::DropSegment(first, sealed.record.at));
    Some(RecordEffects::where_found(effects))
}

/// The record went on with another key, so that the one of before is a former one.
pub(super) fn goes_on(change: &AdminChange, kept: &mut Replayed) -> Option<RecordEffects> {
    kept.later_keys.push(change.after["key"].as_str()?.parse().ok()?);
    Some(RecordEffects::default())
}

fn hash(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).ok().map(|()| bytes)
}
