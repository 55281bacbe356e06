//! End users: known again by a digest, told by a name that lies sealed, and forgotten when asked.
//!
//! | word | type |
//! | --- | --- |
//! | a name, as an app sends it | [`PersonName`] |
//! | what is kept of it | [`AssertedPerson`](crate::domain::AssertedPerson) |
//! | who is known, and how they are forgotten | [`Persons`] |
//!
//! A plain name lives from the header's reading to its sealing, and where an operator asks for it. Which id
//! stands for a person is decided where records are written, so that no call waits for a look-up.

mod forget;
mod name;
mod sealing;
mod service;

pub use forget::{ForgetError, Forgotten};
pub use name::{PersonName, PersonNameError};
pub use service::{KnownPerson, Persons, PersonsError};
