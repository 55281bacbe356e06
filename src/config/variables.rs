//! The environment of the process, read in one place, with `.env` below it.

use super::{
    mistake::{Mistake, Mistakes},
    origin::Origin,
    tree::{Node, Table, Value, join, raw},
};
use std::{collections::BTreeMap, fs, io, path::Path};
use zeroize::Zeroizing;

const PREFIX: &str = "IDEOGATE__";

/// Returns the variables of this process; what is not UTF-8 in them is replaced.
pub fn process_variables() -> Vec<(String, String)> {
    let text = |part: std::ffi::OsString| part.to_string_lossy().into_owned();
    std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect()
}

/// The variables of the process, and below them those of `.env`.
#[derive(Clone, Default)]
pub struct Variables(Named);

// Values may be keys, so they are wiped when they are dropped.
type Named = BTreeMap<Box<str>, (Zeroizing<String>, Origin)>;

impl Variables {
    /// Returns the variables given, and those of the file `.env` in `working_dir` that are not.
    pub fn gather(given: Vec<(String, String)>, working_dir: &Path) -> Result<Self, Mistakes> {
        let mut all = Named::new();
        let mut mistakes = Vec::new();
        match fs::read_to_string(working_dir.join(".env")).map(Zeroizing::new) {
            Ok(text) => mistakes = read_dot_env(&text, &mut all),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => mistakes.push(Mistake::about(".env", format!("cannot be read: {error}"))),
        }
        for (name, value) in given {
            let origin = Origin::Variable(name.as_str().into());
            all.insert(name.into(), (Zeroizing::new(value), origin));
        }
        Mistakes::or(mistakes, Self(all))
    }

    /// Returns the value of a variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|(value, _)| value.as_str())
    }

    /// Says whether a variable is set.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Returns where a variable was set.
    pub(super) fn origin(&self, name: &str) -> Option<&Origin> {
        self.0.get(name).map(|(_, origin)| origin)
    }

    /// Returns the names that start with `prefix`.
    pub(super) fn names(&self, prefix: &'static str) -> impl Iterator<Item = &str> {
        self.0.keys().map(AsRef::as_ref).filter(move |name: &&str| name.starts_with(prefix))
    }

    /// Returns the settings among the variables as a tree.
    pub(super) fn settings(&self) -> Result<Table, Vec<Mistake>> {
        let (mut tree, mut mistakes) = (Table::new(), Vec::new());
        for (name, (value, origin)) in &self.0 {
            if let Some(path) = name.strip_prefix(PREFIX) {
                let node = Node { value: raw(value), origin: origin.clone() };
                let path = path.to_lowercase();
                let parts: Vec<&str> = path.split("__").collect();
                let placed = place(&mut tree, &parts, node);
                if let Err(problem) = placed {
                    mistakes.push(Mistake::about(&**name, problem).at(origin.clone()));
                }
            }
        }
        if mistakes.is_empty() { Ok(tree) } else { Err(mistakes) }
    }
}

impl std::fmt::Debug for Variables {
    /// Writes the names only, for values may be secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

fn place(tree: &mut Table, path: &[&str], node: Node) -> Result<(), String> {
    let Some((first, rest)) = path.split_first().filter(|(first, _)| !first.is_empty()) else {
        return Err(format!("a setting is written {PREFIX}SECTION__KEY"));
    };
    if rest.is_empty() {
        return match tree.insert((*first).into(), node) {
            None => Ok(()),
            Some(_) => Err("another variable sets keys inside this one".to_owned()),
        };
    }
    let origin = node.origin.clone();
    let table = || Node { value: Value::Table(Table::new()), origin };
    match &mut tree.entry((*first).into()).or_insert_with(table).value {
        Value::Table(inner) => place(inner, rest, node),
        _ => Err(format!("another variable sets {} itself", join("", first))),
    }
}

fn read_dot_env(text: &str, all: &mut Named) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for item in dotenvy::from_read_iter(text.as_bytes()) {
        match item {
            Ok((name, value)) => {
                let origin = Origin::DotEnv(name.as_str().into());
                all.insert(name.into(), (Zeroizing::new(value), origin));
            }
            // The line itself is not shown, for it may hold a key.
            Err(error) => mistakes.push(Mistake::about(".env", broken_line(text, &error))),
        }
    }
    mistakes
}

fn broken_line(text: &str, error: &dotenvy::Error) -> String {
    let line = match error {
        dotenvy::Error::LineParse(broken, _) => {
            let first = broken.lines().next().unwrap_or_default().trim();
            text.lines().position(|line| line.trim() == first)
        }
        _ => None,
    };
    match line {
        Some(line) => format!("line {} is not NAME=value", line + 1),
        None => "a line is not NAME=value".to_owned(),
    }
}
