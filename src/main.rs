//! Starts the command line.

use ideogate::cli::{complain, parse, run};
use std::process::ExitCode;
use tikv_jemallocator::Jemalloc;

#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    match parse() {
        Ok(cli) => run(cli).unwrap_or_else(|error| complain(&error)),
        Err(code) => code,
    }
}
