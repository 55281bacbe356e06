//! The room from outside: true deliveries, and everything that is nearly one.

mod house;
mod keys;
mod limits;
mod mutations;
mod shared;
