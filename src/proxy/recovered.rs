//! An answer that an earlier, identical call paid for.

use super::{context::CallContext, inspected::InspectedCall, rejection::Rejection};
use crate::{
    answers::KeptAnswer,
    calls::{DeliveryGuard, ReplayKind},
    domain::{
        Action, AuditRecord, Bundle, ErrorCode, Outcome, OutcomeRecord, Principal, RecordBody,
    },
};

/// An answer that nobody received before, or that a key names, on record as handed over.
#[derive(Debug)]
pub(super) struct RecoveredAnswer {
    pub(super) answer: KeptAnswer,
    pub(super) again: ReplayKind,
    /// Gives the answer to the next try if this one does not receive it.
    pub(super) receipt: Option<DeliveryGuard>,
}

impl RecoveredAnswer {
    /// Makes the hand-over durable; if that fails, the answer is kept for the next try.
    pub(super) async fn record(
        call: &InspectedCall,
        answer: KeptAnswer,
        again: ReplayKind,
    ) -> Result<Self, Rejection> {
        let (gateway, print) = (&call.context.gateway, call.asked.fingerprint);
        let receipt = || gateway.calls.receipt(print, &answer);
        // Made before anything can fail: dropping it is what keeps the answer for the next try.
        let receipt = (again == ReplayKind::Recovered).then(receipt);
        // It may have waited long for the answer; what is refused here is kept for the next try.
        call.context.recheck(&call.asked.demand, None)?;
        let person = call.context.request.request_context.person.get().cloned();
        let bundle = Bundle::record(record(call, &answer, again)).about(person);
        match gateway.journal.commit(bundle).await {
            Ok(()) => Ok(Self { answer, again, receipt }),
            Err(error) => {
                let message = "the audit record cannot be written; the answer is kept for you";
                let refused = Rejection::new(ErrorCode::AuditUnavailable, message);
                Err(refused.because(error.to_string()))
            }
        }
    }
}

fn record(call: &InspectedCall, answer: &KeptAnswer, again: ReplayKind) -> AuditRecord {
    let (action, verb) = match again {
        ReplayKind::Recovered => (Action::CallRecovered, "recovered"),
        ReplayKind::Replayed => (Action::CallReplayed, "replayed"),
    };
    let outcome = if answer.status.is_success() { Outcome::Success } else { Outcome::Failed };
    let CallContext { gateway, request, token, route, .. } = &*call.context;
    let status = Some(answer.status.as_u16());
    let reason = format!("{verb} from {}", answer.call);
    let body = OutcomeRecord { status, ..OutcomeRecord::new(outcome, reason) };
    AuditRecord {
        at: gateway.clock.now(),
        action: action.into(),
        principal: Principal::Token(token.id.clone()),
        resource: route.name.as_str().into(),
        call: None,
        request: Some(request.request.clone()),
        body: RecordBody::Outcome(Box::new(body)),
    }
}
