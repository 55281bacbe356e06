//! The redaction test that every test is: what a gateway leaves behind is searched for what must not be
//! there.
//!
//! Secrets that a test uses are put into its thread's [book](Canary) as they are met: the real key, tokens, prompts,
//! idempotency keys, signed links. At the end of each gateway its log at TRACE, its output, its files, its record, its
//! metrics and all its answers are searched for each of them, in every [spelling](Sieve), whole or in part.

mod canary;
mod desk;
mod folder;
mod leak;
mod log;
mod meet;
mod process;
mod sieve;
mod spelling;
mod tape;

pub(crate) use canary::{Canary, Kind, Sink};
pub(crate) use desk::{Watch, canary, hear, leaks_in, now_or_never};
pub(crate) use folder::{leaks_in_folder, leaks_in_log, strays};
pub(crate) use leak::{Leak, none};
pub(crate) use log::is_logged;
pub(crate) use meet::{met_in_answer, met_in_body, met_in_output, met_in_request};
pub(crate) use process::{arguments, cannot_dump, metrics, spooled, spooled_files};
pub(crate) use sieve::Sieve;
pub(crate) use spelling::spell;
