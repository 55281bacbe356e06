//! The promises of the queue, proven on the state machine and on the shell around it.

mod bypass;
mod clerk;
mod closing;
mod counting;
mod credit;
mod crowd;
mod drift;
mod fairness;
mod futile;
mod held;
mod holding;
mod properties;
mod reconfigure;
mod reserves;
mod rules;
mod turns;
mod vanished;
mod waiting;
mod world;
