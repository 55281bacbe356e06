//! What metrics are told apart by. Values come from settings or from this crate, never from
//! requests, so that nobody outside can make the number of series grow. The names of the fields are
//! the names of the labels, so to rename one is to change what people's dashboards ask for.

use super::LineKind;
use crate::domain::{AccountName, EnvironmentName, ErrorCode, Outcome, RouteName};
use prometheus_client::encoding::{EncodeLabel, EncodeLabelSet, LabelSetEncoder};
use std::fmt;

/// A word that is part of this program. It is never made from what a client sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Word(pub(super) &'static str);

impl Word {
    /// Returns the word as it is shown.
    const fn as_str(self) -> &'static str {
        self.0
    }
}

macro_rules! labels {
    ($($(#[$docs:meta])* $name:ident { $($field:ident: $type:ty),* })*) => {$(
        $(#[$docs])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub(super) struct $name { $(pub(super) $field: $type,)* }

        impl EncodeLabelSet for $name {
            fn encode(&self, encoder: &mut LabelSetEncoder) -> Result<(), fmt::Error> {
                $((stringify!($field), self.$field.as_str()).encode(encoder.encode_label())?;)*
                Ok(())
            }
        }
    )*};
}

labels! {
    /// A finished call.
    CallLabels { environment: EnvironmentName, route: RouteName, outcome: Outcome }
    /// A route.
    RouteLabels { route: RouteName }
    /// An environment.
    EnvironmentLabels { environment: EnvironmentName }
    /// An account.
    AccountLabels { account: AccountName }
    /// An answer of Ideogram's that refused a call.
    RefusalLabels { account: AccountName, status: Word }
    /// The key of an environment, and how it may be.
    KeyStateLabels { account: AccountName, environment: EnvironmentName, state: Word }
    /// The key of an environment.
    KeyLabels { account: AccountName, environment: EnvironmentName }
    /// A threshold of a budget, in percent.
    ThresholdLabels { percent: Word }
    /// One of our listeners.
    ListenerLabels { listener: Word }
    /// Why a TLS handshake at one of our listeners failed.
    HandshakeLabels { listener: Word, reason: Word }
    /// What is paused.
    PauseLabels { target: String }
    /// A delivery of a webhook.
    WebhookLabels { result: Word }
    /// Where lines were dropped.
    SinkLabels { sink: Word }
    /// A reload of the settings.
    ReloadLabels { result: Word }
    /// What was built.
    BuildLabels { version: Word }
}

/// An answer of our own; without an environment where none was known yet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct CodeLabels {
    pub(super) environment: Option<EnvironmentName>,
    pub(super) code: ErrorCode,
}

impl EncodeLabelSet for CodeLabels {
    fn encode(&self, encoder: &mut LabelSetEncoder) -> Result<(), fmt::Error> {
        // A label that is empty counts as one that is absent.
        let environment = self.environment.as_ref().map_or("", EnvironmentName::as_str);
        ("environment", environment).encode(encoder.encode_label())?;
        ("code", self.code.as_str()).encode(encoder.encode_label())
    }
}

/// A notification, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct NotificationLabels {
    pub(super) kind: Word,
    pub(super) result: Word,
}

impl EncodeLabelSet for NotificationLabels {
    fn encode(&self, encoder: &mut LabelSetEncoder) -> Result<(), fmt::Error> {
        ("type", self.kind.as_str()).encode(encoder.encode_label())?;
        ("result", self.result.as_str()).encode(encoder.encode_label())
    }
}

impl SinkLabels {
    /// Returns the labels of one kind of lines.
    pub(super) const fn new(kind: LineKind) -> Self {
        Self { sink: Word(kind.as_str()) }
    }
}

/// What becomes of deliveries of webhooks. All of them are shown at zero from the start, and no
/// other one is ever counted.
pub(super) const WEBHOOK_RESULTS: [&str; 14] = [
    "ended",
    "again",
    "late",
    "body",
    "blocked",
    "headers",
    "window",
    "signature",
    "no_keys",
    "unknown",
    "crowded",
    "sender",
    "unsaid",
    "unrecorded",
];

/// What comes of reloads of the settings.
pub(super) const RELOAD_RESULTS: [&str; 3] = ["changed", "same", "refused"];

/// Why connections do not get as far as TLS. All of them are shown at zero from the start, and no
/// other one is ever counted.
pub(super) const TLS_REASONS: [&str; 7] =
    ["plain_http", "incompatible", "protocol", "refused_by_client", "not_tls", "gone", "timeout"];

/// What notifications are about; the last stands for records that went by too fast to be looked at. All of
/// them are shown at zero from the start, and no other one is ever counted.
pub(super) const NOTIFICATIONS: [&str; 10] = [
    "budget.threshold",
    "balance.low",
    "key.rejected",
    "key.old",
    "call.unknown",
    "disk.low",
    "audit.unavailable",
    "checkpoint.failed",
    "token.expiring",
    "unread",
];

/// What becomes of notifications.
pub(super) const NOTIFICATION_RESULTS: [&str; 4] = ["delivered", "failed", "expired", "dropped"];

/// How the key of an environment may be. Exactly one of them is 1.
pub(super) const KEY_STATES: [&str; 3] = ["good", "rejected", "missing"];
