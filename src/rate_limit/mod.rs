//! Requests a minute, per token.
