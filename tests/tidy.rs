//! Rules of the house that rustc and clippy cannot check. Each rule is also run on a bad sample,
//! which it must find.

#![expect(clippy::expect_used, clippy::panic, reason = "what cannot be read fails the test")]

#[path = "tidy/circles.rs"]
mod circles;
#[path = "tidy/namesakes.rs"]
mod namesakes;
#[path = "tidy/rules.rs"]
mod rules;
#[path = "tidy/source.rs"]
mod source;
#[path = "tidy/words.rs"]
mod words;

use rules::Finding;
use source::Source;
use std::{fs, path::Path};

type Rule = fn(&Source) -> Vec<Finding>;

/// Returns the sources without the files that are compiled for tests alone.
fn without_tests(sources: &[Source]) -> impl Iterator<Item = &Source> {
    let tests: Vec<_> = sources.iter().flat_map(Source::test_modules).collect();
    let is_test = move |source: &Source| {
        let below = |test: &String| source.path.strip_prefix(test.as_str());
        tests.iter().filter_map(below).any(|rest| rest == ".rs" || rest.starts_with('/'))
    };
    sources.iter().filter(move |source| !is_test(source))
}

fn assert_kept<'a>(sources: impl IntoIterator<Item = &'a Source>, rule: Rule) {
    let findings: Vec<_> = sources.into_iter().flat_map(rule).collect();
    let lines: Vec<_> = findings.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{} found:\n{}\n", lines.len(), lines.join("\n"));
}

fn sources() -> Vec<Source> {
    let sources = source::read("src");
    assert!(sources.len() > 20, "the sources are not where they should be");
    sources
}

fn all_sources() -> Vec<Source> {
    let mut all = sources();
    all.extend(source::read("tests"));
    all
}

/// Returns what a rule says about a sample.
fn said(rule: Rule, path: &str, text: &str) -> Vec<String> {
    rule(&Source::new(path, text)).iter().map(ToString::to_string).collect()
}

/// Asserts that a rule finds exactly these lines of a sample.
fn assert_found(rule: Rule, path: &str, text: &str, lines: &[usize]) {
    let said = said(rule, path, text);
    let places: Vec<_> = lines.iter().map(|line| format!("{path}:{line}: ")).collect();
    let matches = said.iter().zip(&places).all(|(said, place)| said.starts_with(place));
    assert!(said.len() == lines.len() && matches, "expected {lines:?}, found {said:#?}");
}

#[test]
fn rooms_use_lower_floors_only() {
    assert_kept(without_tests(&sources()), rules::floors);
}

#[test]
fn modules_of_a_room_are_not_in_circles() {
    let found = circles::circles(without_tests(&sources()));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn no_two_types_share_a_name() {
    let found = namesakes::namesakes(without_tests(&sources()));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn each_word_of_the_architecture_has_its_type() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md");
    let page = fs::read_to_string(path).expect("a readable page");
    assert!(page.contains("\n## The words\n"), "the words are not where they should be");
    let found = words::words(&page, without_tests(&sources()));
    assert!(found.is_empty(), "docs/architecture.md:\n{}", found.join("\n"));
}

#[test]
fn tools_stay_behind_their_fences() {
    assert_kept(without_tests(&sources()), rules::fences);
    assert_kept(without_tests(&sources()), rules::queries);
}

#[test]
fn files_are_short() {
    assert_kept(&all_sources(), rules::length);
}

#[test]
fn mod_files_are_tables_of_contents() {
    assert_kept(&sources(), rules::contents);
}

#[test]
fn lints_are_not_silenced_without_a_reason() {
    assert_kept(&all_sources(), rules::lints);
}

#[test]
fn nothing_is_left_for_later() {
    assert_kept(&all_sources(), rules::leftovers);
}

#[test]
fn decisions_are_numbered() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/decisions");
    let entries = fs::read_dir(folder).expect("a folder of decisions");
    let name = |entry: std::io::Result<fs::DirEntry>| {
        entry.expect("a readable entry").file_name().to_string_lossy().into_owned()
    };
    let mut names: Vec<_> = entries.map(name).collect();
    names.sort();
    let findings = rules::decisions(&names);
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn the_rule_of_floors_finds_arrows_that_point_up_or_aside() {
    let text = "use crate::domain::Usd;\n\
        use crate::{\n    store::Journal,\n    web::ClientError,\n    audit::{self, Entry},\n};\n\
        fn f() { crate::calls::send(); }\n\
        use super::super::proxy::Gateway;\n\
        mod inline { use super::super::x; use super::super::super::cli::Cli; }\n\
        #[cfg(test)]\nmod tests { use crate::cli::Cli; }\n";
    assert_found(rules::floors, "src/ledger/hold.rs", text, &[4, 5, 5, 7, 8, 9]);
    assert_found(rules::floors, "src/ledger/hold.rs", "use crate::ledger::Budget;", &[]);
    assert_found(rules::floors, "src/ledger/hold.rs", "use crate::attic::Chest;", &[1]);
    assert_found(rules::floors, "src/attic/chest.rs", "", &[1]);
    let message = said(rules::floors, "src/store/a.rs", "use crate::web::Problem;");
    let expected = "src/store/a.rs:1: `store` on floor 2 uses `web`; \
        let an upper room bring the two together";
    assert_eq!(message, [expected]);
}

#[test]
fn the_rule_of_circles_finds_modules_that_use_each_other() {
    let samples = [
        Source::new("src/ledger/mod.rs", "mod a; mod b; mod c; pub use a::One; pub use b::Two;"),
        Source::new("src/ledger/a.rs", "use super::c::Three; pub struct One;"),
        Source::new("src/ledger/b.rs", "use crate::ledger::One; pub struct Two;"),
        Source::new("src/ledger/c.rs", "fn f() -> super::Two { super::b::g() } pub struct Three;"),
        Source::new("src/ledger/d.rs", "use super::{a::One, c::Three};"),
        Source::new("src/ledger/book.rs", "use super::hold::Hold;"),
        Source::new("src/ledger/hold.rs", "use super::book::Ledger;"),
    ];
    let found = circles::circles(samples.iter());
    assert_eq!(found, ["ledger: a, b, c use each other; let one of them be used only"]);
}

#[test]
fn the_rule_of_namesakes_finds_a_name_in_two_files() {
    let samples = [
        Source::new("src/ledger/a.rs", "pub struct Place; enum Other {}"),
        Source::new("src/spool/b.rs", "fn f() {}\ntrait Place {}"),
        Source::new("src/spool/c.rs", "use super::Other; #[cfg(test)] mod tests { struct Place; }"),
    ];
    let found = namesakes::namesakes(samples.iter());
    let expected =
        "src/ledger/a.rs:1, src/spool/b.rs:2: `Place` is one name for two things; say which";
    assert_eq!(found, [expected]);
}

#[test]
fn the_rule_of_words_finds_rows_without_a_type_and_types_that_are_elsewhere() {
    let page = "| a | `b::C` | not a word |\n## The words\n\n\
        | word | type | meaning |\n| --- | --- | --- |\n\
        | hold | `ledger::Hold` | money |\n| claim | `ledger::Hold`, `ledger::Claim` | a key |\n\
        | call | | one |\n| moved | `spool::Hold` | gone |\n## Floors\n| 8 | `cli` | top |\n";
    let samples = [
        Source::new("src/ledger/hold.rs", "pub struct Hold;"),
        Source::new("src/ledger/claims.rs", "#[cfg(test)] struct Claim; fn hold() {}"),
        Source::new("src/lib.rs", "pub mod ledger;"),
    ];
    let found = words::words(page, samples.iter());
    let expected = [
        "claim: there is no `ledger::Claim`",
        "call: no type; name the one that it is",
        "moved: there is no `spool::Hold`",
    ];
    assert_eq!(found, expected);
}

#[test]
fn the_rule_of_fences_finds_tools_outside_their_home() {
    let samples = [
        "use rusqlite::Connection;",
        "fn f() -> reqwest::Client { g() }",
        "fn f() { let _ = std::env::var(\"HOME\"); }",
        "fn f() { println!(\"x\"); }",
        "use std::io::{Write, stdout};",
        "use tokio::{spawn, time};",
        "fn f() { tokio::task::spawn_blocking(g); }",
        "fn f() { select! { _ = g() => { std::thread::spawn(h); } } }",
        "fn f() { std::time::SystemTime::now(); }",
        "fn f() { jiff::Timestamp::now(); }",
        "fn f() { std::thread::sleep(LONG); }",
        "fn f(key: &Secret) { key.expose_secret(); }",
        "fn f() -> anyhow::Result<()> { Ok(()) }",
        "use governor::Quota;",
        "use clap::Parser;",
        "use prometheus_client::registry::Registry;",
        "use listenfd::ListenFd;",
        "fn f() { sd_notify::notify(&[]); }",
    ];
    for sample in samples {
        assert_found(rules::fences, "src/proxy/gateway.rs", sample, &[1]);
        let only_for_tests = format!("#[cfg(test)]\nmod tests {{ {sample} }}\nstruct Plain;");
        assert_found(rules::fences, "src/proxy/gateway.rs", &only_for_tests, &[]);
    }
    for harmless in ["/// Like `println!`.\nstruct S;", "const S: &str = \"tokio::spawn\";"] {
        assert_found(rules::fences, "src/proxy/gateway.rs", harmless, &[]);
    }
    assert_found(rules::fences, "src/store/sqlite.rs", "use rusqlite::Connection;", &[]);
    assert_found(rules::fences, "src/upstream/credential.rs", "use s::{expose_secret};", &[]);
    assert_found(rules::fences, "src/upstream/sender.rs", "use s::{expose_secret};", &[1]);
}

#[test]
fn the_rule_of_fences_goes_on_behind_test_code() {
    let text = "#[cfg(test)]\nmod tests;\n#[cfg(test)]\n#[derive(Debug)]\nstruct S {}\n\
        impl T {\n    #[cfg(test)]\n    fn f() { println!(); }\n    fn g() { println!(); }\n}\n";
    assert_found(rules::fences, "src/proxy/gateway.rs", text, &[9]);
}

#[test]
fn files_that_are_compiled_for_tests_alone_are_told_from_others() {
    let paths = ["src/a/mod.rs", "src/a/b.rs", "src/a/tests.rs", "src/a/tests/c.rs", "src/a/d.rs"];
    let text = |path: &str| match path {
        "src/a/mod.rs" => "mod b;\n#[cfg(test)]\npub(crate) mod tests;\n",
        "src/a/b.rs" => "#[cfg(test)]\nmod d;\n",
        _ => "",
    };
    let sources: Vec<_> = paths.iter().map(|path| Source::new(path, text(path))).collect();
    let kept: Vec<_> = without_tests(&sources).map(|source| source.path.as_str()).collect();
    assert_eq!(kept, ["src/a/mod.rs", "src/a/b.rs", "src/a/d.rs"]);
}

#[test]
fn the_rule_of_queries_finds_sql_outside_the_store() {
    let text = "const Q: &str = \"SELECT seq\n FROM records\";\nconst P: &[u8] = br#\"PRAGMA x\"#;\n\
        /// \"SELECT it\"\nconst S: &str = \"Select a scope\";\n";
    assert_found(rules::queries, "src/ledger/hold.rs", text, &[1, 3]);
    assert_found(rules::queries, "src/store/read.rs", text, &[]);
}

#[test]
fn the_rule_of_length_finds_files_over_400_lines() {
    assert_found(rules::length, "src/a.rs", &"// x\n".repeat(400), &[]);
    assert_found(rules::length, "src/a.rs", &"// x\n".repeat(401), &[401]);
}

#[test]
fn the_rule_of_contents_finds_what_does_not_belong() {
    let text = "//! Docs.\n\nmod a;\npub mod b;\n#[cfg(test)]\nmod tests;\npub use a::A;\n\
        use a::B;\nstruct C;\nmod d { struct D; }\n";
    assert_found(rules::contents, "src/a/mod.rs", text, &[8, 9, 10]);
    assert_found(rules::contents, "src/a/b.rs", text, &[]);
    assert_found(rules::contents, "src/a/mod.rs", "mod a;\n", &[1]);
}

#[test]
fn the_rule_of_lints_finds_every_way_to_allow() {
    let text = "#![allow(dead_code)]\n#[allow(unused)]\nstruct S;\n\
        #[expect(unused, reason = \"a reason\")]\nstruct T;\n\
        #[cfg(test)]\n#[allow(unused)]\nmod tests { fn allow(x: u8) { allow(1) } }\n";
    assert_found(rules::lints, "src/a.rs", text, &[1, 2, 7]);
}

#[test]
fn the_rule_of_leftovers_finds_what_is_left_for_later() {
    let text = "fn f() { todo!() }\nfn g() { unimplemented!(\"x\") }\n// todo!()\nfn todo() {}\n";
    assert_found(rules::leftovers, "src/a.rs", text, &[1, 2]);
}

#[test]
fn the_rule_of_decisions_finds_names_without_a_number_of_their_own() {
    let names = ["0001-a.md", "0001-b.md", "2-c.md", "0002-d.txt", "notes.md"].map(String::from);
    assert_eq!(rules::decisions(&names).len(), 4);
    assert!(rules::decisions(&names[..1]).is_empty());
}
