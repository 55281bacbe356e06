//! Which connection a request may go out on.

/// Which connection a request may go out on.
///
/// The other side may close a connection that served a request before just as the next one is
/// written to it. Whether that one arrived can then not be known from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reuse {
    /// Any; for what costs nothing and can be asked again.
    Allowed,
    /// Only one that was made for this request; for what may be billed.
    Never,
}
