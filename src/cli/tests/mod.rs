//! What is typed, what is asked, what is told.

mod client;
mod help;
