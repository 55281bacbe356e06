//! What is known of a call once it is allowed.

use super::{Gateway, incoming_request::IncomingRequest};
use crate::{
    calls::AccountLink,
    config::EnvironmentSettings,
    domain::{Route, Token},
    tokens::PresentedSecret,
};
use std::sync::Arc;

/// What is known of a call once it is allowed. It moves through the stages as it is; each stage adds what it
/// proved beside it.
#[derive(Debug)]
pub(super) struct CallContext {
    pub(super) gateway: Gateway,
    pub(super) request: IncomingRequest,
    pub(super) token: Arc<Token>,
    pub(super) secret: PresentedSecret,
    pub(super) environment: EnvironmentSettings,
    pub(super) route: Arc<Route>,
    /// Whether it counts against its token's rate already.
    pub(super) counted: Counted,
}

impl CallContext {
    /// Returns the link to the account that serves the call.
    pub(super) fn link(&self) -> Option<&Arc<AccountLink>> {
        self.gateway.calls.line(&self.environment.account)
    }
}

/// Whether a request has been counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    /// Not until it is clear that nothing is owed to it.
    Later,
    /// It has been, or need not be.
    Already,
}
