//! The flood bound: refusals cannot fill the disk, and yet each one is counted.

use super::find::is_within;
use crate::domain::{
    AuditRecord, Clock, ErrorCode, Principal, RecordBody, RefusalSummary, RequestId, RouteName,
    Timestamp,
};
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
    time::Duration,
};

/// Refusals of one kind that are written in full in a minute.
const IN_FULL: u64 = 10;

/// How long a window is.
const MINUTE: Duration = Duration::from_mins(1);

/// Addresses, times codes and routes, that are kept apart in a minute. All further ones share their
/// windows, so memory and records stay bounded however many addresses a flood comes from: at most ten
/// times this number in full in a minute, and as many summaries.
const MOST_ADDRESSES: usize = 1024;

/// The same for tokens. Apart from the addresses, so that a flood without tokens hides none of theirs.
const MOST_TOKENS: usize = 4096;

/// Decides which refusals are written in full, and counts the others exactly.
///
/// Per token or address, code and route: the first 10 in a minute are written, the others become one
/// summary a minute. An IPv6 address counts as its /64, which one client commands as a whole.
///
/// What is counted lives in memory until its summary is taken: a crash loses the counts of the
/// minutes that are not over, never a refusal that was written. Any thread may use it; nothing in
/// it waits for the disk.
#[derive(Debug)]
pub struct RefusalBook {
    clock: Arc<dyn Clock>,
    pages: Mutex<RefusalPages>,
}

/// What refusals share that are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct RefusalKind {
    /// The token or address; `None` stands for all beyond the bound.
    who: Option<Principal>,
    code: ErrorCode,
    route: Option<RouteName>,
}

#[derive(Debug)]
struct RefusalWindow {
    since: Timestamp,
    written: u64,
    counted: u64,
    /// As in the records it counts.
    action: Box<str>,
    resource: Box<str>,
}

#[derive(Debug, Default)]
struct RefusalPages {
    addresses: HashMap<RefusalKind, RefusalWindow>,
    tokens: HashMap<RefusalKind, RefusalWindow>,
    /// As many as there are codes and routes, at most twice.
    shared: HashMap<RefusalKind, RefusalWindow>,
}

impl RefusalBook {
    /// Returns an empty book.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, pages: Mutex::default() }
    }

    /// Returns `record` if it shall be written in full, or counts it. Only refusals are ever
    /// counted. A record that is not a refusal is always returned. Who gets one back must write it,
    /// or [`count`](Self::count) it.
    pub fn observe(&self, record: AuditRecord) -> Option<AuditRecord> {
        let Some(kind) = RefusalKind::from_record(&record) else { return Some(record) };
        let now = self.clock.now();
        let mut pages = self.pages.lock();
        let window = pages.window(kind, &record, now);
        if window.written < IN_FULL {
            window.written += 1;
            return Some(record);
        }
        window.counted += 1;
        None
    }

    /// Counts a refusal that was to be written in full, or all those that a summary tells of, where the
    /// journal had no room for the record. Other records are left out.
    pub fn count(&self, record: &AuditRecord) {
        let (kind, times) = match &record.body {
            RecordBody::Summary(summary) => {
                (RefusalKind::from_summary(record, summary), summary.count)
            }
            _ => match RefusalKind::from_record(record) {
                Some(kind) => (kind, 1),
                None => return,
            },
        };
        let now = self.clock.now();
        let mut pages = self.pages.lock();
        pages.window(kind, record, now).counted += times;
    }

    /// Returns what was counted in the minutes that are over; to be called once a minute or more
    /// often. Each count is returned once, and forgotten with that: whoever takes summaries must
    /// write them. They come in no order.
    pub fn summaries(&self) -> Vec<AuditRecord> {
        let now = self.clock.now();
        self.take(now, |window| window.is_over(now))
    }

    /// Returns everything that was counted; to be called at the end. The book can still be used,
    /// and counts from the beginning.
    pub fn close(&self) -> Vec<AuditRecord> {
        self.take(self.clock.now(), |_| true)
    }

    /// Returns the code and the count of each kind whose minute is not over and in which a request may have
    /// been counted. It is a possibility and no proof: ids of what was counted are not kept.
    pub fn may_be_counting(&self, request: &RequestId) -> Vec<(ErrorCode, u64)> {
        let pages = self.pages.lock();
        let all = [&pages.addresses, &pages.tokens, &pages.shared].into_iter().flatten();
        let counting = all.filter(|(_, window)| window.counted > 0);
        let counting = counting.filter(|(_, window)| is_within(window.since, request));
        counting.map(|(kind, window)| (kind.code, window.counted)).collect()
    }

    fn take(&self, now: Timestamp, is_due: impl Fn(&RefusalWindow) -> bool) -> Vec<AuditRecord> {
        let mut pages = self.pages.lock();
        let RefusalPages { addresses, tokens, shared } = &mut *pages;
        let due = [addresses, tokens, shared]
            .into_iter()
            .flat_map(|page| page.extract_if(|_, window| is_due(window)));
        // Behind the taking: a window in which nothing was counted goes as well, or the book would
        // keep everybody who was ever refused.
        let due = due.filter(|(_, window)| window.counted > 0);
        due.map(|(kind, window)| window.summary(kind, now)).collect()
    }
}

impl RefusalKind {
    fn from_record(record: &AuditRecord) -> Option<Self> {
        let RecordBody::Refusal(refusal) = &record.body else { return None };
        let who = Some(who(&record.principal));
        Some(Self { who, code: refusal.code, route: refusal.route.clone() })
    }

    /// Many people's refusals stay many people's: the gateway stands for them in a summary.
    fn from_summary(record: &AuditRecord, summary: &RefusalSummary) -> Self {
        let own = !matches!(record.principal, Principal::Gateway);
        let who = own.then(|| who(&record.principal));
        Self { who, code: summary.code, route: summary.route.clone() }
    }
}

/// Returns who is counted as one. Only addresses of IPv6 are rounded; a token or an address of IPv4
/// counts as itself.
fn who(principal: &Principal) -> Principal {
    match principal {
        Principal::Anonymous(IpAddr::V6(address)) => {
            let network = u128::from(*address) & !u128::from(u64::MAX);
            Principal::Anonymous(Ipv6Addr::from(network).into())
        }
        other => other.clone(),
    }
}

impl RefusalPages {
    /// Returns the window that counts `record` now.
    fn window(
        &mut self,
        mut kind: RefusalKind,
        record: &AuditRecord,
        now: Timestamp,
    ) -> &mut RefusalWindow {
        let is_address = matches!(kind.who, Some(Principal::Anonymous(_)));
        let (page, most) = if is_address {
            (&mut self.addresses, MOST_ADDRESSES)
        } else {
            (&mut self.tokens, MOST_TOKENS)
        };
        // Those who are known already keep their windows: a flood from new addresses must not hide
        // what they do.
        let is_crowded = page.len() >= most && !page.contains_key(&kind);
        let page = if kind.who.is_none() || is_crowded {
            kind.who = None;
            &mut self.shared
        } else {
            page
        };
        let window = page.entry(kind).or_insert_with(|| RefusalWindow::new(record, now));
        window.advance(now);
        window
    }
}

impl RefusalWindow {
    fn new(record: &AuditRecord, now: Timestamp) -> Self {
        let (action, resource) = (record.action.clone(), record.resource.clone());
        Self { since: now, written: 0, counted: 0, action, resource }
    }

    fn is_over(&self, now: Timestamp) -> bool {
        now.since(self.since) >= MINUTE
    }

    /// Begins a new minute, unless what was counted is not fetched yet: then the old one goes on.
    fn advance(&mut self, now: Timestamp) {
        if self.is_over(now) && self.counted == 0 {
            (self.since, self.written) = (now, 0);
        }
    }

    fn summary(self, kind: RefusalKind, now: Timestamp) -> AuditRecord {
        let Self { since, counted, action, resource, .. } = self;
        let summary = RefusalSummary { code: kind.code, route: kind.route, since, count: counted };
        AuditRecord {
            at: now,
            action,
            resource: if kind.who.is_some() { resource } else { "various".into() },
            principal: kind.who.unwrap_or(Principal::Gateway),
            call: None,
            request: None,
            body: RecordBody::Summary(summary),
        }
    }
}
