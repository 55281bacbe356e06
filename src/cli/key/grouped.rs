//! One key that comes from several places, told once.
//!
//! Only the text for people is grouped; scripts get what the gateway says.

use crate::keys::KeyView;

/// A key with all places it comes from.
pub(super) struct Grouped {
    /// The key with all its environments; calls in flight are added up.
    pub(super) key: KeyView,
    /// Where it comes from, each with its environments.
    pub(super) sources: Vec<String>,
}

/// Puts together what the gateway knows to be one key in one state of one account.
///
/// The order of the first of each group is kept.
pub(super) fn grouped(all: Vec<KeyView>) -> Vec<Grouped> {
    let mut groups: Vec<Grouped> = Vec::new();
    for view in all {
        let source = format!("{} ({})", view.source, view.environments.join(", "));
        match groups.iter_mut().find(|group| is_same(&group.key, &view)) {
            Some(group) => {
                group.sources.push(source);
                add(&mut group.key, view);
            }
            None => groups.push(Grouped { key: view, sources: vec![source] }),
        }
    }
    groups
}

/// The last four characters alone could be those of two keys, so the gateway must say that it is one.
fn is_same(one: &KeyView, other: &KeyView) -> bool {
    let is_shared = |name: &String| one.shared_with.contains(name);
    let what = |view: &KeyView| (view.version.clone(), view.state.clone(), view.account.clone());
    what(one) == what(other)
        && !other.environments.is_empty()
        && other.environments.iter().all(is_shared)
}

/// Adds a place to a key: it is safe to revoke only if it is so everywhere, and since the earliest time.
fn add(key: &mut KeyView, other: KeyView) {
    key.shared_with.retain(|name| !other.environments.contains(name));
    key.environments.extend(other.environments);
    key.since = match (key.since, other.since) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    key.last_used = key.last_used.max(other.last_used);
    key.in_flight += other.in_flight;
    // One place that still uses the key is enough to make revoking it a mistake.
    key.safe_to_revoke &= other.safe_to_revoke;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(environment: &str, shared_with: &[&str]) -> KeyView {
        KeyView {
            environments: vec![environment.to_owned()],
            account: "ideogram".to_owned(),
            version: "…abcd".to_owned(),
            source: format!("file {environment}.key"),
            state: "current".to_owned(),
            since: None,
            last_used: None,
            in_flight: 1,
            shared_with: shared_with.iter().map(ToString::to_string).collect(),
            safe_to_revoke: false,
            note: None,
        }
    }

    #[test]
    fn one_key_in_three_files_is_told_once_with_all_three() {
        let all = vec![
            view("dev", &["prod", "staging"]),
            view("prod", &["dev", "staging"]),
            view("staging", &["dev", "prod"]),
        ];
        let found = grouped(all);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].key.environments, ["dev", "prod", "staging"]);
        assert_eq!((found[0].key.in_flight, found[0].key.shared_with.len()), (3, 0));
        assert_eq!(found[0].sources[2], "file staging.key (staging)");
    }

    #[test]
    fn two_keys_that_end_alike_stay_two() {
        assert_eq!(grouped(vec![view("dev", &[]), view("prod", &[])]).len(), 2);
    }
}
