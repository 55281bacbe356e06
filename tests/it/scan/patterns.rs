//! What the page about the scan tells others to copy.

use super::{Folder, token};
use regex::Regex;
use std::{env, fs, path::Path};

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scan.md")).unwrap()
}

/// Returns the blocks of a language.
fn blocks(language: &str) -> Vec<String> {
    let page = page();
    let parts = page.split("\n```").skip(1).step_by(2);
    let blocks = parts.filter_map(|part| part.strip_prefix(&format!("{language}\n")));
    blocks.map(ToOwned::to_owned).collect()
}

/// Returns the pattern of each scanner, as it is written for that scanner.
fn patterns() -> Vec<String> {
    let mut patterns = Vec::new();
    for block in blocks("toml") {
        let table: toml::Table = block.parse().unwrap();
        let rules = table.get("rules").and_then(toml::Value::as_array).into_iter().flatten();
        patterns.extend(rules.map(|rule| rule["regex"].as_str().unwrap().to_owned()));
    }
    for block in blocks("yaml") {
        let lines = block.lines().filter_map(|line| line.trim().strip_prefix("token: "));
        patterns.extend(lines.map(|line| line.trim_matches('\'').to_owned()));
    }
    patterns.extend(blocks("text").iter().map(|block| block.trim().to_owned()));
    patterns
}

#[test]
fn the_pattern_is_the_same_for_every_scanner() {
    let patterns = patterns();
    assert_eq!(patterns.len(), 4, "{patterns:?}");
    assert!(patterns.iter().all(|pattern| *pattern == patterns[0]), "{patterns:?}");
    assert_eq!(page().matches("{49}").count(), patterns.len(), "one more is on the page");
}

#[test]
fn the_pattern_finds_tokens_and_nothing_shorter() {
    let pattern = Regex::new(&patterns()[0]).unwrap();
    for name in ["a", "prod", "sandbox", "eu-west.1", "a2345678901234567890123456789012"] {
        let token = token(name);
        let text = format!("key: \"{token}\"");
        assert_eq!(pattern.captures(&text).unwrap().get(1).unwrap().as_str(), token);
        assert!(!pattern.is_match(&token[..token.len() - 1]));
    }
    let operator = format!("ido_{}", "0".repeat(49));
    assert!(pattern.is_match(&operator));
    let others = [
        "idg_prod_…",
        "idg_<environment>_<secret>",
        "idg_prod_your_token",
        "widget_ido_1",
        "ido_…",
    ];
    for other in others {
        assert!(!pattern.is_match(other), "{other}");
    }
}

/// Every literal part that scanners search for first is in every token.
#[test]
fn the_keywords_are_in_every_token() {
    for block in blocks("toml").into_iter().chain(blocks("yaml")) {
        if block.contains("{49}") {
            assert!(block.contains("idg_") && block.contains("ido_"), "{block}");
        }
    }
    assert!(token("prod").contains("idg_"));
}

#[test]
fn the_hook_of_the_page_stops_the_commit() {
    let folder = Folder::repository();
    let [install] = &blocks("sh")[..] else { panic!("one block says how to install the hook") };
    let program = Path::new(env!("CARGO_BIN_EXE_ideogate")).parent().unwrap();
    let path = format!("{}:{}", program.display(), env::var("PATH").unwrap());
    folder.sh(install, &path);
    folder.write("x", "clean\n");
    folder.sh("git add x && git commit --quiet --message x", &path);
    folder.write("x", token("prod"));
    for commit in ["git commit --quiet --all --message x", "git commit --quiet --message x x"] {
        let told = folder.try_sh(commit, &path);
        assert!(told.code != 0 && told.err.contains("x:1:1: token for prod"), "{told:?}");
    }
    assert_eq!(folder.git(&["rev-list", "--count", "HEAD"]).trim(), "1", "nothing was committed");
    folder.write("x", "clean again\n");
    folder.sh("git commit --quiet --all --message x", &path);
}
