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
    let call = call.inspect().await?;
    let call = match call.recall().await? {
        Recalled::New(call) => call,
        Recalled::Answered(call, answer, again) => {
            // A replay can be asked for without end, and each is on record.
            if again == Again::Replayed {
                call.count()?;
            }
            return RecoveredAnswer::record(&call, *answer, again).await.map(Answer::Recovered);
        }
    };
    let call = call.hold()?;
    let permit = call.admit().await?;
    let (ready, hold) = call.ready();
    let sent = gateway.calls.send(ready, hold, permit).await;
    Ok(Answer::Sent(sent.map_err(Refused::from)?))
}
