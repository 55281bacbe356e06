//! Says of each endpoint in the description who may use it: what the types say, said to people.

use crate::admin::endpoints::Endpoint;
use serde_json::json;
use utoipa::openapi::{
    Components, ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder,
    extensions::Extensions,
    path::{Operation, PathItem},
    security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
};

const SCHEME: &str = "operator";

/// How requests are refused that never reach their endpoint.
const REFUSALS: [(&str, &str, &str); 3] = [
    ("401", "OperatorTokenRefused", "Over TCP: no operator token, or one that opens nothing"),
    ("403", "RoleRefused", "Over TCP: the role is too small, or there are no operators"),
    ("429", "AttemptsRefused", "Over TCP: too many attempts from this address failed"),
];

/// Adds roles, the way to show one, and what happens without.
pub(super) fn describe_roles(description: &mut OpenApi, endpoints: &[Endpoint]) {
    let components = description.components.get_or_insert_with(Components::new);
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("ido_…")
        .description(Some("The token of an operator. Users of the socket need none."))
        .build();
    components.add_security_scheme(SCHEME, SecurityScheme::Http(scheme));
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    for (_, name, words) in REFUSALS {
        let response = ResponseBuilder::new().description(words);
        let response = response.content("application/problem+json", content.clone()).build();
        components.responses.insert(name.to_owned(), RefOr::T(response));
    }
    for endpoint in endpoints {
        let item = description.paths.paths.get_mut(endpoint.path);
        if let Some(operation) = item.and_then(|item| operation(item, endpoint.method)) {
            describe(operation, endpoint);
        }
    }
}

fn describe(operation: &mut Operation, endpoint: &Endpoint) {
    let Some(role) = endpoint.role else {
        operation.security = Some(Vec::new());
        return;
    };
    let extension = Extensions::from_iter([("x-role", json!(role.as_str()))]);
    operation.extensions.get_or_insert_default().merge(extension);
    operation.security = Some(vec![SecurityRequirement::new(SCHEME, [""; 0])]);
    for (status, name, _) in REFUSALS {
        let refusal = RefOr::Ref(Ref::from_response_name(name));
        operation.responses.responses.entry(status.to_owned()).or_insert(refusal);
    }
}

fn operation<'i>(item: &'i mut PathItem, method: &str) -> Option<&'i mut Operation> {
    match method {
        "GET" => item.get.as_mut(),
        "POST" => item.post.as_mut(),
        "PUT" => item.put.as_mut(),
        "PATCH" => item.patch.as_mut(),
        "DELETE" => item.delete.as_mut(),
        _ => None,
    }
}
