//! Third stage: the body is here, its demand is known, the policy allows it.

use super::{
    allowed::AllowedCall, context::CallContext, own_webhook_address::OwnAddress,
    rejection::Rejection,
};
use crate::{
    authorization::check_policy,
    domain::{Demand, ErrorCode, Fingerprint, GenerationId, Places},
    inspection::{self, Inspected, Subject},
    spool::{Spool, SpoolWriter},
    web,
};
use std::sync::Arc;

/// A request that could be sent, were it not for earlier ones like it.
#[derive(Debug)]
pub(super) struct InspectedCall {
    pub(super) context: Box<CallContext>,
    pub(super) asked: AskedFor,
}

/// What the body and the query ask for.
#[derive(Debug)]
pub(super) struct AskedFor {
    pub(super) body: Spool,
    /// What it demands, by its body and query.
    pub(super) demand: Demand,
    /// What makes it the same request again.
    pub(super) fingerprint: Fingerprint,
    /// The query to send.
    pub(super) query: Option<String>,
    /// The places that it takes, as its account counts them.
    pub(super) places: Places,
    /// The generation that a poll is about.
    pub(super) polled: Option<GenerationId>,
}

impl AllowedCall {
    /// Receives the whole body and returns the call if it can be read and the policy allows it.
    ///
    /// Callers that would be refused anyway are refused before their body is read.
    pub(super) async fn inspect(mut self) -> Result<InspectedCall, Rejection> {
        let polled = self.context.refuse_early().await?;
        self.read(polled.map(|polled| polled.id)).await
    }

    /// Receives the whole body and returns what it asks for, for a call that will not be sent.
    pub(super) async fn inspect_only(self) -> Result<InspectedCall, Rejection> {
        self.context.refuse_large()?;
        self.read(None).await
    }

    async fn read(self, polled: Option<GenerationId>) -> Result<InspectedCall, Rejection> {
        let mut context = self.context;
        let gateway = context.gateway.clone();
        let body = gateway.unless_draining(context.receive()).await??;
        let mut found = context.look_into(&body).await?;
        let account = &context.environment.account;
        // Taken out before the policy and given back behind it: its hosts are those of apps, and ours is none.
        let own_address = OwnAddress::take(&gateway, account, &mut found)?;
        context.request.request_context.places.set(found.demand.places).ok();
        check_policy(&context.token, &context.environment, &context.route, &found.demand)?;
        if let Some(own_address) = own_address {
            own_address.give(&context.route, &mut found);
        }
        let images = if found.demand.is_quote { 0 } else { found.demand.places };
        let places = context.link().map_or(0, |link| link.places(images));
        context.check_fits(places)?;
        let Inspected { demand, fingerprint, query } = found;
        let asked = AskedFor { body, demand, fingerprint, query, places, polled };
        Ok(InspectedCall { context, asked })
    }
}

impl CallContext {
    async fn receive(&mut self) -> Result<Spool, Rejection> {
        let (cap, idle) = (self.route.body_cap, self.request.settings.door.body_idle_timeout);
        let writer = SpoolWriter::new(&self.gateway.spool, Some(self.token.id.clone()), cap);
        web::receive(self.request.body.get_mut(), writer, cap, idle).await.map_err(Rejection::from)
    }

    async fn look_into(&mut self, body: &Spool) -> Result<Inspected, Rejection> {
        // Only a body on disk is worth a thread that may block.
        if body.in_place().is_some() {
            let subject = Subject {
                route: &self.route,
                path: self.request.uri.path(),
                token: &self.token.id,
                query: self.request.uri.query(),
                headers: &self.request.headers,
                body,
            };
            return inspection::inspect(subject).map_err(Rejection::from);
        }
        let (route, token, body) = (Arc::clone(&self.route), self.token.id.clone(), body.clone());
        let (uri, headers) = (self.request.uri.clone(), self.request.headers.clone());
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
