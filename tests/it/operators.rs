//! Who may administer the gateway over the network, what each may do, and what is on record of it.

mod actions;
mod commands;
mod door;
mod listeners;
mod production;
mod refusals;
mod streams;
mod words;
