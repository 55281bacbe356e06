//! Notes and keys are what others understand, and nothing else passes for one.

use crate::{
    audit::{
        HashChain,
        trust::{
            Checkpoint, CheckpointError, CheckpointFile, LAST_SIGNED_FILE, NewLog, Notary,
            NoteError, SignedNote, SigningKey, VerifierKey, VerifierKeyError, notes_in,
        },
    },
    domain::SteeredClock,
    store::{ChainHasher, ChainHead, tests::fixtures::NOON},
};
use proptest::prelude::*;
use std::sync::Arc;
use tempfile::TempDir;

/// A notary of a log that has signed nothing, with a folder of its own.
pub(super) fn notary() -> (TempDir, Notary) {
    let dir = tempfile::tempdir().unwrap();
    let (key, _) = SigningKey::make().unwrap();
    let (clock, last) = (Arc::new(SteeredClock::at(NOON)), dir.path().join(LAST_SIGNED_FILE));
    (dir, Notary::new(key, clock, last, None))
}

fn head(seq: u64) -> ChainHead {
    ChainHead { seq, hash: HashChain.seal(seq, &HashChain.genesis(), b"{}") }
}

/// The key pair that Go's `sumdb/note` has in its documentation.
#[test]
fn keys_are_read_and_written_as_other_implementations_do() {
    let pair = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    let public = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let key = SigningKey::of_text(pair).unwrap();
    assert_eq!(key.verifier().to_string(), public);
    assert_eq!(public.parse::<VerifierKey>().unwrap(), *key.verifier());
}

#[test]
fn what_is_no_verifier_key_is_told_from_one_that_is_damaged() {
    let parse = |text: &str| text.parse::<VerifierKey>().unwrap_err();
    let damaged = "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    assert_eq!(parse(damaged), VerifierKeyError::Damaged);
    let other = "PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    assert_eq!(parse(other), VerifierKeyError::OtherKind);
    for text in
        ["", "a+b", "a+00000000+", "a b+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"]
    {
        assert_eq!(parse(text), VerifierKeyError::Malformed, "{text}");
    }
}

#[test]
fn a_checkpoint_says_what_was_signed_in_four_lines() {
    let (_dir, notary) = notary();
    let signed = notary.sign(head(7)).unwrap();
    let text = signed.note.to_string();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], notary.key().name());
    assert_eq!(lines[1], "7");
    assert_eq!(lines[3], "2025-11-22T12:00:00.000000Z");
    assert_eq!(lines[4], "");
    assert!(lines[5].starts_with(&format!("\u{2014} {} ", notary.key().name())));
    assert_eq!(lines.len(), 6);
    let read = SignedNote::parse(&text).unwrap();
    assert_eq!(Checkpoint::verified(&read, [notary.key()]).unwrap(), signed.checkpoint);
}

#[test]
fn a_note_by_somebody_else_or_about_something_else_is_no_checkpoint() {
    let ((_dir, notary), (_other_dir, other)) = (notary(), notary());
    let signed = other.sign(head(7)).unwrap();
    let verified = |note: &SignedNote| Checkpoint::verified(note, [notary.key()]);
    assert_eq!(verified(&signed.note), Err(CheckpointError::Note(NoteError::UnknownKey)));
    let about_export = notary.sign_text("ideogate audit export v1\nlines 3\n".to_owned());
    assert_eq!(verified(&about_export), Err(CheckpointError::OtherText));
    let foreign = notary.sign_text(signed.checkpoint.to_string());
    assert_eq!(verified(&foreign), Err(CheckpointError::OtherText), "another log's origin");
}

#[test]
fn a_name_that_is_the_same_does_not_make_a_key_known() {
    let (_dir, notary) = notary();
    let stranger = SigningKey::of_text(
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
    );
    let note = stranger.unwrap().sign(notary.sign(head(3)).unwrap().checkpoint.to_string());
    // Renamed by hand, the signature is one by an unknown key of our name.
    let forged = note
        .to_string()
        .replace("\u{2014} PeterNeumann", &format!("\u{2014} {}", notary.key().name()));
    let note = SignedNote::parse(&forged).unwrap();
    assert_eq!(note.verify([notary.key()]).unwrap_err(), NoteError::UnknownKey);
}

#[test]
fn one_key_never_says_one_thing_and_then_another() {
    let (dir, notary) = notary();
    notary.sign(head(7)).unwrap();
    assert!(notary.sign(head(6)).is_err(), "an older head");
    assert!(notary.sign(ChainHead { hash: [1; 32], ..head(7) }).is_err(), "another head");
    assert!(notary.sign(head(7)).is_ok() && notary.sign(head(8)).is_ok());
    let last = std::fs::read_to_string(dir.path().join(LAST_SIGNED_FILE));
    assert!(last.unwrap().contains("\n8\n"), "what was signed last is kept");
}

#[test]
fn notes_are_found_in_files_and_in_what_log_collectors_keep() {
    let (_dir, notary) = notary();
    let signed: Vec<_> = (1..=5).map(|seq| notary.sign(head(seq)).unwrap()).collect();
    let wrapped = serde_json::json!({"log": format!("{}\n", signed[3].line()), "stream": "stdout"});
    let text = format!(
        "{}\nready proxy=x\n[AUDIT] {{}}\n{}\n2026-01-01T00:00:00Z stdout F {}\n{wrapped}\n{}\n",
        signed[0].note,
        signed[1].line(),
        signed[2].line(),
        signed[4].json(),
    );
    let found = notes_in(&text);
    let notes: Vec<_> = found.notes.into_iter().map(|found| found.note).collect();
    let made: Vec<_> = signed.into_iter().map(|signed| signed.note).collect();
    assert_eq!(notes, made);
    assert!(signed_line_is_ascii(&notary));
}

fn signed_line_is_ascii(notary: &Notary) -> bool {
    notary.sign(head(9)).unwrap().line().is_ascii()
}

#[test]
fn a_file_that_a_crash_cut_off_goes_on_with_whole_notes() {
    let (dir, notary) = notary();
    let path = dir.path().join("elsewhere");
    let file = CheckpointFile::at(&path);
    for cut in 1..200 {
        std::fs::remove_file(&path).ok();
        let (first, second) =
            (notary.sign(head(cut * 2)).unwrap(), notary.sign(head(cut * 2 + 1)).unwrap());
        file.add(&first.note).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        bytes.truncate(bytes.len().saturating_sub(usize::try_from(cut).unwrap()));
        std::fs::write(&path, bytes).unwrap();
        file.add(&second.note).unwrap();
        let found = notes_in(&String::from_utf8_lossy(&std::fs::read(&path).unwrap()));
        let last = &found.notes.last().unwrap().note;
        assert_eq!(*last, second.note, "{cut}");
    }
}

#[test]
fn a_new_log_has_a_name_that_no_other_has() {
    let names: std::collections::BTreeSet<_> =
        (0..20).map(|_| NewLog::make().unwrap().verifier().name().to_owned()).collect();
    assert_eq!(names.len(), 20);
}

proptest! {
    #[test]
    fn anything_may_be_taken_for_notes_and_nothing_breaks(text in "(?s).{0,200}", dashes in 0_usize..3) {
        let text = format!("{text}\n\n{}", "\u{2014} a b\n".repeat(dashes));
        SignedNote::parse(&text).ok();
        notes_in(&text);
    }
}

#[test]
fn no_changed_note_is_verified() {
    let (_dir, notary) = notary();
    let text = notary.sign(head(7)).unwrap().note.to_string();
    for at in 0..text.len() {
        for flip in [1, 0x20] {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= flip;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            let read = SignedNote::parse(&changed);
            let is_verified = read.is_ok_and(|note| note.verify([notary.key()]).is_ok());
            assert!(!is_verified, "byte {at}: {changed}");
        }
    }
}
