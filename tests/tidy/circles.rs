//! Circles inside rooms: modules that can only be understood together.

use super::source::{Name, Source};
use std::collections::{BTreeMap, BTreeSet};

/// Modules that need each other, by name: a guard gives back what it holds to whoever gave it.
pub const GUARDS: &[(&str, &[&str])] =
    &[("admission", &["account", "permit", "waiting"]), ("ledger", &["book", "hold"])];

/// The modules of one folder, and which of them each one uses.
type Uses = BTreeMap<String, BTreeSet<String>>;

/// Returns the circles among the modules of each folder that are not excepted.
pub fn circles<'s>(sources: impl Iterator<Item = &'s Source>) -> Vec<String> {
    let sources: Vec<_> = sources.collect();
    let modules: BTreeSet<Vec<String>> = sources
        .iter()
        .flat_map(|source| {
            let module = module_of(source);
            (0..=module.len()).map(|depth| module[..depth].to_vec()).collect::<Vec<_>>()
        })
        .collect();
    let homes = re_exports(&sources, &modules);
    let mut folders: BTreeMap<Vec<String>, Uses> = BTreeMap::new();
    for source in &sources {
        let own = module_of(source);
        for name in source.names() {
            let Some(target) = resolve(&own, &name, &modules, &homes) else { continue };
            let shared = own.iter().zip(&target).take_while(|(a, b)| a == b).count();
            if shared > 0 && shared < own.len() && shared < target.len() {
                let uses = folders.entry(own[..shared].to_vec()).or_default();
                uses.entry(own[shared].clone()).or_default().insert(target[shared].clone());
            }
        }
    }
    let mut found = Vec::new();
    for (folder, uses) in &folders {
        for circle in circles_of(uses) {
            let folder = folder.join("::");
            if !is_guard(&folder, &circle) {
                found.push(format!(
                    "{folder}: {} use each other; let one of them be used only",
                    circle.join(", ")
                ));
            }
        }
    }
    found
}

fn module_of(source: &Source) -> Vec<String> {
    source.module().into_iter().map(str::to_owned).collect()
}

fn is_guard(folder: &str, circle: &[String]) -> bool {
    GUARDS.iter().any(|(home, names)| {
        *home == folder && circle.iter().all(|name| names.contains(&name.as_str()))
    })
}

/// Returns which child each folder takes a name from that it hands on.
fn re_exports(
    sources: &[&Source],
    modules: &BTreeSet<Vec<String>>,
) -> BTreeMap<(Vec<String>, String), String> {
    let mut homes = BTreeMap::new();
    for source in sources.iter().filter(|source| source.path.ends_with("/mod.rs")) {
        let own = module_of(source);
        for name in source.names() {
            let (Some(first), Some(last)) = (name.segments.first(), name.segments.last()) else {
                continue;
            };
            let child = [own.as_slice(), std::slice::from_ref(first)].concat();
            if name.segments.len() > 1 && modules.contains(&child) {
                homes.insert((own.clone(), last.clone()), first.clone());
            }
        }
    }
    homes
}

/// Returns the module that a path leads to, as far down as names tell.
fn resolve(
    own: &[String],
    name: &Name,
    modules: &BTreeSet<Vec<String>>,
    homes: &BTreeMap<(Vec<String>, String), String>,
) -> Option<Vec<String>> {
    let climbs = name.segments.iter().take_while(|segment| *segment == "super").count();
    let (mut here, rest) = match name.segments.first()?.as_str() {
        "crate" => (Vec::new(), &name.segments[1..]),
        "super" => {
            // Modules inside a file climb to the file first.
            let climbs = climbs.checked_sub(name.depth)?;
            let here = own[..own.len().checked_sub(climbs)?].to_vec();
            (here, &name.segments[climbs + name.depth..])
        }
        _ => return None,
    };
    for segment in rest {
        let child = [here.as_slice(), std::slice::from_ref(segment)].concat();
        if modules.contains(&child) {
            here = child;
        } else {
            here.extend(homes.get(&(here.clone(), segment.clone())).cloned());
            break;
        }
    }
    Some(here)
}

/// Returns the sets of modules that all reach each other.
fn circles_of(uses: &Uses) -> Vec<Vec<String>> {
    let reached = |from: &String| {
        let mut seen = BTreeSet::new();
        let mut next: Vec<_> = uses.get(from).into_iter().flatten().collect();
        while let Some(module) = next.pop() {
            if seen.insert(module.clone()) {
                next.extend(uses.get(module).into_iter().flatten());
            }
        }
        seen
    };
    let reached: BTreeMap<_, _> = uses.keys().map(|module| (module, reached(module))).collect();
    let mut circles = BTreeSet::new();
    for (module, reaches) in &reached {
        let is_mutual =
            |other: &&String| reached.get(*other).is_some_and(|back| back.contains(*module));
        let circle: Vec<_> = reaches.iter().filter(is_mutual).cloned().collect();
        if circle.len() > 1 {
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}
