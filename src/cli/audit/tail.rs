//! `ideogate audit tail`

use super::entry;
use crate::cli::{client::AdminClient, output::Output};
use std::process::ExitCode;

/// Prints entries as they come, until either side ends.
///
/// It begins with what comes next, not with what was. It is an error if the gateway breaks it off.
pub(super) async fn run(client: &AdminClient, screen: Output) -> anyhow::Result<ExitCode> {
    let mut response = client.open("/api/v1/audit/tail", &()).await?;
    let mut unread = Vec::new();
    loop {
        let piece = match response.chunk().await {
            Ok(Some(piece)) => piece,
            Ok(None) => break,
            Err(error) => return Err(client.broke_off(error, "the record").await),
        };
        // Kept as bytes, for a piece may end inside a character.
        unread.extend_from_slice(&piece);
        for line in complete_lines(&mut unread) {
            entry::print(screen, &line)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Takes the lines that are complete out of what was read.
///
/// What has no end yet is kept for later.
fn complete_lines(unread: &mut Vec<u8>) -> Vec<String> {
    let Some(end) = unread.iter().rposition(|byte| *byte == b'\n') else { return Vec::new() };
    let rest = unread.split_off(end + 1);
    let complete = std::mem::replace(unread, rest);
    String::from_utf8_lossy(&complete).lines().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_printed_when_it_is_complete() {
        let mut unread = b"{\"a\":1}\n{\"b\"".to_vec();
        assert_eq!(complete_lines(&mut unread), ["{\"a\":1}"]);
        assert!(complete_lines(&mut unread).is_empty());
        unread.extend_from_slice(b":2}\n");
        assert_eq!(complete_lines(&mut unread), ["{\"b\":2}"]);
        assert!(unread.is_empty());
    }
}
