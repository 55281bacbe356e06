//! Settings and secrets, loaded as the binary loads them.

mod mistakes;
mod routes;
mod secrets;
mod settings;
mod support;
