//! A part of the record in a file of its own, which leaves the database and proves itself.
//!
//! | word | type |
//! | --- | --- |
//! | writing it | [`SegmentWriter`], [`SegmentSubject`] |
//! | what is signed about it | [`SegmentManifest`] |
//! | reading it | [`SegmentReader`] |
//! | as a record tells of it | [`told_segment`], [`segment_told`] |
//! | checking it whole | [`examine_segment`], [`ExaminedSegment`], [`SegmentProblem`] |
//! | checking it by itself | [`examine_lone_segment`], [`SegmentReport`] |
//!
//! The file is one zstd frame of JSON lines: a header, the records with their exact bytes, and a line with
//! the signed manifest and a signed checkpoint of the last record.

mod examine;
mod form;
mod kept;
mod manifest;
mod on_record;
mod problem;
mod reader;
mod report;
mod writer;

pub use examine::{ExaminedSegment, examine_segment};
pub use kept::KeptDigest;
pub use manifest::SegmentManifest;
pub use on_record::{segment_told, told_segment};
pub use problem::SegmentProblem;
pub use reader::SegmentReader;
pub use report::{SegmentReport, claimed_key, examine_lone_segment, is_packed};
pub use writer::{SegmentSubject, SegmentWriteError, SegmentWriter};
