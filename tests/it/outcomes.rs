//! Each way in which a call can end: what the client gets, what was billed, what the record says. A test
//! for each row of the table in `calls/conclusion.rs`.

mod answered;
mod ended;
mod key;
mod passed_on;
mod unknown;
mod unreachable;

use ended::{Ended, GENERATE, body};
