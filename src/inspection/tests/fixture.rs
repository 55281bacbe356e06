//! Routes and requests to inspect.

use crate::{
    domain::{
        Asynchronous, BodyKind, Cost, Demand, ModelRule, PlacesRule, Route, RouteName, Settlement,
        TokenId, WebhookRule,
    },
    inspection::{Inspected, InspectionError, Subject, inspect},
    spool::{Spool, SpoolBudget, SpoolLimits, SpoolWriter},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header::CONTENT_TYPE};

pub(super) const BOUNDARY: &str = "----a Boundary'()+_,-./:=?x";

/// A route that has everything, with its fields at the top level.
pub(super) fn flat() -> Route {
    Route {
        name: "v2.generate".parse::<RouteName>().unwrap(),
        method: http::Method::POST,
        path: "/v2/image/generate/{model}".parse().unwrap(),
        scope: None,
        bodies: vec![BodyKind::Json, BodyKind::Multipart],
        body_cap: 1 << 20,
        places: PlacesRule::Field { name: "num_images".into(), inside: None, default: 1 },
        cost: Cost::PerOutput,
        settlement: Settlement::ImagesInData,
        query: vec!["scope".into(), "status".into()],
        model: ModelRule::Field { name: "model".into(), default: "V_2".into() },
        default_speed: Some("default".into()),
        speed_field: Some("rendering_speed".into()),
        priced_fields: vec!["upscale_factor".into(), "character_reference_images".into()],
        webhook: WebhookRule::Field("webhook_url".into()),
        quote: true,
        asynchronous: Asynchronous::Field("async".into()),
        place_ttl: None,
        deprecated: false,
        verified: true,
        enabled: true,
    }
}

/// A route that keeps its fields inside `image_request`.
pub(super) fn nested() -> Route {
    Route {
        name: "legacy.remix".parse::<RouteName>().unwrap(),
        places: PlacesRule::Field {
            name: "num_images".into(),
            inside: Some("image_request".into()),
            default: 1,
        },
        speed_field: None,
        default_speed: None,
        webhook: WebhookRule::None,
        asynchronous: Asynchronous::Never,
        quote: false,
        ..flat()
    }
}

/// A route without a body.
pub(super) fn bodiless() -> Route {
    Route { bodies: Vec::new(), places: PlacesRule::None, model: ModelRule::None, ..flat() }
}

/// A request in the making.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) route: Route,
    pub(super) path: String,
    pub(super) token: TokenId,
    pub(super) query: Option<String>,
    pub(super) headers: HeaderMap,
    pub(super) body: Spool,
}

impl Request {
    pub(super) fn new(route: Route, content_type: &str, body: impl AsRef<[u8]>) -> Self {
        let content_type = HeaderValue::from_str(content_type).unwrap();
        Self {
            route,
            path: "/a/path".into(),
            token: TokenId::from_stored("tok_a"),
            query: None,
            headers: HeaderMap::from_iter([(CONTENT_TYPE, content_type)]),
            body: Spool::from_bytes(Bytes::copy_from_slice(body.as_ref())),
        }
    }

    pub(super) fn json(route: Route, body: impl AsRef<[u8]>) -> Self {
        Self::new(route, "application/json", body)
    }

    pub(super) fn form(route: Route, body: impl AsRef<[u8]>) -> Self {
        Self::form_of(route, BOUNDARY, body)
    }

    pub(super) fn form_of(route: Route, boundary: &str, body: impl AsRef<[u8]>) -> Self {
        Self::new(route, &format!("multipart/form-data; boundary=\"{boundary}\""), body)
    }

    pub(super) fn bare(route: Route) -> Self {
        let mut request = Self::json(route, "");
        request.headers.clear();
        request
    }

    pub(super) fn query(mut self, query: &str) -> Self {
        self.query = Some(query.into());
        self
    }

    pub(super) fn header(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_str(value).unwrap();
        self.headers.append(HeaderName::from_static(name), value);
        self
    }

    /// Puts the body on disk, where it is read in pieces.
    pub(super) fn on_disk(mut self) -> Self {
        self.body = on_disk(&self.body.bytes(u64::MAX).unwrap().unwrap());
        self
    }

    pub(super) fn inspect(&self) -> Result<Inspected, InspectionError> {
        inspect(Subject {
            route: &self.route,
            path: &self.path,
            token: &self.token,
            query: self.query.as_deref(),
            headers: &self.headers,
            body: &self.body,
        })
    }

    pub(super) fn demand(&self) -> Demand {
        self.inspect().unwrap().demand
    }

    /// Returns the places found, or the code and field of the refusal.
    pub(super) fn verdict(&self) -> String {
        match self.inspect() {
            Ok(inspected) => inspected.demand.places.to_string(),
            Err(error) => format!("{} {}", error.code(), error.field().unwrap()),
        }
    }
}

pub(super) fn on_disk(content: &Bytes) -> Spool {
    let dir = tempfile::tempdir().unwrap();
    let all = u64::MAX;
    let limits = SpoolLimits { memory: 0, disk: all, per_token: all, min_free: 0 };
    let budget = SpoolBudget::new(limits, dir.path()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut writer = SpoolWriter::new(&budget, None, all);
        writer.write(content.clone()).await.unwrap();
        writer.finish().await.unwrap()
    })
}

/// A part with a header of its own making.
pub(super) fn raw_part(header: &str, content: impl AsRef<[u8]>) -> Vec<u8> {
    [header.as_bytes(), b"\r\n\r\n", content.as_ref()].concat()
}

pub(super) fn field(name: &str, content: impl AsRef<[u8]>) -> Vec<u8> {
    raw_part(&format!("Content-Disposition: form-data; name=\"{name}\""), content)
}

pub(super) fn file(name: &str, content: impl AsRef<[u8]>) -> Vec<u8> {
    let disposition = format!("form-data; name=\"{name}\"; filename=\"a \\\"picture\\\".png\"");
    raw_part(&format!("Content-Disposition: {disposition}\r\nContent-Type: image/png"), content)
}

pub(super) fn form(parts: &[Vec<u8>]) -> Vec<u8> {
    form_of(BOUNDARY, parts)
}

pub(super) fn form_of(boundary: &str, parts: &[Vec<u8>]) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        body.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        body.extend_from_slice(part);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    body
}
