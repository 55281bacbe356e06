//! The control plane against a real store.

mod account;
mod audit;
mod bodies;
mod compression;
mod door;
mod export;
pub(crate) mod house;
mod openapi;
mod operators;
mod queue;
mod roles;
mod settings;
mod tokens;
mod usage;
