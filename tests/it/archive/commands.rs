//! `ideogate audit archive`, and what verification, search and export make of it.

use super::{day, fill};
use crate::support::Home;
use serde_json::Value;
use std::{fs, path::Path};

async fn found(home: &Home, more: &[&str]) -> Vec<Value> {
    let arguments = [&["audit", "search", "--output", "json"], more].concat();
    home.run(&arguments).await.good().lines()
}

/// Returns the entries that were there before, without what moving them left.
fn fillers(entries: Vec<Value>) -> Vec<Value> {
    entries.into_iter().filter(|entry| entry["action"] == "store.recovered").collect()
}

#[tokio::test]
async fn old_days_move_by_command_and_everything_reads_both() {
    let home = Home::new().await;
    fill(&home, 3, 40).await;
    fill(&home, 2, 30).await;
    let gateway = home.start().await;
    let before = fillers(found(&home, &[]).await);
    assert_eq!(before.len(), 70);
    let today = day(0);
    let dry = home.run(&["audit", "archive", "--before", &today, "--dry-run"]).await.good();
    assert!(dry.out.contains("70 records") && dry.out.contains("would move"), "{}", dry.out);
    assert!(!home.data().join("segments").exists());
    let moved = home.run(&["audit", "archive", "--before", &today]).await.good();
    assert!(moved.out.contains("70 records") && moved.out.contains("2 segments"), "{}", moved.out);
    let again = home.run(&["audit", "archive", "--before", &today]).await.good();
    assert!(again.out.contains("nothing older"), "{}", again.out);

    assert_eq!(fillers(found(&home, &["--archived"]).await), before);
    let last = fillers(found(&home, &["--archived", "--last", "1000"]).await);
    assert_eq!(last, before, "as many as there are");
    let here = home.run(&["audit", "search", "--output", "json"]).await.good();
    assert!(fillers(here.lines()).is_empty());
    assert!(here.err.contains("records 1 to 70 lie in segments"), "{}", here.err);
    let lately = home.run(&["audit", "search", "--since", "1h"]).await.good();
    assert!(!lately.err.contains("segments"), "nothing of that time is there: {}", lately.err);

    let whole = home.run(&["audit", "verify", "--complete"]).await.good();
    assert!(whole.out.contains("segments: 2 read, records 1 to 70"), "{}", whole.out);
    let export = |name: &str| home.path().join(name).display().to_string();
    let (rest, all) = (export("rest.jsonl"), export("all.jsonl"));
    home.run(&["audit", "export", "--to", &rest]).await.good();
    let checked = home.run(&["audit", "verify", "--export", &rest]).await.good();
    assert!(checked.out.contains("the whole record from 71 to"), "{}", checked.out);
    home.run(&["audit", "export", "--archived", "--to", &all]).await.good();
    let checked = home.run(&["audit", "verify", "--export", &all]).await.good();
    assert!(checked.out.contains("records from 1 to"), "{}", checked.out);
    assert_table(&home, &["--archived"], 70).await;
    assert_table(&home, &[], 0).await;
    assert_table(&home, &["--archived", "--until", &day(3)], 40).await;
    let segment = home.data().join("segments/000000000001-000000000040.jsonl.zst");
    assert_lone_segment(&home, &segment).await;
    let narrowed = ["audit", "export", "--archived", "--since", "1h", "--to", &export("no.jsonl")];
    assert_eq!(home.run(&narrowed).await.code, 64);
    for wrong in ["soon", "2999-01-01"] {
        let told = home.run(&["audit", "archive", "--before", wrong]).await;
        assert_eq!(told.code, 64, "{wrong}: {}", told.err);
    }
    gateway.stop().await;
    let gateway = home.start().await;
    assert_eq!(fillers(found(&home, &["--archived"]).await), before, "after a restart too");
    drop(gateway);
}

/// Asserts how many of the fillers a table holds, and that it is the one that was signed.
async fn assert_table(home: &Home, more: &[&str], fillers: usize) {
    let table = home.path().join("entries.csv");
    let to = ["audit", "export", "--format", "csv", "--force", "--to", table.to_str().unwrap()];
    home.run(&[&to[..], more].concat()).await.good();
    let rows = fs::read_to_string(&table).unwrap();
    let found = rows.lines().filter(|row| row.contains("store.recovered")).count();
    assert_eq!(found, fillers, "{more:?}");
    home.run(&["audit", "verify", "--export", table.to_str().unwrap()]).await.good();
}

/// Asserts what is said of a segment by itself: that it is good, whom that rests on, and where it is not.
async fn assert_lone_segment(home: &Home, segment: &Path) {
    let verify = async |file: &Path, more: &[&str]| {
        let file = file.display().to_string();
        home.run(&[&["audit", "verify", "--export", &file][..], more].concat()).await
    };
    let good = verify(segment, &[]).await.good();
    assert!(good.out.starts_with("good: 40 records from 1 to 40, archived at"), "{}", good.out);
    assert!(good.out.contains("named by the segment itself"), "{}", good.out);
    let key = home.run(&["audit", "key"]).await.good().out;
    let known = verify(segment, &["--key", key.trim()]).await.good();
    assert!(known.out.contains("(given)"), "{}", known.out);
    let elsewhere = home.path().join("checkpoints.txt");
    fs::write(&elsewhere, home.run(&["audit", "checkpoint"]).await.good().out).unwrap();
    let outside = ["--key", key.trim(), "--checkpoint", elsewhere.to_str().unwrap()];
    let later = verify(segment, &outside).await.good();
    assert!(
        later.out.contains("1 checkpoint is about records that are not in it"),
        "{}",
        later.out
    );

    let other = home.path().join("a copy");
    let whole = fs::read(segment).unwrap();
    fs::write(&other, &whole[..whole.len() - 9]).unwrap();
    let cut = verify(&other, &[]).await;
    assert!(cut.code == 2 && cut.out.starts_with("BAD: it is cut off"), "{cut:?}");
    let foreign = Home::new().await;
    let gateway = foreign.start().await;
    let foreign_key = foreign.run(&["audit", "key"]).await.good().out;
    gateway.stop().await;
    let not_ours = verify(segment, &["--key", foreign_key.trim()]).await;
    assert!(
        not_ours.code == 2 && not_ours.out.contains("what should prove it does not"),
        "{not_ours:?}"
    );
    let noted = verify(segment, &["--note", "x"]).await;
    assert_eq!(noted.code, 64, "{noted:?}");
}

#[tokio::test]
async fn segments_that_are_gone_or_changed_are_named() {
    let home = Home::new().await;
    fill(&home, 3, 40).await;
    fill(&home, 2, 30).await;
    let gateway = home.start().await;
    home.run(&["audit", "archive", "--before", &day(0)]).await.good();
    let first = home.data().join("segments/000000000001-000000000040.jsonl.zst");
    let whole = fs::read(&first).unwrap();
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 1;
    fs::write(&first, &changed).unwrap();
    let bad = home.run(&["audit", "verify"]).await;
    assert_eq!(bad.code, 2, "{}", bad.out);
    assert!(bad.out.starts_with("BAD: segment 000000000001-000000000040"), "{}", bad.out);

    let elsewhere = home.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::write(elsewhere.join("000000000001-000000000040.jsonl.zst"), &whole).unwrap();
    fs::remove_file(&first).unwrap();
    let told = home.run(&["audit", "verify"]).await.good();
    let named = "records 1 to 40 are not here: 000000000001-000000000040.jsonl.zst was not found";
    assert!(told.out.contains(named), "{}", told.out);
    assert_eq!(home.run(&["audit", "verify", "--complete"]).await.code, 2);
    let json = home.run(&["audit", "verify", "--output", "json"]).await.good().json();
    assert_eq!(json["missing"][0]["why"], "not_found");
    assert_eq!((&json["segments"]["first"], &json["segments"]["last"]), (&41.into(), &70.into()));
    let dir = elsewhere.display().to_string();
    let other = home.run(&["audit", "verify", "--segments", &dir, "--output", "json"]).await;
    assert_eq!(other.json()["segments"]["last"], 40, "that folder has only the first");
    assert_eq!(home.run(&["audit", "verify", "--segments", "none"]).await.code, 64);
    let searched = home.run(&["audit", "search", "--archived", "--output", "json"]).await;
    assert_eq!(searched.code, 2, "{}", searched.err);
    assert!(searched.err.contains("000000000001-000000000040"), "{}", searched.err);
    assert!(searched.lines().len() >= 30, "the rest is shown");
    gateway.stop().await;
}

#[tokio::test]
async fn the_setting_moves_old_days_by_itself_and_a_wrong_one_is_told() {
    let home = Home::new().await;
    fill(&home, 3, 10).await;
    let wrong = [
        ("keep = \"1h\"", "at least"),
        ("archive_keep = \"9d\"", "needs audit.keep"),
        ("keep = \"9d\"\narchive_keep = \"8d\"", "shorter than audit.keep"),
        ("archive_dir = \"/no/such/folder\"", "mount its disk"),
    ];
    let good = fs::read_to_string(home.file()).unwrap();
    for (setting, told) in wrong {
        home.change(&format!("[audit]\n{setting}\n"));
        let refused = home.run(&["config", "check"]).await;
        assert_eq!(refused.code, 64, "{setting}");
        assert!(refused.err.contains(told), "{setting}: {}", refused.err);
        home.set(&good);
    }
}
