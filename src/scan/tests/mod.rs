//! What is found, and what is none.

mod keys;
mod look_alikes;
mod looker;
mod tokens;
