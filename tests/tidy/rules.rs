//! The rules; each looks at one file and says what to do.

use crate::source::{Kind, Name, Source};
use std::fmt;

/// Rooms by floor. A room uses what is on lower floors, never its neighbours.
pub const FLOORS: &[&[&str]] = &[
    &["domain"],
    &["config", "tasks"],
    &["store", "rate_limit", "telemetry", "spool"],
    &["registry"],
    &[
        "tokens",
        "operators",
        "persons",
        "authorization",
        "admission",
        "ledger",
        "audit",
        "answers",
        "upstream",
        "inspection",
        "webhooks",
        "notify",
    ],
    &["accounts"],
    &["calls", "scan", "review", "archive", "backup"],
    &["web", "keys"],
    &["proxy", "admin", "dashboard", "simulator"],
    &["app"],
    &["cli"],
];

/// Something that a rule forbids, where only some files may use it.
pub struct Fence {
    /// Names, as in `tokio::spawn`, `println!` or `rusqlite`.
    pub names: &'static [&'static str],
    /// Folders and files on the inside.
    pub inside: &'static [&'static str],
    pub advice: &'static str,
}

pub const FENCES: &[Fence] = &[
    Fence {
        names: &["rusqlite", "tokio_postgres"],
        inside: &["src/store/"],
        advice: "add a query to `store` and call that",
    },
    Fence {
        names: &["reqwest"],
        inside: &["src/cli/", "src/upstream/side"],
        advice: "calls to Ideogram go through `upstream`",
    },
    Fence {
        names: &["env::var", "env::var_os", "env::vars", "env::vars_os", "dotenvy"],
        inside: &["src/config/"],
        advice: "make it a setting and take it from `config`",
    },
    Fence {
        names: &["println!", "print!", "eprintln!", "eprint!", "io::stdout"],
        inside: &["src/cli/", "src/app/"],
        advice: "return it, log it with `tracing`, or print it in `cli`",
    },
    Fence {
        names: &[
            "tokio::spawn",
            "task::spawn",
            "thread::spawn",
            "thread::Builder",
            "thread::scope",
            "spawn_blocking",
            "spawn_local",
            "JoinSet",
            "TaskTracker",
        ],
        inside: &["src/tasks/"],
        advice: "spawn with `Tasks`, which owns and ends what it spawned",
    },
    Fence {
        names: &["SystemTime::now", "Timestamp::now", "Zoned::now"],
        inside: &["src/domain/time.rs"],
        advice: "take the time from a `Clock`",
    },
    Fence {
        names: &["thread::sleep"],
        inside: &[],
        advice: "wait with `tokio::time`, or for an event",
    },
    Fence {
        names: &["expose_secret"],
        inside: &[
            "src/upstream/credential.rs",
            "src/domain/plain_secret.rs",
            "src/config/secret.rs",
        ],
        advice: "secrets are read in three files only; pass the secret on instead",
    },
    Fence {
        names: &["anyhow"],
        inside: &["src/main.rs", "src/cli/", "src/app/"],
        advice: "write a small error enum with `thiserror`",
    },
    Fence {
        names: &["for_reading"],
        inside: &["src/store/warrant.rs", "src/calls/sending.rs"],
        advice: "what may be billed is sent after its intent is durable",
    },
    Fence { names: &["governor"], inside: &["src/rate_limit/"], advice: "use `rate_limit`" },
    Fence {
        names: &["clap"],
        inside: &["src/cli/"],
        advice: "arguments are parsed in `cli`; pass values on",
    },
    Fence {
        names: &["listenfd", "sd_notify"],
        inside: &["src/app/service_manager/"],
        advice: "the service manager is spoken to by `app::service_manager`",
    },
    Fence {
        names: &["zstd"],
        inside: &["src/audit/packed/", "src/audit/tests/segments.rs", "src/backup/tests.rs"],
        advice: "files are packed and unpacked by `audit::packed`",
    },
    Fence {
        names: &["prometheus_client"],
        inside: &["src/telemetry/"],
        advice: "add the metric to `telemetry` and count with that",
    },
];

/// One broken rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    place: String,
    rule: String,
    advice: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.place, self.rule, self.advice)
    }
}

fn finding(source: &Source, line: usize, rule: impl Into<String>, advice: &str) -> Finding {
    let place = format!("{}:{line}", source.path);
    Finding { place, rule: rule.into(), advice: advice.to_owned() }
}

fn floor_of(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// Rooms use lower floors only; neither upper ones nor their neighbours.
pub fn floors(source: &Source) -> Vec<Finding> {
    let module = source.module();
    let Some(room) = module.first() else { return Vec::new() };
    let Some(floor) = floor_of(room) else {
        let rule = format!("room `{room}` has no floor");
        return vec![finding(source, 1, rule, "give it one in tests/tidy/rules.rs")];
    };
    let judge = |name: &Name| {
        let other = room_named(name, module.len())?;
        let advice = match floor_of(other) {
            _ if other == *room => return None,
            Some(below) if below < floor => return None,
            Some(_) => "let an upper room bring the two together",
            None => "no such room has a floor; import it from where it is",
        };
        let rule = format!("`{room}` on floor {floor} uses `{other}`");
        Some(finding(source, name.line, rule, advice))
    };
    source.names().iter().filter_map(judge).collect()
}

/// Returns the room that a path from the crate's root, or climbing up to it, leads to.
fn room_named(name: &Name, module_depth: usize) -> Option<&str> {
    let climbs = name.segments.iter().take_while(|segment| *segment == "super").count();
    let from_root = match name.segments.first()?.as_str() {
        "crate" | "ideogate" => 1,
        "super" if climbs >= module_depth + name.depth => climbs,
        _ => return None,
    };
    name.segments.get(from_root).map(String::as_str)
}

/// Some tools have one home.
pub fn fences(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let names = source.names();
    for fence in FENCES {
        if fence.inside.iter().any(|inside| source.path.starts_with(inside)) {
            continue;
        }
        for name in &names {
            let Some(fenced) = fence.names.iter().find(|fenced| is_named(name, fenced)) else {
                continue;
            };
            let rule = match fence.inside {
                [] => format!("`{fenced}` is not used here"),
                inside => format!("`{fenced}` belongs in {}", inside.join(", ")),
            };
            findings.push(finding(source, name.line, rule, fence.advice));
        }
    }
    findings
}

fn is_named(name: &Name, fenced: &str) -> bool {
    if let Some(fenced) = fenced.strip_suffix('!') {
        return name.is_macro && name.segments.last().is_some_and(|last| last == fenced);
    }
    let fenced: Vec<_> = fenced.split("::").collect();
    name.segments.windows(fenced.len()).any(|segments| segments == fenced)
}

/// Queries are written in `store` alone.
pub fn queries(source: &Source) -> Vec<Finding> {
    const STARTS: &[&str] = &[
        "SELECT ",
        "INSERT INTO ",
        "INSERT OR ",
        "UPDATE ",
        "DELETE FROM ",
        "CREATE TABLE ",
        "PRAGMA ",
        "BEGIN IMMEDIATE",
    ];
    let is_query = |text: &str| {
        let text = text.trim_start_matches(|c: char| c.is_whitespace() || "br#\"\\n".contains(c));
        STARTS.iter().any(|start| text.starts_with(start))
    };
    if source.path.starts_with("src/store/") {
        return Vec::new();
    }
    let literals = source.code.iter().filter(|word| word.kind == Kind::Literal);
    let queries = literals.filter(|word| word.text.contains('"') && is_query(&word.text));
    let advice = "add a query to `store` and call that";
    queries.map(|word| finding(source, word.line, "SQL belongs in src/store/", advice)).collect()
}

/// A file holds one idea.
pub fn length(source: &Source) -> Vec<Finding> {
    let lines = source.text.lines().count();
    let rule = format!("{lines} lines are more than 400");
    let findings = (lines > 400).then(|| finding(source, 401, rule, "split it by purpose"));
    findings.into_iter().collect()
}

/// A table of contents: docs, `mod`, `pub use`.
pub fn contents(source: &Source) -> Vec<Finding> {
    if !source.path.ends_with("/mod.rs") && source.path != "src/lib.rs" {
        return Vec::new();
    }
    let file = syn::parse_file(&source.text).expect("a file that compiles");
    let is_line_of_contents = |item: &syn::Item| match item {
        syn::Item::Mod(module) => module.content.is_none(),
        syn::Item::Use(import) => !matches!(import.vis, syn::Visibility::Inherited),
        _ => false,
    };
    let advice = "move it into a file of its own and `pub use` it";
    let rule = "this file holds docs, `mod` and `pub use`, nothing else";
    let others = file.items.iter().filter(|item| !is_line_of_contents(item));
    let line = |item: &syn::Item| syn::spanned::Spanned::span(item).start().line;
    let mut findings: Vec<_> =
        others.map(|item| finding(source, line(item), rule, advice)).collect();
    if !file.attrs.iter().any(|attribute| attribute.path().is_ident("doc")) {
        findings.push(finding(source, 1, "no docs", "say with `//!` what the room is for"));
    }
    findings
}

/// Lints are silenced with a reason or not at all.
pub fn lints(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for at in source.all.windows(4) {
        let [hash, bracket, first, second] = at else { continue };
        let opens = (hash.text == "#" || hash.text == "!") && bracket.text == "[";
        if opens && first.text == "allow" && second.text == "(" {
            let advice = "write `#[expect(…, reason = \"…\")]`";
            findings.push(finding(
                source,
                first.line,
                "`#[allow` silences without a reason",
                advice,
            ));
        }
    }
    findings
}

/// Nothing is left for later.
pub fn leftovers(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for at in source.all.windows(2) {
        let is_leftover = ["todo", "unimplemented"].contains(&at[0].text.as_str());
        if is_leftover && at[1].text == "!" {
            let rule = format!("`{}!` is left for later", at[0].text);
            findings.push(finding(source, at[0].line, rule, "do it now, or take it out"));
        }
    }
    findings
}

/// Decisions are numbered, so that others can refer to them.
pub fn decisions(names: &[String]) -> Vec<String> {
    let is_numbered = |name: &str| {
        let digits = name.bytes().take_while(u8::is_ascii_digit).count();
        digits == 4 && name[4..].starts_with('-') && name.strip_suffix(".md").is_some()
    };
    let mut findings = Vec::new();
    for (place, name) in names.iter().enumerate() {
        if !is_numbered(name) {
            findings.push(format!("docs/decisions/{name}: call it NNNN-what-was-decided.md"));
        } else if names[..place].iter().any(|other| other[..4.min(other.len())] == name[..4]) {
            findings.push(format!("docs/decisions/{name}: its number is taken; take the next"));
        }
    }
    findings
}
