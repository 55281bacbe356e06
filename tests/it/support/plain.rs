//! Words that only programmers know.

/// Asserts that a message for people holds none of them.
pub(crate) fn assert_plain(told: &str) {
    for private in [
        "invalid length",
        "invalid type",
        "invalid value:",
        "invalid digit",
        "expected struct",
        "expected value",
        "expected number at",
        "expected one of",
        "eserialize",
        "EOF while",
        "error decoding",
        "error sending",
        "builder error",
        "target type",
        "CaUsedAsEndEntity",
        "UnknownIssuer",
        "InvalidContentType",
        "InvalidMessage",
        "invalid peer certificate",
        "serde",
        "rustls",
        "hyper",
        "reqwest",
        "ASN.1",
        "DER",
        "`u32`",
        "Some(",
        "None",
    ] {
        assert!(!told.contains(private), "{private}: {told}");
    }
}
