//! Whether a token may make a call, as far as its scopes, its limits and its environment say.
//!
//! | word | type |
//! | --- | --- |
//! | the question | [`check`], and its parts [`check_address`] and [`check_scope`] |
//! | why not | [`Denial`] |
//! | the tighter of two limits | [`tighter`] |
//!
//! Nothing here waits, counts or remembers: the same token, environment, route and demand always get the same
//! answer. So a call is asked about when it comes in, and in the same words again whenever its token may have
//! changed while it waited. Money is not asked about here; that is the `ledger`'s.

mod address;
mod check;
mod denial;
mod policy;
mod scopes;
mod tighter;

pub use address::check_address;
pub use check::check;
pub use denial::Denial;
pub use policy::check as check_policy;
pub use scopes::{check_scope, needed_scope};
pub use tighter::tighter;
