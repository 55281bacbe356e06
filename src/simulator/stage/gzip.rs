//! Just enough gzip: the content is framed, not made smaller.
//!
//! The format is that of RFC 1952, with stored blocks of RFC 1951.

/// The largest block that is stored as it is.
const BLOCK: usize = u16::MAX as usize;

/// Returns `content` as gzip.
///
/// It is a little longer than the content.
pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut blocks = content.chunks(BLOCK).peekable();
    if blocks.peek().is_none() {
        store(&mut bytes, &[], 1);
    }
    while let Some(block) = blocks.next() {
        store(&mut bytes, block, u8::from(blocks.peek().is_none()));
    }
    bytes.extend(crc32fast::hash(content).to_le_bytes());
    // The length counts only as far as 32 bits go.
    let [a, b, c, d, ..] = (content.len() as u64).to_le_bytes();
    bytes.extend([a, b, c, d]);
    bytes
}

/// Adds one stored block.
fn store(bytes: &mut Vec<u8>, block: &[u8], last: u8) {
    let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
    bytes.push(last);
    bytes.extend(length.to_le_bytes());
    bytes.extend((!length).to_le_bytes());
    bytes.extend(block);
}
