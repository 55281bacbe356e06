//! Calls that nobody can say anything of: told at once, and then once a minute however many they are.

use super::{Notice, NoticeKind};
use crate::domain::{CallId, EnvironmentName, RequestId, Usd};
use serde::Serialize;
use serde_json::json;
use std::{collections::HashMap, time::Duration};
use tokio::time::Instant;

/// How long calls of one environment are gathered after one of them was told.
pub(super) const GATHER: Duration = Duration::from_mins(1);

/// Calls that are named in one notification; the others are counted.
const MOST_NAMED: usize = 10;

/// One call whose end nobody saw.
#[derive(Debug, Clone, Serialize)]
pub(super) struct UnknownCall {
    pub(super) call_id: CallId,
    pub(super) route: Box<str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) request_id: Option<RequestId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reserved_usd: Option<Usd>,
}

/// What is gathered, by environment.
#[derive(Debug, Default)]
pub(super) struct UnknownCalls(HashMap<EnvironmentName, Gathered>);

#[derive(Debug)]
struct Gathered {
    until: Instant,
    count: u64,
    reserved: Usd,
    calls: Vec<UnknownCall>,
}

impl UnknownCalls {
    /// Takes a call; returns what is to be told at once.
    pub(super) fn saw(
        &mut self,
        environment: &EnvironmentName,
        call: UnknownCall,
        now: Instant,
    ) -> Option<Notice> {
        if let Some(gathered) = self.0.get_mut(environment) {
            gathered.add(call);
            return None;
        }
        let mut first = Gathered::until(now + GATHER);
        first.add(call);
        let notice = first.notice(environment);
        self.0.insert(environment.clone(), Gathered::until(now + GATHER));
        notice
    }

    /// Returns what was gathered in minutes that are over.
    pub(super) fn due(&mut self, now: Instant) -> Vec<Notice> {
        let mut notices = Vec::new();
        self.0.retain(|environment, gathered| {
            if gathered.until > now {
                return true;
            }
            let notice = gathered.notice(environment);
            let goes_on = notice.is_some();
            notices.extend(notice);
            *gathered = Gathered::until(now + GATHER);
            goes_on
        });
        notices
    }
}

impl Gathered {
    fn until(until: Instant) -> Self {
        Self { until, count: 0, reserved: Usd::ZERO, calls: Vec::new() }
    }

    fn add(&mut self, call: UnknownCall) {
        self.count += 1;
        self.reserved = self.reserved.plus(call.reserved_usd.unwrap_or_default());
        if self.calls.len() < MOST_NAMED {
            self.calls.push(call);
        }
    }

    /// Returns what is to be told; nothing where there is no call.
    fn notice(&self, environment: &EnvironmentName) -> Option<Notice> {
        let data = json!({
            "environment": environment, "count": self.count, "reserved_usd": self.reserved,
            "calls": self.calls,
        });
        (self.count > 0).then(|| Notice::each_time(NoticeKind::CallUnknown, data))
    }
}
