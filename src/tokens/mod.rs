//! Tokens: their shape, their snapshot in memory, their life.
