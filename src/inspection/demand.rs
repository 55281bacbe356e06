//! From what was found to what is demanded.
//!
//! What is demanded here is what is reserved and allowed later, so that nothing is guessed: a field that
//! could be read in two ways was refused before.

use super::{
    InspectionError,
    fields::{CUSTOM_MODEL, FieldReading, Fields, IMAGE_URLS, WEBHOOK_URL},
    query::Query,
};
use crate::domain::{
    Asynchronous, Demand, FieldValue, ModelRule, Places, PlacesRule, Route, WebhookRule,
};
use std::collections::BTreeMap;

/// Returns what a request on `route` demands, with the route's defaults for what it does not say.
///
/// It is an error where a field stands at both levels, or where an address for webhooks is named twice.
pub(super) fn demand(
    route: &Route,
    query: &Query<'_>,
    fields: &Fields<'_>,
) -> Result<Demand, InspectionError> {
    Ok(Demand {
        places: places(route, fields)?,
        model: model(route, fields)?,
        speed: speed(route, fields)?,
        priced_fields: priced_fields(route, fields)?,
        webhook_url: webhook_url(route, query, fields)?,
        image_urls: image_urls(fields)?,
        custom_model: text(fields, CUSTOM_MODEL)?,
        is_quote: query.is_quote(),
        is_asynchronous: is_asynchronous(route, query, fields)?,
    })
}

/// Returns how many places the request takes: as many as it asks for images.
fn places(route: &Route, fields: &Fields<'_>) -> Result<Places, InspectionError> {
    Ok(match &route.places {
        PlacesRule::None => 0,
        PlacesRule::Fixed(places) => *places,
        PlacesRule::Field { name, default, .. } => match fields.found(name)? {
            Some(FieldReading::Places(places)) => *places,
            _ => *default,
        },
    })
}

/// Returns the model that is named, or else the route's own.
fn model(route: &Route, fields: &Fields<'_>) -> Result<Option<Box<str>>, InspectionError> {
    Ok(match &route.model {
        ModelRule::None => None,
        ModelRule::Fixed(model) => Some(model.clone()),
        ModelRule::Field { name, default } => text(fields, name)?.or_else(|| Some(default.clone())),
    })
}

/// Returns the rendering speed that is named, or else the route's own, as it was written.
fn speed(route: &Route, fields: &Fields<'_>) -> Result<Option<Box<str>>, InspectionError> {
    let named = match &route.speed_field {
        Some(name) => text(fields, name)?,
        None => None,
    };
    Ok(named.or_else(|| route.default_speed.clone()))
}

/// Returns those fields that are there of the ones that the price may depend on.
fn priced_fields(
    route: &Route,
    fields: &Fields<'_>,
) -> Result<BTreeMap<Box<str>, FieldValue>, InspectionError> {
    let mut priced = BTreeMap::new();
    for name in &route.priced_fields {
        if let Some(found) = fields.found(name)? {
            priced.insert(name.clone(), field_value(found));
        }
    }
    Ok(priced)
}

/// Returns what was found as a value to compare; of a list, only that it is there.
fn field_value(found: &FieldReading) -> FieldValue {
    match found {
        FieldReading::Text(text) => FieldValue::Text(text.clone()),
        FieldReading::Places(places) => FieldValue::Text(places.to_string().into()),
        FieldReading::Flag(flag) => FieldValue::Text(flag.to_string().into()),
        FieldReading::Null | FieldReading::Texts(_) | FieldReading::Present => {
            FieldValue::Present(true)
        }
    }
}

/// The address may stand in the query or in the body, under the route's name or the usual one; but
/// only once, or the vendor might deliver to another than the one that was allowed.
fn webhook_url(
    route: &Route,
    query: &Query<'_>,
    fields: &Fields<'_>,
) -> Result<Option<Box<str>>, InspectionError> {
    let own = match &route.webhook {
        WebhookRule::None => None,
        WebhookRule::Query(name) => query.value(name).map(Into::into),
        WebhookRule::Field(name) if **name == *WEBHOOK_URL => None,
        WebhookRule::Field(name) => text(fields, name)?,
    };
    match (own, text(fields, WEBHOOK_URL)?) {
        (Some(_), Some(_)) => {
            let problem = "must not come both in the query and in the body, or under two names";
            Err(InspectionError::ambiguous(WEBHOOK_URL, problem))
        }
        (own, usual) => Ok(own.or(usual)),
    }
}

/// Returns the addresses that Ideogram is to fetch pictures from.
fn image_urls(fields: &Fields<'_>) -> Result<Vec<Box<str>>, InspectionError> {
    Ok(match fields.found(IMAGE_URLS)? {
        Some(FieldReading::Texts(urls)) => urls.clone(),
        _ => Vec::new(),
    })
}

/// Whoever names an address is told there: Ideogram answers at once then, whatever else is said.
fn is_asynchronous(
    route: &Route,
    query: &Query<'_>,
    fields: &Fields<'_>,
) -> Result<bool, InspectionError> {
    let may_wait = matches!(route.asynchronous, Asynchronous::Field(_));
    if may_wait && webhook_url(route, query, fields)?.is_some() {
        return Ok(true);
    }
    let field = match &route.asynchronous {
        Asynchronous::Field(name) => fields.found(name)?.map(field_value),
        Asynchronous::Never | Asynchronous::Always => None,
    };
    Ok(route.is_asynchronous(field.as_ref()))
}

/// Returns the text of a field, `None` where it is absent.
fn text(fields: &Fields<'_>, name: &str) -> Result<Option<Box<str>>, InspectionError> {
    Ok(match fields.found(name)? {
        Some(FieldReading::Text(text)) => Some(text.clone()),
        _ => None,
    })
}
