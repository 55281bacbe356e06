//! Settings and secrets, loaded as the binary loads them.

mod live;
mod machine;
mod mistakes;
mod notify;
mod prices;
mod reload;
mod routes;
mod secrets;
mod settings;
mod support;
