//! A gateway and an Ideogram of its own for each test.

mod app;
mod client;
mod reply;

pub(crate) use app::{KEY, TestApp};
pub(crate) use client::Client;
pub(crate) use reply::Reply;
