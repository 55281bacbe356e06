//! Work that goes on after the answer.
