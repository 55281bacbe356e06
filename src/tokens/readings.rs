//! How single limits are written, and what they mean.

use super::mistakes::RequestErrors;
use crate::domain::{Usd, read_rate};
use ipnet::IpNet;
use std::net::IpAddr;

/// Reads an amount that limits spending; more than nothing.
pub(super) fn budget(mistakes: &mut RequestErrors, field: &str, text: &str) -> Option<Usd> {
    let amount = mistakes.take(field, text.parse())?;
    if amount == Usd::ZERO {
        mistakes.note(field, "must be more than nothing; take the scope away instead");
    }
    Some(amount)
}

/// Reads how many requests a minute there may be.
pub(super) fn rate(mistakes: &mut RequestErrors, field: &str, text: &str) -> Option<u32> {
    let per_minute = read_rate(text);
    if per_minute.is_none() {
        mistakes.note(field, format_args!("'{text}' is not a rate like 60/min or 2/s"));
    }
    per_minute
}

/// Reads hosts, in lower case, as policies compare the hosts of requests with them.
pub(super) fn hosts(mistakes: &mut RequestErrors, field: &str, texts: &[String]) -> Vec<String> {
    texts.iter().filter_map(|text| host(mistakes, field, text)).collect()
}

fn host(mistakes: &mut RequestErrors, field: &str, text: &str) -> Option<String> {
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

/// Reads a network or an address.
pub(super) fn cidr(mistakes: &mut RequestErrors, field: &str, text: &str) -> Option<IpNet> {
    let net = text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    if net.is_none() {
        mistakes.note(field, format_args!("'{text}' is not a network like 10.0.0.0/8"));
    }
    // Without the bits of a host, so that one network is one text wherever it is compared or
    // listed.
    net.map(|net: IpNet| net.trunc())
}
