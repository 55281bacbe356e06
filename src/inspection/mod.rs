//! What a request asks for: places, price fields, addresses, fingerprint.
