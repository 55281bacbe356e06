//! The record in a file of its own, which proves itself.
//!
//! | word | type |
//! | --- | --- |
//! | what an export is of | [`ExportSubject`], [`Format`] |
//! | writing it | [`ExportWriter`] |
//! | what is signed about it | [`Manifest`] |
//! | checking it, without a gateway and without the record | [`examine_export`], [`ExportReport`] |
//! | reading its records | [`read_export`] |

mod bad_export;
mod check;
mod check_csv;
mod check_jsonl;
mod csv;
mod form;
mod jsonl;
mod manifest;
mod subject;
mod writer;

pub use bad_export::{BadExport, ExportProblem};
pub use check::{ExportReport, VerifiedExport, examine_export, is_table, read_export};
pub(super) use manifest::hash;
pub use manifest::{Format, Manifest};
pub use subject::{ExportSubject, Unwritable};
pub use writer::ExportWriter;
