//! The stand-in on a TCP port: HTTP by hyper, on a wire that remembers and can break.

mod body;
mod broken;
mod call;
mod control;
mod heads;
mod listen;
mod play;
mod wire;

pub(super) use listen::listen;
