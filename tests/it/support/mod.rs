//! A gateway and an Ideogram of its own for each test.

mod app;
mod binary;
mod client;
mod raw;
mod ready;
mod reply;

pub(crate) use app::{KEY, TestApp, TestSettings};
use app::{common_settings, merge};
pub(crate) use binary::{Binary, Home, until};
pub(crate) use client::Client;
pub(crate) use raw::Raw;
pub(crate) use ready::Ready;
pub(crate) use reply::Reply;
