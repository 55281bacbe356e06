//! One route, read column by column.
//!
//! Columns that contradict each other are told elsewhere; here each is read by itself.

use super::column::{field_name, method, places, scope};
use crate::{
    config::{
        section::{InvalidValue, Section},
        tree::{Node, SettingTable},
        values::{boolean, choice, list, size, span, text, whole, written},
    },
    domain::{
        Asynchronous, BodyKind, Cost, ModelRule, PathPattern, PlacesRule, Route, RouteName,
        Settlement, WebhookRule,
    },
};
use std::time::Duration;

/// What `bodies` may hold.
const BODIES: &[(&str, BodyKind)] = &[("json", BodyKind::Json), ("multipart", BodyKind::Multipart)];
/// What `cost` may say.
const COSTS: &[(&str, Cost)] =
    &[("free", Cost::Free), ("per_output", Cost::PerOutput), ("per_input", Cost::PerInput)];
/// What `settlement` may say.
const SETTLEMENTS: &[(&str, Settlement)] = &[
    ("images_in_data", Settlement::ImagesInData),
    ("per_input", Settlement::PerInput),
    ("poll", Settlement::Poll),
    ("reserved", Settlement::Reserved),
];

/// Reads a route. `None` means that a mistake was noted.
///
/// All columns are read even if one is wrong, and a key that is no column is a mistake.
pub(super) fn route(
    name: Option<RouteName>,
    mut section: Section<'_>,
    templates: &SettingTable,
) -> Option<Route> {
    let template = section.optional("template", |node| template(node, templates));
    let method = section.read("method", method);
    let path = section.read("path", path);
    let scope = section.read("scope", scope);
    let bodies = section.read("bodies", list(choice(BODIES)));
    let body_cap = section.read("body_cap", size(1));
    let places = read_places(&mut section);
    let cost = section.read("cost", choice(COSTS));
    let settlement = section.read("settlement", choice(SETTLEMENTS));
    let query = section.read("query", list(field_name));
    let model = read_model(&mut section);
    let default_speed = section.optional("speed", text);
    let speed_field = section.optional("speed_field", field_name);
    let priced_fields = section.read("priced_fields", list(field_name));
    let webhook = read_webhook(&mut section);
    let quote = section.read("quote", boolean);
    let asynchronous = read_asynchronous(&mut section);
    let place_ttl = section.optional("place_ttl", span(Duration::ZERO));
    let deprecated = section.read("deprecated", boolean);
    let verified = section.read("verified", boolean);
    let enabled = section.read("enabled", boolean);
    section.end();
    // Its columns were merged in already; here it only has to be there.
    template?;
    Some(Route {
        name: name?,
        method: method?,
        path: path?,
        scope: scope?,
        bodies: bodies?,
        body_cap: body_cap?,
        places: places?,
        cost: cost?,
        settlement: settlement?,
        query: query?,
        model: model?,
        default_speed: default_speed?,
        speed_field: speed_field?,
        priced_fields: priced_fields?,
        webhook: webhook?,
        quote: quote?,
        asynchronous: asynchronous?,
        place_ttl: place_ttl?,
        deprecated: deprecated?,
        verified: verified?,
        enabled: enabled?,
    })
}

/// Reads where the number of images is found, and how many are meant where the field is absent.
fn read_places(section: &mut Section<'_>) -> Option<PlacesRule> {
    let rule = section.read("places", places);
    let absent = section.read("places_default", whole(1, 8));
    Some(match (rule?, absent?) {
        (PlacesRule::Field { name, inside, .. }, default) => {
            PlacesRule::Field { name, inside, default }
        }
        (rule, _) => rule,
    })
}

/// Reads where the model is found. A model beside a field is what counts where the field is absent.
fn read_model(section: &mut Section<'_>) -> Option<ModelRule> {
    let model = section.optional("model", text);
    let field = section.optional("model_field", field_name);
    Some(match (model?, field?) {
        (None, None) => ModelRule::None,
        (Some(model), None) => ModelRule::Fixed(model),
        (default, Some(name)) => ModelRule::Field { name, default: default.unwrap_or_default() },
    })
}

/// Reads where the address of a webhook stands. The query wins where both are given.
fn read_webhook(section: &mut Section<'_>) -> Option<WebhookRule> {
    let query = section.optional("webhook_query", field_name);
    let field = section.optional("webhook_field", field_name);
    Some(match (query?, field?) {
        (Some(name), _) => WebhookRule::Query(name),
        (None, Some(name)) => WebhookRule::Field(name),
        (None, None) => WebhookRule::None,
    })
}

/// Reads whether a call answers before its generation ends, always or if a field says so.
fn read_asynchronous(section: &mut Section<'_>) -> Option<Asynchronous> {
    let always = section.read("asynchronous", boolean);
    let field = section.optional("async_field", field_name);
    Some(match (always?, field?) {
        (true, _) => Asynchronous::Always,
        (false, Some(name)) => Asynchronous::Field(name),
        (false, None) => Asynchronous::Never,
    })
}

/// Looks whether a template is there; its columns were merged before.
fn template(node: &Node, templates: &SettingTable) -> Result<(), InvalidValue> {
    match written(node) {
        Some(name) if templates.contains_key(name) => Ok(()),
        _ => {
            let names: Vec<&str> = templates.keys().map(AsRef::as_ref).collect();
            Err(node.reject(format!("must be a template: {}", names.join(", "))))
        }
    }
}

/// Reads the pattern of the path.
fn path(node: &Node) -> Result<PathPattern, InvalidValue> {
    let parsed = written(node).unwrap_or_default().parse::<PathPattern>();
    parsed.map_err(|error| node.reject(error.to_string()))
}
