//! The limits that a request asks for: one list for a new token and for one that exists.

use super::{
    asked::Asked,
    mistakes::RequestErrors,
    readings::{budget, cidr, hosts, rate},
};
use crate::domain::TokenLimits;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The most images that Ideogram makes in one call.
const MOST_IMAGES: u32 = 8;
/// The longest name of a model or a speed.
const LONGEST_WORD: usize = 256;

/// The limits that are asked for. What is absent stays as it is, `null` takes a limit away, and a list is
/// replaced whole. Everything is as it was written, so that all mistakes can be told at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct AskedLimits {
    /// The most spend in a UTC day, in dollars, as in `5.00`.
    #[serde(skip_serializing_if = "Asked::is_unsaid")]
    #[schema(value_type = Option<String>)]
    pub daily_budget: Asked<String>,
    /// The most spend in a UTC month, in dollars.
    #[serde(skip_serializing_if = "Asked::is_unsaid")]
    #[schema(value_type = Option<String>)]
    pub monthly_budget: Asked<String>,
    /// The most images one call may ask for, 1 to 8.
    #[serde(skip_serializing_if = "Asked::is_unsaid")]
    #[schema(value_type = Option<u32>)]
    pub max_images: Asked<u32>,
    /// The most places it may hold at once, 1 or more.
    #[serde(skip_serializing_if = "Asked::is_unsaid")]
    #[schema(value_type = Option<u32>)]
    pub max_places: Asked<u32>,
    /// The most requests, as in `60/min`.
    #[serde(skip_serializing_if = "Asked::is_unsaid")]
    #[schema(value_type = Option<String>)]
    pub rate: Asked<String>,
    /// The longest wait in the queue, as in `60s`.
    #[serde(skip_serializing_if = "Asked::is_unsaid")]
    #[schema(value_type = Option<String>)]
    pub queue_timeout: Asked<String>,
    /// The models it may name; none means all.
    #[serde(skip_serializing_if = "Asked::is_unsaid")]
    #[schema(value_type = Option<Vec<String>>)]
    pub models: Asked<Vec<String>>,
    /// The rendering speeds it may name; none means all.
    #[serde(skip_serializing_if = "Asked::is_unsaid")]
    #[schema(value_type = Option<Vec<String>>)]
    pub speeds: Asked<Vec<String>>,
    /// The hosts that may receive webhooks; none means none.
    #[serde(skip_serializing_if = "Asked::is_unsaid")]
    #[schema(value_type = Option<Vec<String>>)]
    pub webhook_hosts: Asked<Vec<String>>,
    /// The hosts that `image_urls` may point to; none means all.
    #[serde(skip_serializing_if = "Asked::is_unsaid")]
    #[schema(value_type = Option<Vec<String>>)]
    pub image_hosts: Asked<Vec<String>>,
    /// The addresses it may be used from, as in `10.0.0.0/8`; none means all.
    #[serde(skip_serializing_if = "Asked::is_unsaid")]
    #[schema(value_type = Option<Vec<String>>)]
    pub cidrs: Asked<Vec<String>>,
}

impl AskedLimits {
    /// Returns the limits that there are after the request, and notes what is wrong with it.
    pub(super) fn over(&self, old: &TokenLimits, mistakes: &mut RequestErrors) -> TokenLimits {
        let (models, speeds) = (old.models.clone(), old.speeds.clone());
        let models = self.models.over("models", models, mistakes, words);
        let speeds = self.speeds.over("speeds", speeds, mistakes, words);
        let max_images = self.max_images.over("max_images", old.max_images, mistakes, |m, f, n| {
            m.bound(f, Some(*n), MOST_IMAGES)
        });
        let max_places = self
            .max_places
            .over("max_places", old.max_places, mistakes, |m, f, n| m.bound(f, Some(*n), u32::MAX));
        let per_minute = old.requests_per_minute;
        let requests_per_minute =
            self.rate.over("rate", per_minute, mistakes, |m, f, text| rate(m, f, text));
        let wait = old.queue_timeout;
        let queue_timeout =
            self.queue_timeout
                .over("queue_timeout", wait, mistakes, |m, f, text| m.duration(f, Some(text)));
        let (day, month) = (old.daily_budget, old.monthly_budget);
        let daily_budget =
            self.daily_budget.over("daily_budget", day, mistakes, |m, f, text| budget(m, f, text));
        let monthly_budget =
            self.monthly_budget
                .over("monthly_budget", month, mistakes, |m, f, text| budget(m, f, text));
        let (webhooks, images) = (old.webhook_hosts.clone(), old.image_hosts.clone());
        TokenLimits {
            max_images,
            max_places,
            requests_per_minute,
            queue_timeout,
            daily_budget,
            monthly_budget,
            models,
            speeds,
            webhook_hosts: self.webhook_hosts.over(
                "webhook_hosts",
                webhooks,
                mistakes,
                |m, f, list| hosts(m, f, list),
            ),
            image_hosts: self
                .image_hosts
                .over("image_hosts", images, mistakes, |m, f, list| hosts(m, f, list)),
            cidrs: self.cidrs.over("cidrs", old.cidrs.clone(), mistakes, |m, f, list| {
                list.iter().filter_map(|text| cidr(m, f, text)).collect()
            }),
        }
    }
}

fn words(mistakes: &mut RequestErrors, field: &str, texts: &Vec<String>) -> Vec<String> {
    for text in texts {
        mistakes.words(field, text, LONGEST_WORD);
    }
    texts.clone()
}
