//! How long a call may wait for its places, who says so, and what it is told that waited in vain.

use super::{context::CallContext, rejection::Rejection};
use crate::{
    admission::{AdmissionError, WaitRule},
    domain::{ErrorCode, Places, written_span},
    store::JournalHealth,
    web::{ClientError, RejectReason, WaitTold, header::QUEUE_TIMEOUT},
};
use std::time::Duration;

/// Who said how long a call may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WaitSource {
    Header,
    Token,
    Environment,
    Settings,
}

/// How long a call may wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowance {
    span: Duration,
    by: WaitSource,
    /// The longest that it may ask for, and who says that.
    longest: (Duration, WaitSource),
}

impl Allowance {
    /// Returns the span.
    pub(super) fn span(&self) -> Duration {
        self.span
    }

    fn report(&self, waited: Duration) -> WaitTold {
        let allowed_by = match self.by {
            WaitSource::Header => "header",
            WaitSource::Token => "token",
            WaitSource::Environment => "environment",
            WaitSource::Settings => "settings",
        };
        WaitTold { waited_ms: millis(waited), allowed_ms: millis(self.span), allowed_by }
    }

    fn how_to_wait_longer(&self, rule: WaitRule) -> String {
        if rule == WaitRule::Capacity {
            return "Try again when Retry-After says, with fewer calls at once.".into();
        }
        let (longest, by) = self.longest;
        let shown = written_span(longest);
        if self.span < longest {
            return format!("To wait longer, send Ideogate-Queue-Timeout, up to {shown}.");
        }
        match by {
            WaitSource::Token => format!("The token's queue_timeout allows no more than {shown}."),
            _ => format!("The setting queue.max_timeout allows no more than {shown}."),
        }
    }
}

impl CallContext {
    /// Returns how long the call may wait: as asked, as the token or the environment says, or as the
    /// queue does; never longer than the token's or the queue's longest.
    pub(super) fn allowance(&self) -> Result<Allowance, Rejection> {
        let usual = self.usual_allowance();
        let Some(asked) = self.request.headers.get(QUEUE_TIMEOUT) else { return Ok(usual) };
        let asked = asked.to_str().ok().and_then(|text| humantime::parse_duration(text).ok());
        let asked = asked.ok_or_else(|| {
            let message = "Ideogate-Queue-Timeout must be a duration like 60s";
            Rejection::new(ErrorCode::MalformedRequest, message).field("Ideogate-Queue-Timeout")
        })?;
        let (longest, by) = usual.longest;
        let (span, by) = if asked <= longest { (asked, WaitSource::Header) } else { (longest, by) };
        Ok(Allowance { span, by, ..usual })
    }

    /// Returns how long the call may wait if it does not ask.
    fn usual_allowance(&self) -> Allowance {
        let queue = &self.request.settings.queue;
        let of_token = self.token.limits.queue_timeout.map(|span| (span, WaitSource::Token));
        let of_environment =
            self.environment.queue_timeout.map(|span| (span, WaitSource::Environment));
        let longest = match of_token {
            Some((span, by)) if span <= queue.max_timeout => (span, by),
            _ => (queue.max_timeout, WaitSource::Settings),
        };
        let usual = of_token.or(of_environment).unwrap_or((queue.timeout, WaitSource::Settings));
        let (span, by) = if usual.0 <= longest.0 { usual } else { longest };
        Allowance { span, by, longest }
    }

    /// Says whether nothing is admitted because the record has no room for calls.
    fn is_record_full(&self) -> bool {
        matches!(&*self.gateway.journal.health().borrow(), JournalHealth::Full(_))
    }

    /// Tells a call that found the queue full, and gives back what it took of its token's rate.
    pub(super) fn queue_full(&self, retry_after: Duration) -> Rejection {
        let words = "the queue is full, so the call did not begin to wait";
        let problem = self.in_vain(ErrorCode::QueueFull, words, WaitRule::Capacity, Duration::ZERO);
        Rejection::with(problem.retry_after(retry_after))
    }

    /// Tells a call why it was not admitted, and gives back what it took of its token's rate if there
    /// was no place for it.
    pub(super) fn not_admitted(&self, error: AdmissionError, share: Option<Places>) -> Rejection {
        let (rule, waited, retry_after, words) = match error {
            AdmissionError::QueueFull { retry_after } => return self.queue_full(retry_after),
            AdmissionError::Timeout { retry_after, rule, waited } => {
                let words = format!("no place became free in {}", rough(waited));
                (rule, waited, retry_after, words)
            }
            AdmissionError::Futile { retry_after, rule, forecast } => {
                let words = format!("no place will become free in less than {}", rough(forecast));
                (rule, Duration::ZERO, retry_after, words)
            }
            AdmissionError::Stopped if self.is_record_full() => return Rejection::record_full(),
            error => return Rejection::from(error),
        };
        let words = format!("{words}: {}", self.held_by(rule, share));
        let problem = self.in_vain(ErrorCode::QueueTimeout, &words, rule, waited);
        Rejection::with(problem.retry_after(retry_after))
    }

    fn in_vain(
        &self,
        code: ErrorCode,
        words: &str,
        rule: WaitRule,
        waited: Duration,
    ) -> ClientError {
        self.give_back();
        // A full queue is told before the wait that was asked for is read: it may not be readable.
        let allowance = self.allowance().unwrap_or_else(|_| self.usual_allowance());
        let how = allowance.how_to_wait_longer(rule);
        let message = format!("{words}; nothing was sent or billed. {how}");
        let problem =
            ClientError::new(code, message).rule(rule.as_str()).wait(allowance.report(waited));
        if rule != WaitRule::Account {
            return problem;
        }
        let cap = self.gateway.cap(&self.environment.account);
        problem.max_inflight_requests(cap).reject_reason(RejectReason::InflightLimit)
    }

    fn held_by(&self, rule: WaitRule, share: Option<Places>) -> String {
        let account = &self.environment.account;
        match (rule, share) {
            (WaitRule::Token, Some(share)) => {
                format!("this token may have {share} images in flight, and they are")
            }
            (WaitRule::Reserved, _) => {
                format!("what is free of account {account} is reserved for other environments")
            }
            _ => {
                let cap = self.gateway.cap(account);
                format!("account {account} may have {cap} images in flight, and they are")
            }
        }
    }
}

/// Returns a span in words, without digits that nobody needs.
fn rough(span: Duration) -> String {
    let shown = match span.as_secs() {
        0 => Duration::from_millis(millis(span)),
        seconds => Duration::from_secs(seconds),
    };
    written_span(shown)
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
