//! Checking signatures and the chain with a few lines of one's own, from the specification alone.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

/// Opens a signed note with a verifier key, as c2sp.org/signed-note says; panics if it is not good.
pub(super) fn open_note(note: &str, key: &str) -> String {
    let parts: Vec<_> = key.splitn(3, '+').collect();
    let (name, id, key) = (parts[0], parts[1], STANDARD.decode(parts[2]).unwrap());
    let hashed = Sha256::digest([name.as_bytes(), b"\n", &key].concat());
    assert_eq!(hex::encode(&hashed[..4]), id);
    let (text, below) = note.rsplit_once("\n\n").unwrap();
    let line = below.strip_suffix('\n').unwrap().strip_prefix("\u{2014} ").unwrap();
    let (signer, signature) = line.split_once(' ').unwrap();
    let signature = STANDARD.decode(signature).unwrap();
    assert_eq!((signer, hex::encode(&signature[..4]).as_str()), (name, id));
    let (text, public) = (format!("{text}\n"), UnparsedPublicKey::new(&ED25519, &key[1..]));
    assert_eq!(key[0], 1, "Ed25519");
    public.verify(text.as_bytes(), &signature[4..]).unwrap();
    text
}

/// Splits a file of notes: text, empty line, signature, empty line.
pub(super) fn notes(file: &str) -> Vec<String> {
    let paragraphs: Vec<_> = file.split("\n\n").filter(|text| !text.trim().is_empty()).collect();
    paragraphs.chunks(2).map(|note| format!("{}\n\n{}\n", note[0], note[1].trim_end())).collect()
}

/// Returns the hash of each record, computed from the records' bytes alone; that of record n is at n.
pub(super) fn chain(connection: &Connection) -> Vec<[u8; 32]> {
    let mut hashes: Vec<[u8; 32]> = vec![Sha256::digest(b"ideogate audit genesis v1\n").into()];
    let mut read = connection.prepare("SELECT bytes FROM audit_records ORDER BY seq").unwrap();
    let rows = read.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
    for (bytes, seq) in rows.zip(1_u64..) {
        let tag: &[u8] = b"ideogate audit record v1\n";
        let before = hashes[hashes.len() - 1];
        let parts = [tag, &seq.to_be_bytes(), &before, &bytes.unwrap()].concat();
        hashes.push(Sha256::digest(parts).into());
    }
    hashes
}

/// Asserts that a note is signed by the key and tells the truth; returns up to which record.
pub(super) fn assert_true(note: &str, key: &str, chain: &[[u8; 32]]) -> usize {
    let text = open_note(note, key);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!((lines.len(), lines[0]), (4, key.split('+').next().unwrap()));
    let seq: usize = lines[1].parse().unwrap();
    assert_eq!(lines[2], STANDARD.encode(chain[seq]), "record {seq}");
    assert!(lines[3].ends_with('Z') && lines[3].contains('T'), "{}", lines[3]);
    seq
}
