//! Turns a request for a token into a token, or into everything that is wrong with it.

use super::{
    mistakes::RequestErrors,
    new_token::{NewToken, RequestError},
};
use crate::{
    config::{EnvironmentSettings, no_such},
    domain::{
        EnvironmentName, ScopeGrant, ScopeSet, Timestamp, Token, TokenId, TokenLimits, TokenState,
        Usd,
    },
};
use ipnet::IpNet;
use std::{collections::BTreeMap, net::IpAddr, time::Duration};

/// The longest life of a token: a leaked and forgotten one must end.
pub(super) const LONGEST_LIFE: Duration = Duration::from_hours(366 * 24);
/// The most images that Ideogram makes in one call.
const MOST_IMAGES: u32 = 8;
const LONGEST_NAME: usize = 128;
const LONGEST_WORD: usize = 256;
const MOST_METADATA: usize = 32;

/// The environments of the settings, by name.
pub(super) type EnvironmentCeilings = BTreeMap<EnvironmentName, EnvironmentSettings>;

/// Returns the token that was asked for, or all mistakes.
pub(super) fn validate(
    new: NewToken,
    environments: &EnvironmentCeilings,
    now: Timestamp,
) -> Result<Token, Vec<RequestError>> {
    let mut mistakes = RequestErrors::default();
    mistakes.words("name", &new.name, LONGEST_NAME);
    if let Some(owner) = &new.owner {
        mistakes.words("owner", owner, LONGEST_NAME);
    }
    metadata(&mut mistakes, &new.metadata);
    let environment = environment(&mut mistakes, &new.environment, environments);
    let scopes = scopes(&mut mistakes, &new.scopes);
    let limits = limits(&mut mistakes, &new);
    let lifetime = lifetime(&mut mistakes, &new, environment.as_ref().map(|(_, found)| *found));
    if let Some((name, ceiling)) = &environment {
        stay_under(&mut mistakes, &scopes, name, ceiling);
    }
    let token = environment.map(|(environment, _)| Token {
        id: TokenId::random(),
        name: new.name.into(),
        owner: new.owner.map(Into::into),
        environment,
        scopes,
        state: TokenState::Enabled,
        created_at: now,
        expires_at: now.plus(lifetime),
        limits,
        metadata: new.metadata,
    });
    mistakes.into_result(token)
}

fn environment<'e>(
    mistakes: &mut RequestErrors,
    name: &str,
    environments: &'e EnvironmentCeilings,
) -> Option<(EnvironmentName, &'e EnvironmentSettings)> {
    let found = name.parse::<EnvironmentName>().ok().and_then(|name| {
        let environment = environments.get(&name)?;
        Some((name, environment))
    });
    if found.is_none() {
        let known: Vec<_> = environments.keys().map(EnvironmentName::as_str).collect();
        mistakes.note("environment", no_such("environment", name, &known));
    }
    found
}

fn scopes(mistakes: &mut RequestErrors, texts: &[String]) -> ScopeSet {
    if texts.is_empty() {
        mistakes.note("scopes", "at least one is needed, or the token could do nothing");
    }
    texts.iter().filter_map(|text| mistakes.take("scopes", text.parse::<ScopeGrant>())).collect()
}

fn stay_under(
    mistakes: &mut RequestErrors,
    scopes: &ScopeSet,
    name: &EnvironmentName,
    environment: &EnvironmentSettings,
) {
    let limited = scopes.grants().any(|grant| grant == ScopeGrant::WriteLimited);
    if limited && environment.limited.is_open() {
        let problem = format_args!(
            "'write:limited' means nothing in environment '{name}': its settings name no limits \
             under [environments.{name}.limited]"
        );
        mistakes.note("scopes", problem);
    }
    let ceiling: Vec<_> = environment.scopes.grants().map(|grant| grant.to_string()).collect();
    let ceiling = ceiling.join(", ");
    for grant in scopes.above(&environment.scopes) {
        mistakes.note(
            "scopes",
            format_args!(
                "'{grant}' is not allowed in environment '{name}', whose limit is set as `scopes` \
                 under [environments.{name}]: {ceiling}"
            ),
        );
    }
}

fn lifetime(
    mistakes: &mut RequestErrors,
    new: &NewToken,
    of: Option<&EnvironmentSettings>,
) -> Duration {
    let usual = of.map(|environment| environment.token_lifetime).unwrap_or_default();
    let Some(asked) = mistakes.duration("expires_in", new.expires_in.as_ref()) else {
        return usual.min(LONGEST_LIFE);
    };
    if asked > LONGEST_LIFE {
        mistakes.note("expires_in", "a token must expire within 366 days");
    }
    asked
}

fn limits(mistakes: &mut RequestErrors, new: &NewToken) -> TokenLimits {
    for (field, texts) in [("models", &new.models), ("speeds", &new.speeds)] {
        for text in texts {
            mistakes.words(field, text, LONGEST_WORD);
        }
    }
    TokenLimits {
        max_images: mistakes.bound("max_images", new.max_images, MOST_IMAGES),
        max_places: mistakes.bound("max_places", new.max_places, u32::MAX),
        requests_per_minute: rate(mistakes, new.rate.as_deref()),
        queue_timeout: mistakes.duration("queue_timeout", new.queue_timeout.as_ref()),
        daily_budget: budget(mistakes, "daily_budget", new.daily_budget.as_ref()),
        monthly_budget: budget(mistakes, "monthly_budget", new.monthly_budget.as_ref()),
        models: new.models.clone(),
        speeds: new.speeds.clone(),
        webhook_hosts: hosts(mistakes, "webhook_hosts", &new.webhook_hosts),
        image_hosts: hosts(mistakes, "image_hosts", &new.image_hosts),
        cidrs: new.cidrs.iter().filter_map(|text| cidr(mistakes, text)).collect(),
    }
}

pub(super) fn budget(
    mistakes: &mut RequestErrors,
    field: &str,
    text: Option<&String>,
) -> Option<Usd> {
    let amount = mistakes.read(field, text)?;
    if amount == Usd::ZERO {
        mistakes.note(field, "must be more than nothing; take the scope away instead");
    }
    Some(amount)
}

pub(super) fn rate(mistakes: &mut RequestErrors, text: Option<&str>) -> Option<u32> {
    let text = text?;
    let per_minute = match text.split_once('/') {
        Some((count, "min" | "minute")) => count.trim().parse().ok(),
        Some((count, "s" | "second")) => {
            count.trim().parse().ok().and_then(|count: u32| count.checked_mul(60))
        }
        _ => None,
    };
    if per_minute.is_none_or(|count| count == 0) {
        mistakes.note("rate", format_args!("'{text}' is not a rate like 60/min or 2/s"));
    }
    per_minute
}

pub(super) fn hosts(mistakes: &mut RequestErrors, field: &str, texts: &[String]) -> Vec<String> {
    texts.iter().filter_map(|text| host(mistakes, field, text)).collect()
}

fn host(mistakes: &mut RequestErrors, field: &str, text: &str) -> Option<String> {
    // In lower case, as policies compare the hosts of requests with it.
    let host = text.to_ascii_lowercase();
    let label = |part: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        (1..=63).contains(&part.len()) && part.bytes().all(allowed)
    };
    if host.len() <= 253 && host.split('.').all(label) {
        return Some(host);
    }
    mistakes.note(field, format_args!("'{text}' is not a host like hooks.example.com"));
    None
}

pub(super) fn cidr(mistakes: &mut RequestErrors, text: &str) -> Option<IpNet> {
    let net = text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    if net.is_none() {
        mistakes.note("cidrs", format_args!("'{text}' is not a network like 10.0.0.0/8"));
    }
    // Without the bits of a host, so that one network is one text wherever it is compared or
    // listed.
    net.map(|net: IpNet| net.trunc())
}

fn metadata(mistakes: &mut RequestErrors, metadata: &BTreeMap<String, String>) {
    if metadata.len() > MOST_METADATA {
        mistakes.note("metadata", format_args!("has more than {MOST_METADATA} entries"));
    }
    for (key, value) in metadata {
        mistakes.words("metadata", key, LONGEST_NAME);
        mistakes.words("metadata", value, LONGEST_WORD);
    }
}
