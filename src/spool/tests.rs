use super::{Spool, SpoolBudget, SpoolError, SpoolLimits, SpoolWriter};
use crate::domain::TokenId;
use bytes::Bytes;
use http_body::Body;
use http_body_util::BodyExt;
use std::{
    io::{Read, Seek, SeekFrom},
    sync::Arc,
};
use tempfile::TempDir;

const MIB: u64 = 1 << 20;

struct Room {
    budget: Arc<SpoolBudget>,
    dir: TempDir,
}

fn room_with(limits: SpoolLimits) -> Room {
    let dir = tempfile::tempdir().unwrap();
    Room { budget: SpoolBudget::new(limits, dir.path()).unwrap(), dir }
}

fn room(memory: u64, disk: u64, per_token: u64) -> Room {
    room_with(SpoolLimits { memory, disk, per_token, min_free: 0 })
}

fn wide_room() -> Room {
    room(64 * MIB, 64 * MIB, 64 * MIB)
}

fn token(name: &str) -> TokenId {
    TokenId::from_stored(name)
}

/// Bytes that differ from place to place, so that a misplaced chunk shows.
fn content(len: usize) -> Vec<u8> {
    (0..len).map(|at| u8::try_from((at ^ (at >> 8) ^ (at >> 16)) & 0xff).unwrap()).collect()
}

async fn keep(room: &Room, content: &[u8], piece: usize) -> Result<Spool, SpoolError> {
    let mut writer = SpoolWriter::new(&room.budget, None, u64::MAX);
    for piece in content.chunks(piece) {
        writer.write(Bytes::copy_from_slice(piece)).await?;
    }
    writer.finish().await
}

async fn sent(spool: &Spool) -> Vec<u8> {
    spool.body().collect().await.unwrap().to_bytes().to_vec()
}

fn read(spool: &Spool) -> Vec<u8> {
    let mut content = Vec::new();
    spool.reader().read_to_end(&mut content).unwrap();
    content
}

#[tokio::test]
async fn a_body_comes_out_as_it_went_in() {
    let room = wide_room();
    let mib = usize::try_from(MIB).unwrap();
    for len in [0, 1, 4096, mib - 1, mib, mib + 1, 3 * mib + 17] {
        for piece in [7 * 1024 + 1, 200_000, usize::MAX] {
            let content = content(len);
            let spool = keep(&room, &content, piece.min(len.max(1))).await.unwrap();
            assert_eq!(spool.len(), len as u64);
            assert_eq!(spool.is_empty(), len == 0);
            assert!(read(&spool) == content, "read back {len} bytes in pieces of {piece}");
            assert!(sent(&spool).await == content, "sent {len} bytes in pieces of {piece}");
            assert!(spool.bytes(u64::MAX).unwrap().unwrap() == content);
        }
    }
    assert_eq!(room.budget.in_use(), (0, 0));
}

#[tokio::test]
async fn a_body_is_in_memory_up_to_a_mebibyte_and_on_disk_beyond() {
    let room = wide_room();
    let small = keep(&room, &content(1 << 20), 1000).await.unwrap();
    assert!(small.in_place().is_some());
    assert_eq!(room.budget.in_use(), (MIB, 0));
    let large = keep(&room, &content((1 << 20) + 1), 1000).await.unwrap();
    assert!(large.in_place().is_none());
    assert_eq!(room.budget.in_use(), (MIB, MIB + 1));
}

#[tokio::test]
async fn a_file_has_no_name() {
    let room = wide_room();
    let spool = keep(&room, &content(2 << 20), 1 << 16).await.unwrap();
    assert_eq!(std::fs::read_dir(room.dir.path()).unwrap().count(), 0);
    assert_eq!(spool.len(), 2 * MIB);
}

#[tokio::test]
async fn memory_is_given_out_without_copying() {
    let room = wide_room();
    let spool = keep(&room, &content(5000), 5000).await.unwrap();
    let place = spool.in_place().unwrap().as_ptr();
    assert_eq!(spool.bytes(5000).unwrap().unwrap().as_ptr(), place);
    let frame = spool.body().frame().await.unwrap().unwrap();
    assert_eq!(frame.into_data().unwrap().as_ptr(), place);
}

#[tokio::test]
async fn a_body_from_disk_comes_in_chunks_and_says_exactly_what_remains() {
    let room = wide_room();
    let content = content((2 << 20) + 5);
    let spool = keep(&room, &content, 1 << 16).await.unwrap();
    let mut body = spool.body();
    let mut remaining = content.len() as u64;
    while remaining > 0 {
        assert_eq!(body.size_hint().exact(), Some(remaining));
        assert!(!body.is_end_stream());
        let chunk = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(chunk.len() as u64, remaining.min(64 << 10));
        remaining -= chunk.len() as u64;
    }
    assert!(body.is_end_stream());
    assert!(body.frame().await.is_none());
}

#[tokio::test]
async fn several_readers_and_bodies_do_not_disturb_each_other() {
    let room = wide_room();
    let content = content((1 << 20) + 123_457);
    let spool = keep(&room, &content, 1 << 16).await.unwrap();
    let (mut first, mut second) = (spool.body(), spool.body());
    let mut reader = spool.reader();
    let (mut a, mut b, mut c) = (Vec::new(), Vec::new(), vec![0; content.len()]);
    for part in c.chunks_mut(10_000) {
        if let Some(frame) = first.frame().await {
            a.extend_from_slice(frame.unwrap().data_ref().unwrap());
        }
        reader.read_exact(part).unwrap();
        if let Some(frame) = second.frame().await {
            b.extend_from_slice(frame.unwrap().data_ref().unwrap());
        }
    }
    assert!(a == content && b == content && c == content);
}

#[tokio::test]
async fn a_body_that_is_dropped_in_the_middle_of_a_read_does_not_harm_the_next() {
    let room = wide_room();
    let content = content(3 << 20);
    let spool = keep(&room, &content, 1 << 16).await.unwrap();
    let mut dropped = 0;
    for _ in 0..10_000 {
        let mut abandoned = spool.body();
        let mut frame = std::pin::pin!(abandoned.frame());
        // A read may be over before it is asked about; only one that is not counts.
        dropped += u32::from(futures_util::poll!(frame.as_mut()).is_pending());
        if dropped == 20 {
            break;
        }
    }
    assert_eq!(dropped, 20);
    assert!(sent(&spool).await == content);
}

#[tokio::test]
async fn a_reader_seeks() {
    let room = wide_room();
    for len in [1000, 2 << 20] {
        let content = content(len);
        let spool = keep(&room, &content, len).await.unwrap();
        let mut reader = spool.reader();
        let mut two = [0; 2];
        assert_eq!(reader.seek(SeekFrom::End(-2)).unwrap(), len as u64 - 2);
        reader.read_exact(&mut two).unwrap();
        assert_eq!(two, content[len - 2..]);
        assert_eq!(reader.read(&mut two).unwrap(), 0);
        reader.seek(SeekFrom::Current(-10)).unwrap();
        reader.read_exact(&mut two).unwrap();
        assert_eq!(two, content[len - 10..len - 8]);
        reader.seek(SeekFrom::Start(len as u64 + 5)).unwrap();
        assert_eq!(reader.read(&mut two).unwrap(), 0);
        assert!(reader.seek(SeekFrom::Start(0)).is_ok());
        assert!(reader.seek(SeekFrom::Current(-1)).is_err());
    }
}

#[tokio::test]
async fn a_body_larger_than_its_cap_is_refused_and_leaves_nothing() {
    let room = wide_room();
    for cap in [0, 10, 3 * MIB] {
        let mut writer = SpoolWriter::new(&room.budget, Some(token("a")), cap);
        let fill = content(usize::try_from(cap).unwrap());
        writer.write(fill.into()).await.unwrap();
        let error = writer.write(Bytes::from_static(b"x")).await.unwrap_err();
        assert!(matches!(error, SpoolError::TooLarge { cap: told } if told == cap));
        drop(writer);
        assert_eq!(room.budget.in_use(), (0, 0));
    }
}

#[tokio::test]
async fn a_body_goes_to_disk_when_memory_is_used_up() {
    let room = room(1000, MIB, MIB);
    let first = keep(&room, &content(900), 900).await.unwrap();
    let second = keep(&room, &content(200), 50).await.unwrap();
    assert!(first.in_place().is_some());
    assert!(second.in_place().is_none());
    assert_eq!(room.budget.in_use(), (900, 200));
    assert_eq!(read(&second), content(200));
}

#[tokio::test]
async fn a_body_is_refused_when_memory_and_disk_are_used_up() {
    let room = room(1000, 1000, MIB);
    let _first = keep(&room, &content(900), 900).await.unwrap();
    let _second = keep(&room, &content(900), 900).await.unwrap();
    assert!(!room.budget.has_room(None, 101));
    assert!(room.budget.has_room(None, 100));
    let error = keep(&room, &content(101), 1).await.unwrap_err();
    assert!(matches!(error, SpoolError::BudgetExhausted));
    assert_eq!(room.budget.in_use(), (900, 900));
}

#[tokio::test]
async fn a_token_cannot_take_more_than_its_part() {
    let room = room(10 * MIB, 10 * MIB, 3 * MIB);
    let mut large = SpoolWriter::new(&room.budget, Some(token("a")), u64::MAX);
    large.write(content(2 << 20).into()).await.unwrap();
    let large = large.finish().await.unwrap();
    assert_eq!(room.budget.in_use_by(&token("a")), 2 * MIB);

    assert!(room.budget.has_room(Some(&token("a")), MIB));
    assert!(!room.budget.has_room(Some(&token("a")), MIB + 1));
    assert!(room.budget.has_room(Some(&token("b")), 3 * MIB));
    let mut more = SpoolWriter::new(&room.budget, Some(token("a")), u64::MAX);
    more.write(content(1 << 20).into()).await.unwrap();
    let error = more.write(Bytes::from_static(b"x")).await.unwrap_err();
    assert!(matches!(error, SpoolError::BudgetExhausted));

    drop((large, more));
    assert_eq!(room.budget.in_use_by(&token("a")), 0);
}

#[tokio::test]
async fn the_disk_keeps_its_free_part() {
    let limits =
        SpoolLimits { memory: MIB, disk: u64::MAX, per_token: u64::MAX, min_free: u64::MAX };
    let room = room_with(limits);
    assert!(room.budget.has_room(None, MIB));
    assert!(!room.budget.has_room(None, MIB + 1));
    let error = keep(&room, &content(2 << 20), 1 << 16).await.unwrap_err();
    assert!(matches!(error, SpoolError::BudgetExhausted));
    assert_eq!(room.budget.in_use(), (0, 0));
}

#[tokio::test]
async fn what_a_body_takes_comes_back_with_its_last_owner() {
    let room = wide_room();
    let spool = keep(&room, &content(2 << 20), 1 << 16).await.unwrap();
    let (other, reader, body) = (spool.clone(), spool.reader(), spool.body());
    for owner in [Box::new(spool) as Box<dyn std::any::Any>, Box::new(other), Box::new(reader)] {
        drop(owner);
        assert_eq!(room.budget.in_use(), (0, 2 * MIB));
    }
    drop(body);
    assert_eq!(room.budget.in_use(), (0, 0));
}

#[tokio::test]
async fn a_half_written_body_gives_everything_back() {
    let room = wide_room();
    for len in [100, 5 << 20] {
        let mut writer = SpoolWriter::new(&room.budget, Some(token("a")), u64::MAX);
        for piece in content(len).chunks(100_000) {
            writer.write(Bytes::copy_from_slice(piece)).await.unwrap();
        }
        assert_ne!(room.budget.in_use(), (0, 0));
        drop(writer);
        assert_eq!(room.budget.in_use(), (0, 0));
        assert_eq!(room.budget.in_use_by(&token("a")), 0);
    }
}

#[tokio::test]
async fn gateway_made_content_takes_no_budget() {
    let spool = Spool::from_bytes(Bytes::from_static(b"{}"));
    assert_eq!(sent(&spool).await, b"{}");
    assert_eq!(spool.bytes(1).unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_owners_at_once_never_exceed_the_budget() {
    let room = room(3 * MIB, 8 * MIB, 4 * MIB);
    let budget = &room.budget;
    let work = (0..64u32).map(|number| {
        let (budget, owner) = (Arc::clone(budget), token(&format!("t{}", number % 5)));
        tokio::spawn(async move {
            let mut writer = SpoolWriter::new(&budget, Some(owner.clone()), 4 * MIB);
            for _ in 0..=number {
                let fit = writer.write(content(40_000).into()).await;
                let (memory, disk) = budget.in_use();
                assert!(memory <= 3 * MIB && disk <= 8 * MIB);
                assert!(budget.in_use_by(&owner) <= 4 * MIB);
                if fit.is_err() {
                    return false;
                }
                tokio::task::yield_now().await;
            }
            let spool = writer.finish().await.unwrap();
            sent(&spool).await.chunks(40_000).all(|piece| piece == content(40_000))
        })
    });
    let done = futures_util::future::join_all(work).await;
    assert!(done.into_iter().map(Result::unwrap).filter(|whole| *whole).count() > 0);
    assert_eq!(budget.in_use(), (0, 0));
}
