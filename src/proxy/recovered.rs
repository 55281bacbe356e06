//! An answer that an earlier, identical call paid for.

use super::{inspected::InspectedCall, refused::Refused};
use crate::{
    answers::KeptAnswer,
    calls::Receipt,
    domain::{AuditRecord, Bundle, ErrorCode, Outcome, OutcomeRecord, Principal, RecordBody},
};

/// An answer that nobody received before, on record as handed over.
#[derive(Debug)]
pub(super) struct RecoveredAnswer {
    pub(super) answer: KeptAnswer,
    pub(super) receipt: Receipt,
}

impl RecoveredAnswer {
    /// Makes the hand-over durable; if that fails, the answer is kept for the next try.
    pub(super) async fn record(call: &InspectedCall, answer: KeptAnswer) -> Result<Self, Refused> {
        let gateway = &call.allowed.gateway;
        let receipt = gateway.calls.receipt(call.inspected.fingerprint, &answer);
        // It may have waited long for the answer; what is refused here is kept for the next try.
        let usable = gateway.tokens.recheck(&call.allowed.token.id);
        usable.map_err(|refusal| Refused::token(&refusal))?;
        let bundle = Bundle::record(record(call, &answer));
        match gateway.journal.commit(bundle).await {
            Ok(()) => Ok(Self { answer, receipt }),
            Err(error) => {
                let message = "the audit record cannot be written; the answer is kept for you";
                let refused = Refused::new(ErrorCode::AuditUnavailable, message);
                Err(refused.because(error.to_string()))
            }
        }
    }
}

fn record(call: &InspectedCall, answer: &KeptAnswer) -> AuditRecord {
    let allowed = &call.allowed;
    let status = Some(answer.status.as_u16());
    let body = OutcomeRecord {
        outcome: Outcome::Success,
        reason: Some(format!("recovered from {}", answer.call).into()),
        status,
        upstream_status: None,
        charged: None,
        images: 0,
        unsafe_images: 0,
        generations: Vec::new(),
        upstream_ms: 0,
        gateway_ms: 0,
    };
    AuditRecord {
        at: allowed.gateway.clock.now(),
        action: "ideogram.api.recovered".into(),
        principal: Principal::Token(allowed.token.id.clone()),
        resource: allowed.route.name.as_str().into(),
        call: None,
        request: Some(allowed.knock.request.clone()),
        body: RecordBody::Outcome(Box::new(body)),
    }
}
