//! The endpoints with who may use each: collected from the types of their handlers.

use super::{role::NamesRole, state::AdminState};
use crate::domain::Role;
use axum::{
    Router,
    handler::Handler,
    routing::{MethodRouter, get, post},
};
use tower_http::compression::{CompressionLayer, predicate::SizeAbove};

/// From how many bytes on compression is worth its work.
const LARGE: u64 = 1024;

/// One endpoint, and who may use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Endpoint {
    /// The path, with its variable parts in braces.
    pub path: &'static str,
    /// The method.
    pub method: &'static str,
    /// The least role; `None` means anybody who can reach the listener.
    pub role: Option<Role>,
}

/// Endpoints as they are collected.
#[derive(Debug, Default)]
pub(super) struct Endpoints {
    router: Router<AdminState>,
    listed: Vec<Endpoint>,
}

impl Endpoints {
    /// Returns the endpoints with one more, to be read.
    pub(super) fn get<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, AdminState>,
        T: NamesRole + 'static,
    {
        self.with(Endpoint { path, method: "GET", role: Some(T::ROLE) }, get(handler))
    }

    /// Returns the endpoints with one more, whose answers are large and hold no secret: they are
    /// compressed for whoever takes that.
    ///
    /// Nothing else is: how well a secret beside text of others' choosing is compressed tells of it, and
    /// an answer that goes on for ever must not wait for more to compress.
    pub(super) fn large<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, AdminState>,
        T: NamesRole + 'static,
    {
        let compression = CompressionLayer::new().compress_when(SizeAbove::new(LARGE));
        let served = get(handler).layer(compression);
        self.with(Endpoint { path, method: "GET", role: Some(T::ROLE) }, served)
    }

    /// Returns the endpoints with one more, which changes something.
    pub(super) fn post<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, AdminState>,
        T: NamesRole + 'static,
    {
        self.with(Endpoint { path, method: "POST", role: Some(T::ROLE) }, post(handler))
    }

    /// Returns the endpoints with one more, which anybody may read.
    pub(super) fn open<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, AdminState>,
        T: 'static,
    {
        self.with(Endpoint { path, method: "GET", role: None }, get(handler))
    }

    /// Returns the endpoints with one more, which balancers ask how the gateway is; some of them ask
    /// with `OPTIONS` unless told otherwise.
    pub(super) fn probe<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, AdminState>,
        T: 'static,
    {
        let served = get(handler.clone()).options(handler);
        self.with(Endpoint { path, method: "GET", role: None }, served)
    }

    /// Returns both.
    pub(super) fn and(mut self, others: Self) -> Self {
        self.listed.extend(others.listed);
        Self { router: self.router.merge(others.router), listed: self.listed }
    }

    /// Returns the router, and what it serves.
    pub(super) fn into_parts(self) -> (Router<AdminState>, Vec<Endpoint>) {
        (self.router, self.listed)
    }

    fn with(mut self, endpoint: Endpoint, served: MethodRouter<AdminState>) -> Self {
        self.listed.push(endpoint);
        Self { router: self.router.route(endpoint.path, served), listed: self.listed }
    }
}
