//! What a bundle changes in the tables that are derived from the records.

use super::{
    claims, notified, operators, pauses, persons, reads, secrets, segments, settlement,
    statement::{change, state_name},
    tokens, webhooks,
};
use crate::{
    domain::{
        CallId, CloseCall, Effect, Generation, GenerationId, GenerationState, OpenCall, PersonId,
        Timestamp, Usd,
    },
    store::WriteError,
};
use rusqlite::{Connection, params};

/// Applies one effect; one that finds nothing to change contradicts what is stored.
pub(super) fn apply(connection: &Connection, effect: &Effect) -> Result<(), WriteError> {
    match effect {
        Effect::OpenCall(call) => open(connection, call),
        Effect::CloseCall(call) => close(connection, call),
        Effect::Claim(claim) => claims::take(connection, claim),
        Effect::EndClaim(call, state) => claims::end(connection, call, *state),
        Effect::FreeClaim(call) => claims::free(connection, call),
        Effect::ExpireClaims(until) => claims::expire(connection, *until),
        Effect::Settle(call, charged) => settlement::settle(connection, call, *charged),
        Effect::Images(call, images) => settlement::count_images(connection, call, *images),
        Effect::CountRead(read) => reads::count(connection, read),
        Effect::Bill(bill) => settlement::correct(connection, bill),
        Effect::ReserveAgain(call) => settlement::reserve_again(connection, call),
        Effect::Delivered(call) => deliver(connection, call),
        Effect::ReleasePlaces(call) => release(connection, call),
        Effect::SaveGeneration(generation) => save_generation(connection, generation),
        Effect::FinishGeneration(id, state) => finish_generation(connection, id, *state),
        Effect::SaveToken(stored) => tokens::save(connection, &stored.token),
        Effect::SaveSecret(token, secret) => secrets::save(connection, token, secret),
        Effect::ForgetSecrets(until) => secrets::forget(connection, *until),
        Effect::SavePerson(stored) => persons::save(connection, stored),
        Effect::ForgetPerson(id) => persons::forget(connection, id),
        Effect::NoteUses(uses) => secrets::note_uses(connection, uses),
        Effect::PruneTokens(ids, at) => tokens::prune(connection, ids, *at),
        Effect::SavePause(pause) => pauses::save(connection, pause),
        Effect::EndPause(target) => pauses::end(connection, target),
        Effect::SaveOperator(operator) => operators::save(connection, operator),
        Effect::KeepDelivery(delivery) => webhooks::keep_delivery(connection, delivery),
        Effect::PinVendorUser(user) => webhooks::pin_user(connection, user),
        Effect::KeepSegment(segment, folder) => segments::keep(connection, segment, folder),
        Effect::MoveRecords(up_to, hash) => segments::move_out(connection, *up_to, hash),
        Effect::DropSegment(first, at) => segments::drop_file(connection, *first, *at),
        Effect::ResignSegment(first, note) => segments::sign_anew(connection, *first, note),
        Effect::AcceptLost(lost) => segments::accept_lost(connection, lost),
        Effect::Shrink(pages) => segments::shrink(connection, *pages),
        Effect::Notified(key, at) => notified::keep(connection, key, *at),
        Effect::ForgetNotified(before) => notified::forget(connection, *before),
    }
}

fn open(connection: &Connection, call: &OpenCall) -> Result<(), WriteError> {
    let sql = "INSERT INTO calls (call, account, environment, token, route, places, fingerprint,
                                  reserved, opened_at, owner, person, model, asked)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
    let values = params![
        call.call.as_str(),
        call.account.as_str(),
        call.environment.as_str(),
        call.token.as_str(),
        call.route.as_str(),
        call.places,
        call.fingerprint.as_bytes(),
        call.reserved.map(Usd::as_micros),
        call.opened_at.as_micros(),
        call.owner,
        call.person.as_ref().map(PersonId::as_str),
        call.model,
        call.asked,
    ];
    change(connection, sql, values, "the call is open already")
}

/// A call may be closed again: an unknown one is resolved later, a pending one is charged later.
/// What was said before of its end, its charge and its places is overwritten.
fn close(connection: &Connection, call: &CloseCall) -> Result<(), WriteError> {
    let sql = "UPDATE calls SET outcome = ?2, charged = ?3, closed_at = ?4, places_until = ?5,
                 images = max(images, ?6)
               WHERE call = ?1";
    let values = params![
        call.call.as_str(),
        call.outcome.as_str(),
        call.charged.map(Usd::as_micros),
        call.closed_at.as_micros(),
        call.places_until.map(Timestamp::as_micros),
        call.images,
    ];
    change(connection, sql, values, "no such call to close")
}

fn deliver(connection: &Connection, call: &CallId) -> Result<(), WriteError> {
    // Without `delivered = 0`: a note has no record to be recognized by, so it is applied again
    // after an outage and must not contradict then.
    let sql = "UPDATE calls SET delivered = 1 WHERE call = ?1";
    change(connection, sql, [call.as_str()], "no such call to deliver")
}

fn release(connection: &Connection, call: &CallId) -> Result<(), WriteError> {
    let sql = "UPDATE calls SET released = 1 WHERE call = ?1";
    change(connection, sql, [call.as_str()], "no such call to release")
}

/// A generation that is named again, by another call too, stays with whom it belonged to first. Its
/// state is taken from a later save only if that is of the same call.
fn save_generation(connection: &Connection, generation: &Generation) -> Result<(), WriteError> {
    let sql =
        "INSERT INTO generations (id, call, account, environment, owner, token, route, places,
                                        submitted_at, places_until, state)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
               ON CONFLICT (id) DO UPDATE SET state = CASE WHEN call = excluded.call
                   THEN excluded.state ELSE state END";
    let values = params![
        generation.id.as_str(),
        generation.call.as_str(),
        generation.account.as_str(),
        generation.environment.as_str(),
        generation.owner,
        generation.token.as_str(),
        generation.route.as_str(),
        generation.places,
        generation.submitted_at.as_micros(),
        generation.places_until.as_micros(),
        state_name(generation.state),
    ];
    change(connection, sql, values, "the generation cannot be saved")
}

fn finish_generation(
    connection: &Connection,
    id: &GenerationId,
    state: GenerationState,
) -> Result<(), WriteError> {
    // Webhook and poll may both see the end, and only one of them may settle it. A booked one has
    // ended; only the word about its bill is missing.
    let sql = "UPDATE generations SET state = ?2
               WHERE id = ?1 AND (state = 'pending' OR (state = 'booked' AND ?2 = 'completed'))";
    let complaint = "no such generation, or it ended already";
    change(connection, sql, params![id.as_str(), state_name(state)], complaint)
}
