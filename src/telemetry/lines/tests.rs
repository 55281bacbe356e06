//! What becomes of lines when whoever reads them is slow, gone or full.

use super::{DroppedLines, LineKind, LineSink, NoteForm, queue::MOST};
use crate::config::LogFormat;
use rustix::fs::{OFlags, fcntl_setfl};
use std::{
    fs::File,
    io::{self, BufRead, BufReader, PipeReader, Read},
    os::fd::OwnedFd,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

fn pipe(form: NoteForm) -> (LineSink, PipeReader, DroppedLines) {
    let (reader, writer) = io::pipe().unwrap();
    let dropped = DroppedLines::default();
    let sink = LineSink::new(File::from(OwnedFd::from(writer)), form, &dropped).unwrap();
    (sink, reader, dropped)
}

/// Gives lines of a KiB until some are dropped, and returns how many were given; fails when giving waits.
fn fill(sink: &LineSink, dropped: &DroppedLines) -> u64 {
    let (sink, dropped, (filled, filling)) = (sink.clone(), dropped.clone(), mpsc::channel());
    thread::spawn(move || {
        let (mut given, line) = (0, "x".repeat(1023));
        while dropped.count(LineKind::Log) < 10 && given < 2 * MOST as u64 / 1024 {
            sink.line(LineKind::Log, &line);
            given += 1;
        }
        filled.send((given, dropped.count(LineKind::Log))).unwrap();
    });
    let (given, missing) = filling.recv_timeout(Duration::from_secs(10)).expect("nobody waits");
    assert!(missing >= 10, "nothing is ever dropped");
    given
}

#[test]
fn lines_are_written_in_order_and_none_is_missing_after_a_flush() {
    let (sink, mut reader, dropped) = pipe(NoteForm::Data);
    let reading = thread::spawn(move || {
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        text
    });
    for number in 0..5000 {
        sink.line(LineKind::Audit, number);
    }
    sink.flush();
    drop(sink);
    let expected: Vec<_> = (0..5000).map(|number| number.to_string()).collect();
    assert!(reading.join().unwrap().lines().eq(&expected));
    assert_eq!(dropped.count(LineKind::Audit), 0);
}

#[test]
fn nobody_waits_for_a_reader_who_sleeps_and_the_first_line_after_the_gap_says_what_is_missing() {
    let (sink, reader, dropped) = pipe(NoteForm::Log(LogFormat::Text));
    let given = fill(&sink, &dropped);
    let mut lines = BufReader::new(reader).lines().map(Result::unwrap);
    let missing = dropped.count(LineKind::Log);
    for _ in 0..given - missing {
        assert!(lines.next().unwrap().starts_with('x'));
    }
    let note = lines.next().unwrap();
    assert!(note.contains(" WARN ") && note.ends_with(&format!(" dropped={missing}")), "{note}");
    sink.line(LineKind::Log, "after the gap");
    assert_eq!(lines.next().unwrap(), "after the gap");
    assert_eq!(dropped.count(LineKind::Log), missing);
}

#[test]
fn a_flush_does_not_wait_for_a_reader_who_has_slept_for_long() {
    let (sink, _reader, dropped) = pipe(NoteForm::Data);
    fill(&sink, &dropped);
    sink.flush();
    let begun = Instant::now();
    sink.flush();
    assert!(begun.elapsed() < Duration::from_millis(900), "it waits again");
}

#[test]
fn lines_that_cannot_be_written_are_counted() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    for to in [full, File::from(OwnedFd::from(writer))] {
        let dropped = DroppedLines::default();
        let sink = LineSink::new(to, NoteForm::Data, &dropped).unwrap();
        (0..300).for_each(|_| sink.line(LineKind::Audit, "[AUDIT] {}"));
        (0..3).for_each(|_| sink.line(LineKind::Checkpoint, "[CHECKPOINT] {}"));
        sink.miss(LineKind::Audit, 5);
        sink.flush();
        assert_eq!(dropped.count(LineKind::Audit), 305);
        assert_eq!(dropped.count(LineKind::Checkpoint), 3);
    }
}

#[test]
fn once_a_reader_is_back_the_first_line_says_what_is_missing_and_nothing_need_happen_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fifo");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &path,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .unwrap();
    let open = |path| File::options().read(true).write(true).open(path).unwrap();
    let both = open(&path);
    let writer = File::options().write(true).open(&path).unwrap();
    drop(both);
    let dropped = DroppedLines::default();
    let sink = LineSink::new(writer, NoteForm::Data, &dropped).unwrap();
    sink.line(LineKind::Audit, "lost");
    sink.line(LineKind::Checkpoint, "lost");
    sink.flush();
    let mut lines = BufReader::new(open(&path)).lines().map(Result::unwrap);
    let note = lines.next().unwrap();
    let note: serde_json::Value =
        serde_json::from_str(note.strip_prefix("[DROPPED] ").unwrap()).unwrap();
    assert_eq!((&note["audit"], &note["checkpoint"]), (&1.into(), &1.into()), "{note}");
    assert!(note["timestamp"].is_string() && note.get("log").is_none(), "{note}");
    sink.line(LineKind::Audit, "there");
    assert_eq!(lines.next().unwrap(), "there");
}

#[test]
fn a_pipe_that_somebody_made_impatient_loses_nothing() {
    let (reader, writer) = io::pipe().unwrap();
    fcntl_setfl(&writer, OFlags::NONBLOCK).unwrap();
    let dropped = DroppedLines::default();
    let sink = LineSink::new(File::from(OwnedFd::from(writer)), NoteForm::Data, &dropped).unwrap();
    let line = "y".repeat(5000);
    (0..100).for_each(|_| sink.line(LineKind::Output, &line));
    let lines = BufReader::new(reader).lines().map(Result::unwrap).take(100);
    assert_eq!(lines.filter(|read| *read == line).count(), 100);
    assert_eq!(dropped.count(LineKind::Output), 0);
}

#[test]
fn a_note_in_json_is_an_event_like_all_others() {
    let (sink, reader, _) = pipe(NoteForm::Log(LogFormat::Json));
    sink.miss(LineKind::Log, 7);
    let line = BufReader::new(reader).lines().next().unwrap().unwrap();
    let event: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!((&event["level"], &event["dropped"]), (&"WARN".into(), &7.into()), "{event}");
    assert!(event["timestamp"].is_string() && event["message"].is_string(), "{event}");
}
