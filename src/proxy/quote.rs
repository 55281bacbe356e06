//! `POST /_ideogate/quote?path=…`: what a call would cost, without sending or holding anything.
//!
//! The body and its content type are those of the real call, and so are the refusals. With
//! `source=vendor` the request goes the ordinary way as Ideogram's own dry run.

use super::{
    Gateway,
    incoming_request::IncomingRequest,
    inspected::InspectedCall,
    known::{self, KnownCall},
    pipeline,
    rejection::Rejection,
    standing::BudgetStanding,
};
use crate::{
    domain::{ErrorCode, Places, PricePer, RouteMatch, RouteName, Usd},
    ledger::Budgets,
    web::Body,
};
use axum::extract::Query;
use http::{HeaderValue, Response, Uri, header::CONTENT_TYPE};
use serde::{Deserialize, Serialize};

/// Where quotes are asked for.
pub(super) const PATH: &str = "/_ideogate/quote";

/// What a quote is asked for with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct QuoteRequest {
    path: String,
    #[serde(default)]
    source: PriceSource,
}

/// Whose price it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum PriceSource {
    /// The gateway's own price table.
    #[default]
    Table,
    /// Ideogram's dry run.
    Vendor,
}

/// What a call would take and cost.
#[derive(Debug, Serialize)]
struct Quote {
    route: RouteName,
    /// Whether Ideogram bills the route at all.
    billable: bool,
    places: Places,
    model: Option<Box<str>>,
    speed: Option<Box<str>>,
    /// `null` when the route is free, or has no price.
    price: Option<QuotedPrice>,
    would_fit: WouldFit,
    source: PriceSource,
}

#[derive(Debug, Serialize)]
struct QuotedPrice {
    upper_bound_usd: Usd,
    unit_usd: Usd,
    per: &'static str,
    version: Box<str>,
}

/// Whether the budgets that cover the call would let it through now.
#[derive(Debug, Serialize)]
struct WouldFit {
    fits: bool,
    /// What is left of the tightest budget; `null` without one.
    left_usd: Option<Usd>,
    budgets: Vec<BudgetStanding>,
}

/// Answers a request for a quote.
pub(super) async fn answer(
    gateway: Gateway,
    mut incoming: IncomingRequest,
) -> Result<Response<Body>, Rejection> {
    // Before the query is read, although the pipeline asks again: strangers are told nothing but that.
    known::token(&gateway, &incoming)?;
    let asked = Query::<QuoteRequest>::try_from_uri(&incoming.uri);
    let Query(asked) = asked.map_err(|error| malformed("query", error.body_text()))?;
    incoming.uri = real_call(&asked.path)?;
    match asked.source {
        PriceSource::Table => from_table(&gateway, incoming).await,
        PriceSource::Vendor => from_vendor(&gateway, incoming).await,
    }
}

async fn from_table(
    gateway: &Gateway,
    incoming: IncomingRequest,
) -> Result<Response<Body>, Rejection> {
    let call = KnownCall::authenticate(gateway, incoming)?;
    let call = call.authorize_quote()?;
    let call = call.inspect_only().await?;
    let quote = serde_json::to_string(&Quote::from_call(&call));
    let quote = quote.map_err(|error| Rejection::internal(&error.to_string()))?;
    let mut response = Response::new(Body::full(quote));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// A dry run is a call like any other: recorded, and refused where a client's own would be.
async fn from_vendor(
    gateway: &Gateway,
    mut incoming: IncomingRequest,
) -> Result<Response<Body>, Rejection> {
    let found = incoming.settings.routes.find(&incoming.method, incoming.uri.path());
    if let RouteMatch::Found(route) = found
        && !route.quote
    {
        let message =
            format!("route {} declares no dry run: the call would run and be billed", route.name);
        return Err(malformed("source", message));
    }
    let sign = if incoming.uri.query().is_some() { '&' } else { '?' };
    incoming.uri = uri(&format!("{}{sign}dry_run=true", incoming.uri))?;
    let (request, received) = (incoming.request.clone(), incoming.received);
    let answer = pipeline::run(gateway, incoming).await?;
    Ok(answer.into_response(&request, received))
}

/// Returns the path and query of the call that is asked about.
fn real_call(path: &str) -> Result<Uri, Rejection> {
    // Two slashes begin the name of a host to some readers.
    if path.starts_with('/') && !path.starts_with("//") {
        return uri(path);
    }
    Err(malformed("path", "must be the path of a call, as in path=/v1/ideogram-v3/generate"))
}

fn uri(text: &str) -> Result<Uri, Rejection> {
    text.parse().map_err(|_| malformed("path", "cannot be read"))
}

fn malformed(field: &'static str, problem: impl Into<String>) -> Rejection {
    Rejection::new(ErrorCode::MalformedRequest, problem.into()).field(field)
}

impl Quote {
    fn from_call(call: &InspectedCall) -> Self {
        let (allowed, demand) = (&call.context, &call.asked.demand);
        let route = &allowed.route;
        let prices = &allowed.request.settings.prices;
        let found = prices.quote(&route.name, demand).filter(|_| route.is_billable());
        let price = found.map(|quotation| QuotedPrice {
            upper_bound_usd: quotation.bound(),
            unit_usd: quotation.unit,
            per: match quotation.per {
                PricePer::Output => "output",
                PricePer::Input => "input",
            },
            version: prices.version().into(),
        });
        Self {
            route: route.name.clone(),
            billable: route.is_billable(),
            places: call.asked.places,
            model: demand.model.clone(),
            speed: demand.speed.clone(),
            would_fit: WouldFit::new(call, found.map(|quotation| quotation.bound())),
            price,
            source: PriceSource::Table,
        }
    }
}

impl WouldFit {
    fn new(call: &InspectedCall, bound: Option<Usd>) -> Self {
        let allowed = &call.context;
        let (gateway, route) = (&allowed.gateway, &allowed.route);
        let now = gateway.clock.now();
        let (environment, token) = (&allowed.environment, &allowed.token);
        let covering = Budgets::covering(&allowed.request.settings, environment, token, route, now);
        let standing = |budget| BudgetStanding::new(&gateway.ledger, budget, now);
        let budgets: Vec<_> = covering.limits.iter().map(standing).collect();
        let left_usd = budgets.iter().map(|budget| budget.left_usd).min();
        let fits = match (bound, left_usd) {
            _ if !route.is_billable() => true,
            (Some(bound), Some(left)) => bound <= left,
            // A budget cannot cover what has no price.
            (None, Some(_)) => false,
            (_, None) => true,
        };
        Self { fits, left_usd, budgets }
    }
}
