//! Names of accounts and environments in variables, which can hold neither `-` nor `.`.

use super::{
    field_error::FieldError,
    tree::{SettingTable, SettingValue, inner},
};

/// The tables whose keys people name.
const GROUPS: [&str; 2] = ["accounts", "environments"];

/// Returns a name as it stands in a variable.
///
/// Upper case, with `_` for `-` and `.`.
pub(super) fn in_variable(name: &str) -> String {
    name.to_ascii_uppercase().replace(['-', '.'], "_")
}

/// Gives what variables set to the account or environment that is meant: of those that are there, or else a
/// new one with `-`.
///
/// Where a variable could mean two that are there, nothing is guessed: it is a mistake.
pub(super) fn settle(variables: &mut SettingTable, lower: &SettingTable) -> Vec<FieldError> {
    GROUPS.iter().flat_map(|group| settle_group(group, variables, lower)).collect()
}

/// Does so for one table.
fn settle_group(
    group: &str,
    variables: &mut SettingTable,
    lower: &SettingTable,
) -> Vec<FieldError> {
    let Some(node) = variables.get_mut(group) else { return Vec::new() };
    let SettingValue::Table(entries) = &mut node.value else { return Vec::new() };
    let known: Vec<&str> =
        inner(lower, group).into_iter().flat_map(SettingTable::keys).map(AsRef::as_ref).collect();
    let mut mistakes = Vec::new();
    for (name, node) in std::mem::take(entries) {
        let meant = match meant(&name, &known) {
            Ok(meant) => meant,
            Err(problem) => {
                let path = format!("{group}.{name}");
                mistakes.push(FieldError::about(path, problem).at(node.origin.clone()));
                continue;
            }
        };
        entries.insert(meant.into(), node);
    }
    mistakes
}

/// Returns the name that a variable means, or what is wrong.
fn meant(name: &str, known: &[&str]) -> Result<String, String> {
    if known.contains(&name) {
        return Ok(name.to_owned());
    }
    let wanted = in_variable(name);
    let alike: Vec<&str> =
        known.iter().copied().filter(|known| in_variable(known) == wanted).collect();
    match alike[..] {
        [] => Ok(name.replace('_', "-")),
        [one] => Ok(one.to_owned()),
        _ => Err(format!("may be each of {}: set it in the file", alike.join(", "))),
    }
}
