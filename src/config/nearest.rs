//! Finds what somebody probably meant, and says so.
//!
//! Everything that says "did you mean" asks here, so that all of it is equally bold.

/// The longest word that is looked at: a longer one is no slip of the finger.
const LONGEST: usize = 128;

/// The most letters that a slip of the finger changes, however long the word is.
const MOST: usize = 3;

/// The most names that are listed where none of them was meant.
const FEW: usize = 12;

/// Returns the candidate that is nearest to `word`, if one is near enough to be meant.
///
/// Near enough is one change for each three letters of the word, at least 1 and at most 3. Of equally near
/// ones, the first by the alphabet is returned. Letters are compared as written, so that case counts.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let length = word.chars().count();
    if length > LONGEST {
        return None;
    }
    let near = |candidate: &'c str| (distance(word, candidate), candidate);
    let (steps, best) = candidates.into_iter().map(near).min()?;
    (steps <= (length / 3).clamp(1, MOST)).then_some(best)
}

/// Says that there is nothing of that name, and what was probably meant, or what there is.
///
/// With more than 12 names none is listed.
pub fn no_such(what: &str, name: &str, known: &[&str]) -> String {
    let told = format!("there is no {what} '{name}'");
    if let Some(near) = nearest(name, known.iter().copied()) {
        return format!("{told}; did you mean '{near}'?");
    }
    if known.is_empty() || known.len() > FEW {
        return told;
    }
    format!("{told}; there are: {}", known.join(", "))
}

/// Returns how many letters must be added, dropped, changed or swapped with their neighbour.
///
/// This is the optimal string alignment distance: no part of the word is changed twice.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let changed = row[j] + usize::from(a != b);
            let mut steps = changed.min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && *a == to[j - 1] && from[i - 1] == *b {
                steps = steps.min(before[j - 1] + 1);
            }
            next.push(steps);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_understood() {
        let keys = ["capacity", "timeout", "max_timeout"];
        assert_eq!(nearest("capactiy", keys), Some("capacity"));
        assert_eq!(nearest("timeuot", keys), Some("timeout"));
        assert_eq!(nearest("max-timeout", keys), Some("max_timeout"));
    }

    #[test]
    fn another_word_is_not_guessed_at() {
        assert_eq!(nearest("colour", ["capacity", "timeout"]), None);
        assert_eq!(nearest("x", []), None);
        assert_eq!(nearest("call_01kbxyzabcd", ["call_01kcuvwefgh"]), None);
    }

    #[test]
    fn what_was_meant_is_said_or_else_what_there_is() {
        let known = ["dev", "prod"];
        assert_eq!(
            no_such("environment", "prd", &known),
            "there is no environment 'prd'; did you mean 'prod'?"
        );
        assert_eq!(
            no_such("environment", "live", &known),
            "there is no environment 'live'; there are: dev, prod"
        );
        assert_eq!(no_such("route", "x", &[]), "there is no route 'x'");
    }
}
