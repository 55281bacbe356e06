//! What is kept on disk comes back as it was, or not at all.

use super::{
    KeptAnswer, KeptFor, SealedAnswers, SealedError,
    sealed_frames::{FRAME, FrameError, FrameReader, FrameWriter},
    sealed_key::SealingKey,
};
use crate::{domain::CallId, spool::Spool};
use http::{HeaderMap, HeaderValue, StatusCode};
use proptest::prelude::*;
use std::{collections::HashSet, fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

const CANARY: &str = "a canary in a prompt";

fn answer(call: &CallId, body: Vec<u8>) -> KeptAnswer {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    headers.insert("content-language", HeaderValue::from_bytes(b"caf\xe9").unwrap());
    KeptAnswer {
        call: call.clone(),
        status: StatusCode::CREATED,
        headers,
        body: Spool::from_bytes(body.into()),
        echoed_key: true,
        upstream: Duration::from_micros(1_234_567),
    }
}

fn read_back(
    files: &SealedAnswers,
    call: &CallId,
    why: KeptFor,
) -> Result<(KeptAnswer, Vec<u8>), SealedError> {
    let mut sealed = files.read(call, why)?;
    let mut body = Vec::new();
    while let Some(piece) = sealed.piece()? {
        body.extend(piece);
    }
    let answer = sealed.with(call.clone(), Spool::from_bytes(body.clone().into()))?;
    Ok((answer, body))
}

fn file(data: &Path, call: &CallId) -> std::path::PathBuf {
    data.join("answers").join(format!("{call}.sealed"))
}

#[test]
fn an_answer_comes_back_whole_after_a_new_start_and_shows_nothing_meanwhile() {
    let data = tempfile::tempdir().unwrap();
    let call = CallId::random();
    let kept = answer(&call, CANARY.repeat(40_000).into_bytes());
    let files = SealedAnswers::open(data.path(), 0).unwrap();
    files.write(&kept, KeptFor::Key).unwrap();
    let stored = fs::read(file(data.path(), &call)).unwrap();
    for secret in [CANARY, "application/json", "content-type"] {
        assert!(!stored.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
    drop(files);
    let files = SealedAnswers::open(data.path(), 0).unwrap();
    let (back, body) = read_back(&files, &call, KeptFor::Key).unwrap();
    assert_eq!((back.status, &back.headers), (kept.status, &kept.headers));
    assert_eq!((back.echoed_key, back.upstream), (kept.echoed_key, kept.upstream));
    assert_eq!(body, CANARY.repeat(40_000).into_bytes());
}

#[test]
fn the_key_and_the_files_are_for_this_user_alone() {
    let data = tempfile::tempdir().unwrap();
    let call = CallId::random();
    let files = SealedAnswers::open(data.path(), 0).unwrap();
    files.write(&answer(&call, Vec::new()), KeptFor::Nobody).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data.path().join("answers.key")), 0o600);
    assert_eq!(mode(&data.path().join("answers")), 0o700);
    assert_eq!(mode(&file(data.path(), &call)), 0o600);
}

#[test]
fn an_answer_is_bound_to_its_call_to_its_reason_and_to_the_key() {
    let data = tempfile::tempdir().unwrap();
    let (one, two) = (CallId::random(), CallId::random());
    let files = SealedAnswers::open(data.path(), 0).unwrap();
    files.write(&answer(&one, b"one".to_vec()), KeptFor::Key).unwrap();
    fs::copy(file(data.path(), &one), file(data.path(), &two)).unwrap();
    let changed = |read| matches!(read, Err(SealedError::Changed));
    assert!(changed(read_back(&files, &two, KeptFor::Key)));
    assert!(changed(read_back(&files, &one, KeptFor::Nobody)));
    fs::remove_file(data.path().join("answers.key")).unwrap();
    let files = SealedAnswers::open(data.path(), 0).unwrap();
    assert!(changed(read_back(&files, &one, KeptFor::Key)));
}

#[test]
fn nothing_is_written_when_the_disk_must_stay_free() {
    let data = tempfile::tempdir().unwrap();
    let call = CallId::random();
    let files = SealedAnswers::open(data.path(), u64::MAX).unwrap();
    let written = files.write(&answer(&call, Vec::new()), KeptFor::Key);
    assert!(matches!(written, Err(SealedError::Io(_))));
    assert!(matches!(files.read(&call, KeptFor::Key), Err(SealedError::Missing)));
}

#[test]
fn only_wanted_answers_are_retained() {
    let data = tempfile::tempdir().unwrap();
    let (one, two) = (CallId::random(), CallId::random());
    let files = SealedAnswers::open(data.path(), 0).unwrap();
    for call in [&one, &two] {
        files.write(&answer(call, Vec::new()), KeptFor::Key).unwrap();
    }
    fs::write(data.path().join("answers/call_torn.new"), b"half").unwrap();
    assert_eq!(files.retain(&HashSet::from([one.clone()])).unwrap(), 2);
    assert!(read_back(&files, &one, KeptFor::Key).is_ok());
    files.remove(&one);
    files.remove(&two);
    assert_eq!(fs::read_dir(data.path().join("answers")).unwrap().count(), 0);
}

#[test]
fn a_key_of_another_length_is_not_replaced_in_silence() {
    let data = tempfile::tempdir().unwrap();
    fs::write(data.path().join("answers.key"), b"short").unwrap();
    assert!(SealedAnswers::open(data.path(), 0).is_err());
    assert_eq!(fs::read(data.path().join("answers.key")).unwrap(), b"short");
}

fn sealed(key: &SealingKey, frames: &[Vec<u8>]) -> Vec<u8> {
    let mut writer = FrameWriter::new(key, "a stream", Vec::new()).unwrap();
    let (last, first) = frames.split_last().unwrap();
    for frame in first {
        writer.write(frame.clone()).unwrap();
    }
    writer.finish(last.clone()).unwrap()
}

fn opened(key: &SealingKey, stream: &[u8]) -> Result<Vec<Vec<u8>>, FrameError> {
    let mut reader = FrameReader::new("a stream", stream)?;
    let mut frames = Vec::new();
    while let Some(frame) = reader.frame(key)? {
        frames.push(frame);
    }
    Ok(frames)
}

fn frames() -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..6)
}

proptest! {
    #[test]
    fn frames_come_back_as_they_were(frames in frames(), key in any::<[u8; 32]>()) {
        let key = SealingKey::from_bytes(&key).unwrap();
        let stream = sealed(&key, &frames);
        prop_assert_eq!(opened(&key, &stream).unwrap(), frames);
    }

    #[test]
    fn one_changed_bit_is_found(frames in frames(), place in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let key = SealingKey::from_bytes(&[7; 32]).unwrap();
        let mut stream = sealed(&key, &frames);
        let place = place.index(stream.len());
        stream[place] ^= 1_u8 << bit;
        prop_assert!(opened(&key, &stream).is_err());
    }

    #[test]
    fn a_stream_that_ends_early_is_found(frames in frames(), end in any::<prop::sample::Index>()) {
        let key = SealingKey::from_bytes(&[7; 32]).unwrap();
        let stream = sealed(&key, &frames);
        prop_assert!(opened(&key, &stream[..end.index(stream.len())]).is_err());
    }
}

#[test]
fn frames_cannot_be_swapped_or_left_out() {
    let key = SealingKey::from_bytes(&[7; 32]).unwrap();
    let stream = sealed(&key, &[vec![1; 10], vec![2; 10], vec![3; 10]]);
    let (nonce, frames) = stream.split_at(12);
    let frames: Vec<_> = frames.chunks(4 + 10 + 16).collect();
    for order in [vec![1, 0, 2], vec![0, 2], vec![2], vec![0, 0, 2]] {
        let changed: Vec<u8> =
            nonce.iter().copied().chain(order.iter().flat_map(|at| frames[*at]).copied()).collect();
        assert!(opened(&key, &changed).is_err(), "{order:?}");
    }
}

#[test]
fn no_length_is_believed_that_is_more_than_a_frame() {
    let key = SealingKey::from_bytes(&[7; 32]).unwrap();
    let mut stream = vec![0; 12];
    stream.extend(u32::try_from(FRAME + 17).unwrap().to_be_bytes());
    stream.extend(vec![0; FRAME + 17]);
    assert!(matches!(opened(&key, &stream), Err(FrameError::Changed)));
}
