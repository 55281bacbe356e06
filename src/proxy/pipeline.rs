//! A call's way through the house, in one glance.

use super::{
    Gateway,
    answer::Answer,
    knock::Knock,
    known::KnownCall,
    recalled::{Again, Recalled},
    recovered::RecoveredAnswer,
    refused::Refused,
};

/// Takes a request through all stages.
pub(super) async fn run(gateway: &Gateway, knock: Knock) -> Result<Answer, Refused> {
    let call = KnownCall::authenticate(gateway, knock)?;
    let call = call.authorize()?;
    let mut call = call.inspect().await?;
    let deadline = call.deadline()?;
    let (call, permit) = loop {
        let new = match call.recall(deadline).await? {
            Recalled::New(call) => call,
            Recalled::Answered(call, answer, again) => {
                // A replay can be asked for without end, and each is on record.
                if again == Again::Replayed {
                    call.count()?;
                }
                return RecoveredAnswer::record(&call, *answer, again).await.map(Answer::Recovered);
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
    Ok(Answer::Sent(sent.map_err(Refused::from)?))
}
