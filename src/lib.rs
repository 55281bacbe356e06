#![doc = include_str!("../docs/architecture.md")]

pub mod domain;

pub mod config;

pub mod rate_limit;
pub mod spool;
pub mod store;
pub mod tasks;
pub mod telemetry;

pub mod registry;

pub mod admission;
pub mod answers;
pub mod archive;
pub mod audit;
pub mod authorization;
pub mod backup;
pub mod inspection;
pub mod ledger;
pub mod notify;
pub mod operators;
pub mod persons;
pub mod tokens;
pub mod upstream;
pub mod webhooks;

pub mod accounts;

pub mod calls;
pub mod review;
pub mod scan;

pub mod keys;
pub mod web;

pub mod admin;
pub mod proxy;
pub mod simulator;

pub mod app;

pub mod cli;
