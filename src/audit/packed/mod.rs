//! Files of one zstd frame that prove themselves: a line that says what follows, content, and a line with
//! signed notes. Whoever reads one needs no more memory than its longest line takes.
//!
//! | word | type |
//! | --- | --- |
//! | writing it | [`PackedWriter`] |
//! | reading it | [`PackedReader`], [`form_version`] |
//! | how much of one came so far | [`PackedMeter`] |
//! | what its last line has | [`SignedEnd`] |
//! | what can be wrong with it | [`PackedProblem`] |

mod end;
mod measured;
mod meter;
mod problem;
mod reader;
mod writer;

pub use end::SignedEnd;
pub use meter::PackedMeter;
pub use problem::PackedProblem;
pub use reader::{PackedReader, form_version};
pub use writer::PackedWriter;
