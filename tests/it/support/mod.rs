//! A gateway and an Ideogram of its own for each test.

mod admin;
mod app;
mod authority;
mod binary;
mod client;
mod operator;
mod outlet;
mod probe;
mod raw;
mod ready;
mod record;
mod reply;
mod runner;
mod searched;
mod searched_binary;
mod socket;
pub(crate) mod sweep;
mod tee;
mod wait;
mod wire;

pub(crate) use admin::Admin;
pub(crate) use app::{KEY, TestApp, TestSettings};
use app::{common_settings, merge};
pub(crate) use authority::{Authority, Issued};
pub(crate) use binary::{Binary, Home, Told, until};
pub(crate) use client::Client;
pub(crate) use outlet::{Fate, Outlet};
pub(crate) use probe::{pass, pass_until};
pub(crate) use raw::{raw, raw_answer, raw_at};
pub(crate) use ready::Ready;
pub(crate) use reply::Reply;
pub(crate) use socket::{Socket, head};
pub(crate) use wait::eventually;
pub(crate) use wire::Raw;
