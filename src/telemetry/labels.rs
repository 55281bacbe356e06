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
    /// An answer of our own.
    CodeLabels { code: ErrorCode }
    /// A threshold of a budget, in percent.
    ThresholdLabels { percent: Word }
    /// One of our listeners.
    ListenerLabels { listener: Word }
    /// Why a TLS handshake at one of our listeners failed.
    HandshakeLabels { listener: Word, reason: Word }
    /// A delivery of a webhook.
    WebhookLabels { result: Word }
    /// Where lines were dropped.
    SinkLabels { sink: Word }
    /// What was built.
    BuildLabels { version: Word }
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

/// Why connections do not get as far as TLS. All of them are shown at zero from the start, and no
/// other one is ever counted.
pub(super) const TLS_REASONS: [&str; 7] =
    ["plain_http", "incompatible", "protocol", "refused_by_client", "not_tls", "gone", "timeout"];
