//! What is left of an old key in the memory of the process that used it.
//!
//! All memory that the process can read is searched, byte by byte, for the key and for parts of it. Only
//! root can look: the process is not dumpable, and anybody else is denied, which is what is proven then.

use super::{GENERATE, body};
use crate::support::Home;
use ideogate::simulator::SimulatorOptions;
use serde_json::json;
use std::{
    fs::{self, File},
    io,
    os::unix::fs::FileExt,
};

/// The copies of an old key that may be left: what docs/keys.md says.
const COPIES_LEFT: usize = 0;

/// The most characters in a row of an old key that may be left.
const LONGEST_PART_LEFT: usize = 4;

/// Characters that stand next to each other nowhere else.
const FIRST: &str = "qZ7xKv9wJ3hYp5TfUb2mNs8dGcRe4LaX6oWiQ1zV-aaaa";
const SECOND: &str = "Hf3yBn6uTk9rEj2wMx8vCq5sPz7dLg4aXo1iYh-bbbb";

/// All memory of a process that it can read itself.
struct Memory(Vec<Vec<u8>>);

impl Memory {
    /// Copies it; fails as the system does.
    fn of(process: u32) -> io::Result<Self> {
        let maps = fs::read_to_string(format!("/proc/{process}/maps"))?;
        let memory = File::open(format!("/proc/{process}/mem"))?;
        let mut parts = Vec::new();
        for map in maps.lines() {
            let (range, rest) = map.split_once(' ').unwrap();
            let (from, to) = range.split_once('-').unwrap();
            let [from, to] = [from, to].map(|hex| u64::from_str_radix(hex, 16).unwrap());
            let mut part = vec![0; usize::try_from(to - from).unwrap()];
            // What the kernel maps for its own sake cannot be read, and holds nothing of ours.
            if rest.starts_with('r') && memory.read_exact_at(&mut part, from).is_ok() {
                parts.push(part);
            }
        }
        Ok(Self(parts))
    }

    /// Counts how often `wanted` is there.
    fn copies(&self, wanted: &[u8]) -> usize {
        self.0.iter().map(|part| memchr::memmem::find_iter(part, wanted).count()).sum()
    }

    /// Returns the length of the longest part of a key that is there, but for its shown end.
    fn longest_part(&self, key: &str) -> usize {
        let secret = &key.as_bytes()[..key.len() - 4];
        let is_there = |length: &usize| secret.windows(*length).any(|part| self.copies(part) > 0);
        // Shorter ones are there by chance.
        (5..=secret.len()).take_while(is_there).last().unwrap_or(4)
    }
}

#[tokio::test]
async fn nothing_of_an_old_key_from_a_file_is_left_in_memory_after_its_drain() {
    let options = SimulatorOptions { pace: 0.0, ..SimulatorOptions::default() };
    let mut home = Home::with("[keys]\nlook_every = \"1h\"\n", options).await;
    let file = home.path().join("key");
    fs::write(&file, FIRST).unwrap();
    home.variables = vec![("IDEOGRAM_API_KEY_FILE".to_owned(), file.display().to_string())];
    home.ideogram.accept_key(FIRST);
    home.ideogram.accept_key(SECOND);
    let gateway = home.start().await;
    let process = gateway.id();
    let client = home.client(&gateway).await;
    for _ in 0..5 {
        let body = body();
        let calls = (0..4).map(|_| client.post(GENERATE, &body));
        for reply in futures_util::future::join_all(calls).await {
            assert_eq!(reply.status, 200);
        }
    }
    let large = json!({"prompt": "x".repeat(200_000)});
    assert_eq!(client.post(GENERATE, &large).await.status, 200);
    match Memory::of(process) {
        Err(error) => return assert_eq!(error.kind(), io::ErrorKind::PermissionDenied),
        // Control: the search finds what is there.
        Ok(memory) => assert!(memory.copies(FIRST.as_bytes()) > 0, "the key in use is not found"),
    }

    fs::write(&file, SECOND).unwrap();
    home.run(&["key", "rotate", "--wait"]).await.good();
    assert_eq!(client.post(GENERATE, &body()).await.status, 200);
    let memory = Memory::of(process).unwrap();
    let (left, part) = (memory.copies(FIRST.as_bytes()), memory.longest_part(FIRST));
    println!("{left} copies left, longest part {part} characters");
    assert_eq!(left, COPIES_LEFT, "copies of the old key are left");
    assert!(part <= LONGEST_PART_LEFT, "{part} characters in a row of the old key are left");
    assert!(memory.copies(SECOND.as_bytes()) > 0, "the search still works");
    gateway.stop().await;
}
