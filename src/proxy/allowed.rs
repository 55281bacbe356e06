//! Second stage: the route is listed and the token may use it.

use super::{
    Gateway, counted::Counted, incoming_request::IncomingRequest, inspected::InspectedCall,
    own_webhook_address::OwnAddress, policy, rejection::Rejection,
};
use crate::{
    config::EnvironmentSettings,
    domain::{ErrorCode, GenerationId, Route, Token},
    inspection::{self, Inspected, Subject},
    spool::{Spool, SpoolWriter},
    tokens::PresentedSecret,
    web,
};
use std::sync::Arc;

/// A request that its token's scopes allow.
#[derive(Debug)]
pub(super) struct AllowedCall {
    pub(super) gateway: Gateway,
    pub(super) knock: IncomingRequest,
    pub(super) token: Arc<Token>,
    pub(super) secret: PresentedSecret,
    pub(super) environment: EnvironmentSettings,
    pub(super) route: Arc<Route>,
    /// Whether it counts against its token's rate already.
    pub(super) counted: Counted,
}

impl AllowedCall {
    /// Receives the whole body and returns the call if it can be read and the policy allows it.
    ///
    /// Callers that would be refused anyway are refused before their body is read.
    pub(super) async fn inspect(mut self) -> Result<InspectedCall, Rejection> {
        let polled = self.refuse_early().await?;
        self.look(polled.map(|polled| polled.id)).await
    }

    /// Receives the whole body and returns what it asks for, for a call that will not be sent.
    pub(super) async fn inspect_only(self) -> Result<InspectedCall, Rejection> {
        self.refuse_large()?;
        self.look(None).await
    }

    async fn look(mut self, polled: Option<GenerationId>) -> Result<InspectedCall, Rejection> {
        let (gateway, token) = (self.gateway.clone(), Arc::clone(&self.token));
        let body = gateway.unless_draining(self.receive()).await??;
        let mut inspected = self.look_into(&body).await?;
        let own_address = OwnAddress::take(&gateway, &self.environment.account, &mut inspected)?;
        self.knock.trail.places.set(inspected.demand.places).ok();
        policy::check(&token, &self.environment, &self.route, &inspected.demand)?;
        if let Some(own_address) = own_address {
            own_address.give(&self.route, &mut inspected);
        }
        let line = gateway.calls.line(&self.environment.account);
        let images = if inspected.demand.is_quote { 0 } else { inspected.demand.places };
        let places = line.map_or(0, |line| line.places(images));
        self.check_fits(places)?;
        Ok(InspectedCall { allowed: self, body, inspected, places, polled })
    }

    async fn receive(&mut self) -> Result<Spool, Rejection> {
        let (cap, idle) = (self.route.body_cap, self.gateway.settings.door.body_idle_timeout);
        let writer = SpoolWriter::new(&self.gateway.spool, Some(self.token.id.clone()), cap);
        web::receive(self.knock.body.get_mut(), writer, cap, idle).await.map_err(Rejection::from)
    }

    async fn look_into(&mut self, body: &Spool) -> Result<Inspected, Rejection> {
        if body.in_place().is_some() {
            let subject = Subject {
                route: &self.route,
                path: self.knock.uri.path(),
                token: &self.token.id,
                query: self.knock.uri.query(),
                headers: &self.knock.headers,
                body,
            };
            return inspection::inspect(subject).map_err(Rejection::from);
        }
        let (route, token, body) = (Arc::clone(&self.route), self.token.id.clone(), body.clone());
        let (uri, headers) = (self.knock.uri.clone(), self.knock.headers.clone());
        let work = move || {
            let (path, query) = (uri.path(), uri.query());
            let (route, token, headers, body) = (&route, &token, &headers, &body);
            inspection::inspect(Subject { route, path, token, query, headers, body })
        };
        let inspected = self.gateway.tasks.run_blocking(work).await;
        inspected
            .map_err(|_| Rejection::internal("inspection was cut off"))?
            .map_err(Rejection::from)
    }

    fn check_fits(&self, places: u32) -> Result<(), Rejection> {
        let cap = self.gateway.cap(&self.environment.account);
        if places <= cap {
            return Ok(());
        }
        let message = format!("the call takes {places} places, and the account has {cap} in all");
        Err(Rejection::new(ErrorCode::TooManyPlaces, message).field("num_images"))
    }
}
