//! Settings and secrets, loaded as the binary loads them.

mod machine;
mod mistakes;
mod prices;
mod routes;
mod secrets;
mod settings;
mod support;
