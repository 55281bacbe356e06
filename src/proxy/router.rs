//! The paths of the data plane: our own, and all others for Ideogram.

use super::{
    Gateway, own_paths,
    proxy_service::{ProxyService, RouteHandler},
    quote,
    rejection::Rejection,
    webhook,
};
use crate::{
    config::LiveSettings,
    web::{APPS_PATH, ERRORS_PATH},
};
use axum::{
    Router,
    routing::{MethodRouter, any, get, post},
};
use http::Method;

/// Returns the data plane. The listener puts a [`crate::web::RequestInfo`] into each request.
pub fn router(gateway: Gateway) -> Router {
    let has_pictures = gateway.pictures.is_some();
    let settings = gateway.settings.clone();
    let door = ProxyService::new(gateway);
    // For all methods: where nothing receives, the path is unknown whatever the method, and a wrong one is
    // on record as a webhook.
    let router = own(&door).route(webhook::WEBHOOK_PATH, any(door.handler(webhook::answer)));
    let router = if has_pictures {
        below(router, own_paths::SIMULATOR, &door.read(get(door.handler(own_paths::picture))))
    } else {
        router
    };
    let calls = door.clone();
    router
        .fallback(door.handler(move |_, request| calls.clone().call(request)))
        .with_state(settings)
}

fn own(door: &ProxyService) -> Router<LiveSettings> {
    let healthz = door.at_once(|_, _| Ok(own_paths::healthz()));
    let readyz = door.at_once(|gateway, _| Ok(own_paths::readyz(gateway)));
    let apps = door.at_once(|_, request| Ok(own_paths::apps(request)));
    let entry = door.read(get(door.handler(own_paths::entry)));
    let unknown = door.read(get(door.at_once(|_, request| Err(own_paths::unknown(request)))));
    let quote = post(door.handler(quote::answer)).fallback(door.only(Method::POST));
    let router = Router::new()
        // Some balancers ask with OPTIONS unless told otherwise.
        .route("/healthz", door.read(get(healthz.clone()).options(healthz)))
        .route("/readyz", door.read(get(readyz.clone()).options(readyz)))
        .route("/health", door.read(get(door.at_once(own_paths::who_am_i))))
        .route("/_ideogate/whoami", door.read(get(door.at_once(own_paths::who_am_i_at_length))))
        .route(quote::PATH, quote)
        .route(APPS_PATH, door.read(get(apps)))
        .route(own_paths::CALLS, entry.clone())
        .route(&format!("{}{{*call}}", own_paths::CALLS), entry)
        .route("/_ideogate/", unknown.clone())
        .route("/_ideogate/{*path}", unknown);
    let errors = door.at_once(|gateway, request| Ok(own_paths::errors(gateway, request)));
    below(router, ERRORS_PATH, &door.read(get(errors)))
}

/// Serves `root` and all that is below it.
fn below(
    router: Router<LiveSettings>,
    root: &str,
    served: &MethodRouter<LiveSettings>,
) -> Router<LiveSettings> {
    router
        .route(root, served.clone())
        // A wildcard matches no empty rest, so the root has two spellings of its own.
        .route(&format!("{root}/"), served.clone())
        .route(&format!("{root}/{{*rest}}"), served.clone())
}

impl ProxyService {
    /// Refuses all methods but those that read.
    fn read(&self, served: MethodRouter<LiveSettings>) -> MethodRouter<LiveSettings> {
        // Axum's own 405 has no body and would be on nobody's record.
        served.fallback(self.only(Method::GET))
    }

    fn only(&self, method: Method) -> impl RouteHandler + use<> {
        self.at_once(move |_, _| Err(Rejection::wrong_method(std::slice::from_ref(&method))))
    }
}
