//! The command line: a client of the admin API, and the way to start the gateway.
//!
//! Secrets go to stdout once and nowhere else; everything that explains goes to stderr. Exit codes:
//! 0 done, 1 failed, 2 something was found, 64 a fault in the settings or in how the command was
//! used, 69 the gateway cannot be reached, 130 and 143 a second signal.

mod arguments;
mod audit;
mod backup;
mod bearer;
mod client;
mod completions;
mod config;
mod console;
mod custom_ca;
mod demo;
mod doctor;
mod endpoint;
mod environment;
mod error;
mod evidence;
mod file;
mod global;
mod healthcheck;
mod key;
mod locate;
mod named;
mod number;
mod openapi;
mod operator;
mod options;
mod output;
mod part;
mod pause;
mod progress;
mod queue;
mod reload;
mod restore;
mod review;
mod route;
mod run;
mod running;
mod runtime;
mod scan;
mod serve;
mod simulator;
mod times;
mod tls;
mod token;
mod trust;
mod usage;
mod user;
mod whoami;

#[cfg(test)]
mod tests;

pub use arguments::{Cli, Command};
pub use demo::DemoArguments;
pub use global::{Global, OutputFormat};
pub use run::{complain, parse, run};
pub use serve::ServeArguments;
pub use simulator::SimulatorArguments;
