//! What a status means for money, before its body is read.
//!
//! The vendor's page on errors (<https://developer.ideogram.ai/ideogram-api/errors>) says that what
//! is rejected (400, 401, 402, 403, 404, 413, 422, 429) is not run and not billed, that a
//! generation that failed is not billed, and that a completed one is billed even if its images are
//! withheld.

use super::{
    UpstreamAnswer,
    outcome::{SendOutcome, UnknownReason, Unreadable},
};
use crate::store::SendWarrant;
use http::{HeaderMap, StatusCode, header::CONTENT_TYPE};

/// What the head of an answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Done, and billed.
    Done,
    /// Not done, not billed.
    Failed,
    /// Not done, not billed, and may be asked again: 429.
    Busy,
    /// Not done, not billed: Ideogram does not take the key, 401.
    Rejected,
    /// Nobody can say, but there is an answer to pass on.
    Doubtful,
    /// Nobody can say, and there is nothing that may be passed on.
    Unusable(UnknownReason),
}

impl Verdict {
    /// Judges the head of an answer. It looks at nothing but the status and the content type.
    pub(super) fn from_head(status: StatusCode, headers: &HeaderMap) -> Self {
        match status.as_u16() {
            200..=299 => Self::Done,
            300..=399 => Self::Unusable(UnknownReason::Redirect),
            401 => Self::Rejected,
            429 => Self::Busy,
            400..=499 | 500 | 503 => Self::Failed,
            // These come from something in between, which may have given up on a call that runs.
            502 | 504 | 520..=529 => Self::Doubtful,
            // JSON is what Ideogram itself answers with; a page of text comes from something in
            // between.
            500..=599 if is_json(headers) => Self::Failed,
            500..=599 => Self::Doubtful,
            _ => Self::Unusable(UnknownReason::Protocol),
        }
    }

    /// Returns the outcome of a call whose answer was read to its end.
    pub(super) fn with(self, answer: UpstreamAnswer, warrant: SendWarrant) -> SendOutcome {
        match self {
            Self::Done | Self::Failed => SendOutcome::Answered(answer),
            Self::Busy => SendOutcome::RefusedForNow { answer, warrant },
            Self::Rejected => SendOutcome::RejectedKey { answer, warrant },
            Self::Doubtful => {
                SendOutcome::Unknown { reason: UnknownReason::Gateway, answer: Some(answer) }
            }
            Self::Unusable(reason) => SendOutcome::Unknown { reason, answer: None },
        }
    }

    /// Returns the outcome of a call whose answer could not be read to its end: what the status
    /// said of the money stands.
    pub(super) fn without(self, status: StatusCode, reason: Unreadable) -> SendOutcome {
        match self {
            Self::Done => SendOutcome::Charged { status, reason },
            Self::Failed | Self::Busy | Self::Rejected => SendOutcome::Released { status, reason },
            Self::Doubtful => SendOutcome::Unknown { reason: UnknownReason::Gateway, answer: None },
            Self::Unusable(reason) => SendOutcome::Unknown { reason, answer: None },
        }
    }
}

/// Only what is declared counts, since the body is not here yet.
fn is_json(headers: &HeaderMap) -> bool {
    let declared = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let kind = declared.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn verdict(status: u16, content_type: &'static str) -> Verdict {
        let headers =
            HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(content_type))]);
        Verdict::from_head(StatusCode::from_u16(status).unwrap(), &headers)
    }

    #[test]
    fn every_status_has_the_verdict_of_the_outcome_table() {
        for status in 100..=999 {
            for kind in ["application/json", "text/html"] {
                let json = kind == "application/json";
                let expected = match status {
                    101..=199 | 100 | 600.. => Verdict::Unusable(UnknownReason::Protocol),
                    200..=299 => Verdict::Done,
                    300..=399 => Verdict::Unusable(UnknownReason::Redirect),
                    429 => Verdict::Busy,
                    401 => Verdict::Rejected,
                    502 | 504 | 520..530 => Verdict::Doubtful,
                    501 | 505..=599 if !json => Verdict::Doubtful,
                    _ => Verdict::Failed,
                };
                assert_eq!(verdict(status, kind), expected, "{status} {kind}");
            }
        }
    }

    #[test]
    fn only_declared_json_is_json() {
        for kind in
            ["application/json; charset=utf-8", "APPLICATION/JSON", "application/problem+json"]
        {
            assert_eq!(verdict(507, kind), Verdict::Failed, "{kind}");
        }
        for kind in ["", "text/json", "application/jsonp", "text/html; x=application/json"] {
            assert_eq!(verdict(507, kind), Verdict::Doubtful, "{kind}");
        }
    }
}
