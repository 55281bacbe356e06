//! Calls: what they took, how they ended, and what they cost, as it was when it was recorded.

use super::{effects::RecordEffects, replayed::Replayed};
use crate::domain::{
    Action, AdminChange, AuditRecord, Bill, CallId, ClaimState, CloseCall, Delivery, Effect,
    GENERATION_PENDING, Generation, GenerationId, GenerationState, Intent, OpenCall, Outcome,
    OutcomeRecord, ReadUse, RouteName, Usd,
};
use crate::store::SealedRecord;

/// Returns what the intent of a call leads to: its places and its money are taken.
pub(super) fn opened(
    record: &AuditRecord,
    intent: &Intent,
    kept: &mut Replayed,
) -> Option<RecordEffects> {
    let open = OpenCall {
        call: record.call.clone()?,
        account: intent.account.clone(),
        environment: intent.environment.clone(),
        token: intent.token.clone(),
        route: intent.route.clone(),
        places: intent.places,
        fingerprint: intent.fingerprint,
        reserved: intent.reserved,
        opened_at: intent.opened_at.unwrap_or(record.at),
        owner: intent.owner.clone(),
        person: intent.user.clone(),
        model: intent.model.clone(),
        // No record says it. It is the same number where an account counts images.
        asked: intent.places,
    };
    kept.open.insert(open.call.clone(), open.clone());
    Some(RecordEffects::where_found(vec![Effect::OpenCall(Box::new(open))]))
}

/// Returns what an outcome leads to: of a read, of a call, or of what became of it later.
pub(super) fn ended(
    record: &AuditRecord,
    action: Action,
    outcome: &OutcomeRecord,
    kept: &mut Replayed,
) -> Option<RecordEffects> {
    if let Some(of) = &outcome.of {
        let read = ReadUse {
            account: of.account.clone(),
            environment: of.environment.clone(),
            token: of.token.clone(),
            owner: of.owner.clone(),
            person: outcome.user.clone(),
            route: of.route.clone(),
            at: of.opened_at,
        };
        return Some(RecordEffects::where_found(vec![Effect::CountRead(Box::new(read))]));
    }
    match (action, &record.call) {
        (Action::Call, Some(call)) => Some(closed(record, call, outcome, kept)),
        (Action::CallSettled, Some(call)) => settled(call, outcome, kept),
        (Action::GenerationEnded, Some(call)) => generation_ended(record, call, outcome, kept),
        // An answer was given once more; answers come back with no backup.
        _ => Some(RecordEffects::default()),
    }
}

/// The end of a call that was sent. One that is not known here may have begun before a gap.
fn closed(
    record: &AuditRecord,
    call: &CallId,
    outcome: &OutcomeRecord,
    kept: &mut Replayed,
) -> RecordEffects {
    let open = kept.open.remove(call);
    let is_pending = outcome.reason.as_deref() == Some(GENERATION_PENDING);
    let is_nameless = outcome.outcome == Outcome::Success
        && outcome.generations.is_empty()
        && outcome.images == 0;
    let is_over = !is_pending && !is_nameless && outcome.outcome != Outcome::Unknown;
    let until = open.as_ref().filter(|_| !is_over);
    let close = CloseCall {
        call: call.clone(),
        outcome: outcome.outcome,
        charged: outcome.charged,
        closed_at: record.at,
        places_until: until.and_then(|open| kept.places_until(open, record.at)),
        images: outcome.images,
    };
    let mut effects = vec![Effect::CloseCall(Box::new(close))];
    // Whatever a key was answered with is not here, so it never leads to an answer again.
    effects.push(Effect::EndClaim(call.clone(), ClaimState::Unknown));
    if let Some((open, id)) = open.as_ref().zip(outcome.generations.first()) {
        let generation = named(record, open, id, outcome, is_pending, kept);
        effects.push(Effect::SaveGeneration(Box::new(generation)));
    }
    RecordEffects {
        charged: micros(outcome.charged),
        calls: 1,
        ..RecordEffects::where_found(effects)
    }
}

/// The generation that an answer named. It is pending, or can still say what was billed, or is over.
fn named(
    record: &AuditRecord,
    open: &OpenCall,
    id: &GenerationId,
    outcome: &OutcomeRecord,
    is_pending: bool,
    kept: &mut Replayed,
) -> Generation {
    let state = match outcome.charged {
        _ if is_pending => GenerationState::Pending,
        Some(charged) if open.route.tells_bills() => {
            kept.booked.insert(open.call.clone(), (id.clone(), charged));
            GenerationState::Booked
        }
        _ => GenerationState::Completed,
    };
    Generation {
        id: id.clone(),
        call: open.call.clone(),
        account: open.account.clone(),
        environment: open.environment.clone(),
        owner: open.owner.clone(),
        token: open.token.clone(),
        route: open.route.clone(),
        places: open.places,
        submitted_at: record.at,
        places_until: record.at.plus(kept.place_ttl(open)),
        state,
    }
}

/// What was charged later: after a day without an answer, or as it was billed.
fn settled(call: &CallId, outcome: &OutcomeRecord, kept: &mut Replayed) -> Option<RecordEffects> {
    let charged = outcome.charged?;
    if outcome.outcome == Outcome::Unknown {
        let images = Effect::Images(call.clone(), outcome.images);
        let effects = vec![images, Effect::Settle(call.clone(), Some(charged))];
        let charged = charged.as_micros();
        return Some(RecordEffects { charged, ..RecordEffects::where_found(effects) });
    }
    let Some((generation, before)) = kept.booked.remove(call) else {
        return Some(RecordEffects::default());
    };
    let bill = Bill { generation, call: call.clone(), before, after: charged };
    let charged = charged.as_micros() - before.as_micros();
    let effects = vec![Effect::Bill(Box::new(bill))];
    Some(RecordEffects { charged, ..RecordEffects::where_found(effects) })
}

/// The end of a generation that went on after its call.
fn generation_ended(
    record: &AuditRecord,
    call: &CallId,
    outcome: &OutcomeRecord,
    kept: &mut Replayed,
) -> Option<RecordEffects> {
    let id = outcome.generations.first()?.clone();
    let tells = record.resource.parse::<RouteName>().is_ok_and(|route| route.tells_bills());
    let state = match (outcome.outcome, outcome.charged) {
        (Outcome::Failed | Outcome::Refused, _) => GenerationState::Failed,
        (Outcome::Unknown, _) => GenerationState::Abandoned,
        (Outcome::Success, Some(charged)) if tells => {
            kept.booked.insert(call.clone(), (id.clone(), charged));
            GenerationState::Booked
        }
        (Outcome::Success, _) => GenerationState::Completed,
    };
    let mut effects = vec![
        Effect::FinishGeneration(id, state),
        Effect::Images(call.clone(), outcome.images),
        Effect::ReleasePlaces(call.clone()),
    ];
    effects.extend(outcome.charged.map(|charged| Effect::Settle(call.clone(), Some(charged))));
    let charged = micros(outcome.charged);
    Some(RecordEffects { charged, ..RecordEffects::where_found(effects) })
}

/// The delivery that ended a generation: the same one does nothing again.
pub(super) fn delivered(sealed: &SealedRecord, change: &AdminChange) -> RecordEffects {
    let Ok(digest) = serde_json::from_value(change.after["delivery"].clone()) else {
        return RecordEffects::default();
    };
    let generation = GenerationId::new(sealed.record.resource.clone());
    let delivery = Delivery { generation, digest, received_at: sealed.record.at };
    RecordEffects::where_found(vec![Effect::KeepDelivery(Box::new(delivery))])
}

/// Places that an operator gave back.
pub(super) fn released(sealed: &SealedRecord) -> RecordEffects {
    RecordEffects::where_found(vec![Effect::ReleasePlaces(call_of(sealed))])
}

/// Money that an operator gave back.
pub(super) fn written_off(sealed: &SealedRecord) -> RecordEffects {
    let settle = Effect::Settle(call_of(sealed), Some(Usd::ZERO));
    RecordEffects::where_found(vec![settle])
}

/// Money that an operator reserved again.
pub(super) fn reserved_again(sealed: &SealedRecord) -> RecordEffects {
    RecordEffects::where_found(vec![Effect::ReserveAgain(call_of(sealed))])
}

fn call_of(sealed: &SealedRecord) -> CallId {
    CallId::from_stored(sealed.record.resource.clone())
}

fn micros(amount: Option<Usd>) -> i64 {
    amount.unwrap_or_default().as_micros()
}
