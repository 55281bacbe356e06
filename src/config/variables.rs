//! The environment of the process, read in one place, with `.env` below it.
//!
//! Whoever needs a variable is given it from here.

use super::{
    dot_env,
    field_error::{FieldError, FieldErrors},
    origin::SettingOrigin,
    tree::{Node, SettingTable, SettingValue, join, raw},
};
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// What variables that set a setting begin with.
const PREFIX: &str = "IDEOGATE__";

/// Returns the variables of this process; what is not UTF-8 in them is replaced.
///
/// Each call takes them anew.
pub fn process_variables() -> Vec<(String, String)> {
    let text = |part: std::ffi::OsString| part.to_string_lossy().into_owned();
    // Not by `vars`, which panics where any variable, perhaps none of ours, is not UTF-8.
    std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect()
}

/// The variables of the process, and below them those of `.env`. One that is empty counts as not set, as
/// whoever passes on what was not given has no other way to say so.
///
/// Its debug text shows names only, and its values are wiped when it is dropped.
#[derive(Clone, Default)]
pub struct Variables {
    /// The variables that are set, each with its value and its place.
    named: NamedVariable,
    /// Variables of `.env` whose line cannot be understood, and that line.
    broken: BTreeMap<Box<str>, usize>,
    /// Where the file `.env` is, or would be.
    dot_env: PathBuf,
}

// Values may be keys, so they are wiped when they are dropped.
type NamedVariable = BTreeMap<Box<str>, (Zeroizing<String>, SettingOrigin)>;

impl Variables {
    /// Returns the variables given, and those of the file `.env` in `working_dir` that are not.
    ///
    /// A missing `.env` is no mistake; one that cannot be read is. Relative to the working folder it is the
    /// only file looked for: no folder above is searched.
    pub fn gather(given: Vec<(String, String)>, working_dir: &Path) -> Result<Self, FieldErrors> {
        let mut all = Self { dot_env: working_dir.join(".env"), ..Self::default() };
        let mut mistakes = Vec::new();
        match fs::read(&all.dot_env).map(Zeroizing::new) {
            Ok(bytes) => mistakes = all.take_dot_env(&bytes, &given),
            // A folder of that name is not ours either.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::IsADirectory
                ) => {}
            Err(error) => {
                mistakes.push(FieldError::about(".env", format!("cannot be read: {error}")));
            }
        }
        // Behind `.env`, so that what the process has wins.
        for (name, value) in given.into_iter().map(|(name, value)| (name, Zeroizing::new(value))) {
            let origin = SettingOrigin::Variable(name.as_str().into());
            all.set(name.into(), value, origin);
        }
        FieldErrors::or(mistakes, all)
    }

    /// Takes what `.env` sets, and returns what is wrong with our lines in it.
    fn take_dot_env(&mut self, bytes: &[u8], given: &[(String, String)]) -> Vec<FieldError> {
        let found = dot_env::read(bytes, &|name| given.iter().any(|(given, _)| given == name));
        for (name, value, line) in found.values {
            let name: Box<str> = name.into();
            self.set(name.clone(), value, SettingOrigin::DotEnv { name, line });
        }
        self.broken = found.broken;
        found.mistakes
    }

    /// Sets a variable, unless its value is empty.
    fn set(&mut self, name: Box<str>, value: Zeroizing<String>, origin: SettingOrigin) {
        if !value.is_empty() {
            self.named.insert(name, (value, origin));
        }
    }

    /// Returns the value of a variable.
    ///
    /// `None` where it is not set or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.named.get(name).map(|(value, _)| value.as_str())
    }

    /// Says whether a variable is set.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.named.contains_key(name)
    }

    /// Returns where a variable was set.
    pub(super) fn origin(&self, name: &str) -> Option<&SettingOrigin> {
        self.named.get(name).map(|(_, origin)| origin)
    }

    /// Returns the line of `.env` that should set a variable, and cannot be understood.
    ///
    /// `None` where the process sets the variable itself: the line is then of no use to anybody.
    pub(super) fn broken_line(&self, name: &str) -> Option<usize> {
        self.broken.get(name).copied().filter(|_| !self.is_set(name))
    }

    /// Returns the file that holds a variable, if it is `.env`.
    pub(super) fn file_of(&self, name: &str) -> Option<&Path> {
        let is_there = matches!(self.origin(name), Some(SettingOrigin::DotEnv { .. }));
        is_there.then_some(&*self.dot_env)
    }

    /// Returns the names that start with `prefix`.
    pub(super) fn names(&self, prefix: &'static str) -> impl Iterator<Item = &str> {
        self.named.keys().map(AsRef::as_ref).filter(move |name: &&str| name.starts_with(prefix))
    }

    /// Returns the settings among the variables as a tree.
    ///
    /// `IDEOGATE__QUEUE__CAPACITY` is `capacity` in `queue`; letters become lower case. Two variables that
    /// contradict each other are a mistake, whichever comes first.
    pub(super) fn settings(&self) -> Result<SettingTable, Vec<FieldError>> {
        let (mut tree, mut mistakes) = (SettingTable::new(), Vec::new());
        for (name, (value, origin)) in &self.named {
            if let Some(path) = name.strip_prefix(PREFIX) {
                let node = Node { value: raw(value), origin: origin.clone() };
                let path = path.to_lowercase();
                let parts: Vec<&str> = path.split("__").collect();
                let placed = place(&mut tree, &parts, node);
                if let Err(problem) = placed {
                    mistakes.push(FieldError::about(&**name, problem).at(origin.clone()));
                }
            }
        }
        if mistakes.is_empty() { Ok(tree) } else { Err(mistakes) }
    }
}

impl std::fmt::Debug for Variables {
    /// Writes the names only, for values may be secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.named.keys()).finish()
    }
}

/// Puts a value at its path, and makes the tables on the way.
fn place(tree: &mut SettingTable, path: &[&str], node: Node) -> Result<(), String> {
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
    let table = || Node { value: SettingValue::Table(SettingTable::new()), origin };
    match &mut tree.entry((*first).into()).or_insert_with(table).value {
        SettingValue::Table(inner) => place(inner, rest, node),
        _ => Err(format!("another variable sets {} itself", join("", first))),
    }
}
