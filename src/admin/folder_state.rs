//! What is seen of the data folder.

/// What is seen of the data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderState {
    /// Where it is, from the root on.
    pub dir: String,
    /// The bytes free on its disk.
    pub free: Option<u64>,
    /// The bytes of the record's database.
    pub record: Option<u64>,
    /// The bytes of the write-ahead log beside it.
    pub log: u64,
}
