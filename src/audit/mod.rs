//! The record: the chain, the fold into entries, the flood bound, verification.
