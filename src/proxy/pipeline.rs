//! A call's way through the house, in one glance.

use super::{
    Gateway, answer::CallAnswer, incoming_request::IncomingRequest, known::KnownCall,
    recalled::RecallStep, recovered::RecoveredAnswer, rejection::Rejection,
};
use crate::calls::ReplayKind;

/// Takes a request through all stages.
pub(super) async fn run(
    gateway: &Gateway,
    incoming: IncomingRequest,
) -> Result<CallAnswer, Rejection> {
    let call = KnownCall::authenticate(gateway, incoming)?;
    let call = call.authorize()?;
    let mut call = call.inspect().await?;
    // Once, before the loop: waiting for a twin and waiting in the queue share the time that was allowed.
    let deadline = call.deadline()?;
    let (call, permit) = loop {
        let new = match call.recall(deadline).await? {
            RecallStep::New(call) => call,
            RecallStep::Answered(call, answer, again) => {
                // A replay can be asked for without end, and each is on record.
                if again == ReplayKind::Replayed {
                    call.context.count_once()?;
                }
                return RecoveredAnswer::record(&call, *answer, again)
                    .await
                    .map(CallAnswer::Recovered);
            }
        };
        let held = new.hold()?;
        let permit = held.admit().await?;
        if !held.is_owed_an_answer() {
            break (held, permit);
        }
        // An identical call lost its client while this one waited: this one gives everything back and
        // waits for that answer instead.
        drop(permit);
        call = held.into_inspected();
    };
    let (ready, hold) = call.ready();
    let sent = gateway.calls.send(ready, hold, permit).await;
    Ok(CallAnswer::Sent(sent.map_err(Rejection::from)?))
}
