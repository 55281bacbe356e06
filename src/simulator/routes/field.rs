//! What a field may hold.
//!
//! The gateway's own route table has other columns: here is only what Ideogram checks.

/// A field of a request body.
///
/// A field that no operation lists is ignored.
#[derive(Debug, Clone, Copy)]
pub struct FormField {
    /// Its name.
    pub name: &'static str,
    /// What it may hold.
    pub kind: FieldKind,
    /// Whether it must be there.
    pub required: bool,
}

/// What a field may hold.
///
/// Bounds are inclusive.
#[derive(Debug, Clone, Copy)]
pub enum FieldKind {
    /// Any text.
    Text,
    /// Text of so many characters.
    /// Characters are those of Unicode.
    Length(usize, usize),
    /// A whole number in a range.
    Integer(i64, i64),
    /// A number.
    Number,
    /// True or false.
    Flag,
    /// One of some words, which are separated by blanks.
    /// Case counts.
    OneOf(&'static str),
    /// `RESOLUTION_width_height` of some sizes, which are separated by blanks.
    LegacySize(&'static str),
    /// A width and a height, as in `1024x768`, or a word for one, as in `auto` or `2k`.
    /// A side has 64 to 4096 pixels.
    Size,
    /// One uploaded file.
    File,
    /// From one to so many uploaded files.
    Files(usize),
    /// From one to so many uploaded files, or addresses of some.
    Images(usize),
    /// At most so many texts.
    Texts(usize),
    /// A JSON object, or its text.
    Object,
    /// The public address of a webhook.
    Webhook,
}

/// Returns a field that must be there.
pub(super) const fn required(name: &'static str, kind: FieldKind) -> FormField {
    FormField { name, kind, required: true }
}

/// Returns a field that may be left out.
pub(super) const fn optional(name: &'static str, kind: FieldKind) -> FormField {
    FormField { name, kind, required: false }
}
