//! `ideogate audit verify` on a copy, with what was kept elsewhere.

use super::{copy, cut, first_intent, forge, home, keep_elsewhere, records, some_calls};
use crate::support::{Home, Told};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A copy of a record with three calls, and what was kept elsewhere.
struct Kept {
    home: Home,
    copy: PathBuf,
    elsewhere: PathBuf,
    key: String,
    records: u64,
    /// The number of the first intent.
    intent: u64,
}

async fn kept() -> Kept {
    let home = home().await;
    some_calls(&home, 3).await;
    let (elsewhere, key) = keep_elsewhere(&home);
    let to = home.path().join("copy");
    copy(&home.data(), &to);
    let (records, intent) = (records(&to), first_intent(&to));
    Kept { home, copy: to, elsewhere, key, records, intent }
}

impl Kept {
    /// Verifies the copy with what was kept elsewhere.
    async fn verify(&self) -> Told {
        let (copy, elsewhere) = (text(&self.copy), text(&self.elsewhere));
        let arguments = ["audit", "verify", "--data", copy, "--checkpoint", elsewhere];
        self.home.run(&[&arguments[..], &["--key", &self.key]].concat()).await
    }

    /// Verifies the copy by itself, once its own checkpoints are gone as well.
    async fn verify_alone(&self) -> Told {
        for name in ["checkpoints", "audit-signing.last"] {
            fs::remove_file(self.copy.join(name)).ok();
        }
        self.home.run(&["audit", "verify", "--data", text(&self.copy)]).await
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test]
async fn an_untouched_copy_is_proven_up_to_its_last_checkpoint() {
    let kept = kept().await;
    let told = kept.verify().await.good();
    assert!(told.out.starts_with(&format!("good: {} records", kept.records)), "{told:?}");
    assert!(told.out.contains("\nintegrity: every record"), "{told:?}");
    assert!(
        told.out.contains(&format!("\ncompleteness: proven up to record {}", kept.records)),
        "{told:?}"
    );
    let (copy, elsewhere) = (text(&kept.copy), text(&kept.elsewhere));
    let given = ["audit", "verify", "--data", copy, "--checkpoint", elsewhere, "--key", &kept.key];
    let json = kept.home.json(&given).await;
    assert_eq!(json["ok"], true);
    assert_eq!(
        (&json["integrity"]["records"], &json["completeness"]["proven_up_to"]),
        (&kept.records.into(), &kept.records.into())
    );
    let told = kept.verify_alone().await.good();
    assert!(told.out.contains("completeness: not proven"), "{told:?}");
    assert!(told.out.contains("taken from the data folder itself"), "{told:?}");
}

#[tokio::test]
async fn a_cut_tail_is_found_only_with_what_was_kept_elsewhere() {
    let kept = kept().await;
    cut(&kept.copy, 4);
    let told = kept.verify().await;
    assert_eq!(told.code, 2, "{told:?}");
    assert!(
        told.out.starts_with(&format!(
            "BAD: the record ends with 4, but {} records were signed",
            kept.records
        )),
        "{told:?}"
    );
    assert!(told.out.contains("\nintegrity: every record is as it was written"), "{told:?}");
    let told = kept.verify_alone().await.good();
    assert!(told.out.contains("not proven"), "the chain alone cannot tell: {told:?}");
}

#[tokio::test]
async fn a_record_that_does_not_say_where_it_ends_is_bad() {
    let kept = kept().await;
    super::database(&kept.copy).execute("DELETE FROM chain_head", []).unwrap();
    let told = kept.verify().await;
    assert_eq!(told.code, 2, "{told:?}");
    assert!(told.out.starts_with("BAD: "), "{told:?}");
}

#[tokio::test]
async fn hashes_computed_anew_are_found_only_with_what_was_kept_elsewhere() {
    let kept = kept().await;
    forge(&kept.copy, kept.intent, ("\"places\":1", "\"places\":2"));
    let told = kept.verify().await;
    assert_eq!(told.code, 2, "{told:?}");
    assert!(
        told.out.contains("it was rewritten") || told.out.contains("was rewritten, from"),
        "{told:?}"
    );
    let told = kept.verify_alone().await.good();
    assert!(told.out.contains("not proven"), "the chain alone cannot tell: {told:?}");
}

#[tokio::test]
async fn a_record_changed_in_place_is_named_with_the_first_bad_one() {
    let kept = kept().await;
    let sql = "UPDATE audit_records SET bytes =
        CAST(replace(CAST(bytes AS TEXT), '\"places\":1', '\"places\":2') AS BLOB) WHERE seq = ?1";
    let changed = super::database(&kept.copy).execute(sql, [kept.intent.cast_signed()]);
    assert_eq!(changed.unwrap(), 1);
    let told = kept.verify().await;
    assert_eq!(told.code, 2, "{told:?}");
    assert!(told.out.starts_with(&format!("BAD: record {}: changed", kept.intent)), "{told:?}");
    assert!(
        told.out.contains("\ncompleteness: proven up to record"),
        "what is before it: {told:?}"
    );
}

#[tokio::test]
async fn another_log_under_another_key_is_not_taken_for_this_one() {
    let kept = kept().await;
    let other = home().await;
    some_calls(&other, 3).await;
    let exchanged = kept.home.path().join("exchanged");
    copy(&other.data(), &exchanged);
    let (dir, elsewhere) = (text(&exchanged), text(&kept.elsewhere));
    let alone = kept.home.run(&["audit", "verify", "--data", dir]).await;
    assert_eq!(alone.code, 0, "nothing is wrong with it by itself: {alone:?}");
    let given = ["audit", "verify", "--data", dir, "--checkpoint", elsewhere];
    let told = kept.home.run(&given).await;
    assert_eq!(told.code, 2, "{told:?}");
    assert!(told.out.contains("signed by a key that is not trusted here"), "{told:?}");
    let told = kept.home.run(&[&given[..], &["--key", &kept.key]].concat()).await;
    assert_eq!(told.code, 2, "{told:?}");
}

#[tokio::test]
async fn what_is_no_checkpoint_or_no_key_is_a_mistake_and_not_a_finding() {
    let kept = kept().await;
    let empty = kept.home.path().join("empty");
    fs::write(&empty, "nothing\n").unwrap();
    let dir = text(&kept.copy);
    for wrong in [["--checkpoint", text(&empty)], ["--key", "nonsense"], ["--key", text(&empty)]] {
        let told = kept.home.run(&[&["audit", "verify", "--data", dir][..], &wrong].concat()).await;
        assert_eq!(told.code, 64, "{wrong:?}: {told:?}");
    }
    let (signed, other) = (format!("\n{}\n", kept.records), format!("\n{}\n", kept.records - 1));
    let forged = fs::read_to_string(&kept.elsewhere).unwrap().replacen(&signed, &other, 1);
    fs::write(&kept.elsewhere, forged).unwrap();
    let told = kept.verify().await;
    assert_eq!(told.code, 2, "{told:?}");
    assert!(told.out.contains("it was changed or forged"), "{told:?}");
}
