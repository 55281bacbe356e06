//! The body of a request to Ideogram.

use crate::spool::SpoolBody;
use bytes::Bytes;
use http_body_util::{Either, Empty};

/// A body on its way out. Either way its length is known before the first byte goes out.
pub(super) type RequestBody = Either<SpoolBody, Empty<Bytes>>;
