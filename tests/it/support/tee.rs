//! The stdout of a process: read by the test line by line, and kept as a whole.

use std::{
    io::{BufRead, BufReader, PipeReader, PipeWriter},
    thread::JoinHandle,
};
use tokio::sync::mpsc;

/// What a process writes to stdout.
#[derive(Debug)]
pub(crate) struct Tee {
    lines: mpsc::UnboundedReceiver<String>,
    whole: Option<JoinHandle<Vec<u8>>>,
}

impl Tee {
    /// Returns a reader, and what the process is to write to.
    pub(crate) fn new() -> (Self, PipeWriter) {
        let (reader, writer) = std::io::pipe().unwrap();
        let (line, lines) = mpsc::unbounded_channel();
        let whole = std::thread::spawn(move || copy(reader, &line));
        (Self { lines, whole: Some(whole) }, writer)
    }

    /// Returns the next line, and `None` when the process has ended.
    pub(crate) async fn next_line(&mut self) -> Option<String> {
        self.lines.recv().await
    }

    /// Returns all that was written, once the process has ended.
    pub(crate) fn whole(&mut self) -> Vec<u8> {
        self.whole.take().and_then(|reading| reading.join().ok()).unwrap_or_default()
    }
}

fn copy(reader: PipeReader, lines: &mpsc::UnboundedSender<String>) -> Vec<u8> {
    let (mut reader, mut whole) = (BufReader::new(reader), Vec::new());
    let mut start = 0;
    while reader.read_until(b'\n', &mut whole).is_ok_and(|read| read > 0) {
        let line = String::from_utf8_lossy(&whole[start..]);
        lines.send(line.trim_end_matches('\n').to_owned()).ok();
        start = whole.len();
    }
    whole
}
