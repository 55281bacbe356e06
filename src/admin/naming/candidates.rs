//! One out of many, by its id or by its name.

use crate::{admin::problem::Problem, config::nearest, domain::IdOrName, web::abbreviate};

/// One that could be meant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate<'c> {
    /// Its id.
    pub(super) id: &'c str,
    /// What people call it.
    pub(super) name: &'c str,
    /// Whether it can never be used again.
    pub(super) has_ended: bool,
}

/// Returns the one that is meant: the one of that id; the only one of that name that has not ended;
/// the only one of that name. An error says what was probably meant.
pub(super) fn pick(what: &str, text: &str, all: &[Candidate<'_>]) -> Result<usize, Problem> {
    let text = IdOrName::parse(text).map_err(|_| Problem::secret_for_name(what))?.as_str();
    if let Some(found) = all.iter().position(|one| one.id == text) {
        return Ok(found);
    }
    let named: Vec<_> = (0..all.len()).filter(|at| all[*at].name == text).collect();
    let alive: Vec<_> = named.iter().copied().filter(|at| !all[*at].has_ended).collect();
    match (alive.as_slice(), named.as_slice()) {
        ([only], _) | ([], [only]) => Ok(*only),
        ([], []) => Err(nobody(what, text, all)),
        ([], several) | (several, _) => {
            let ids: Vec<_> = several.iter().map(|at| all[*at].id).collect();
            Err(Problem::ambiguous(what, &abbreviate(text), &ids))
        }
    }
}

fn nobody(what: &str, text: &str, all: &[Candidate<'_>]) -> Problem {
    let names = all.iter().flat_map(|one| [one.id, one.name]);
    Problem::unknown_but(what, text, nearest(text, names))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(id: &'static str, name: &'static str, has_ended: bool) -> Candidate<'static> {
        Candidate { id, name, has_ended }
    }

    fn told(text: &str) -> Result<usize, String> {
        let all = [
            one("tok_1", "poster-bot", true),
            one("tok_2", "poster-bot", false),
            one("tok_3", "twin", false),
            one("tok_4", "twin", false),
            one("tok_5", "gone", true),
        ];
        pick("token", text, &all).map_err(|problem| format!("{} {}", problem.code, problem.detail))
    }

    #[test]
    fn an_id_is_always_meant_and_a_name_where_it_is_unique() {
        assert_eq!(told("tok_1"), Ok(0));
        assert_eq!(told("poster-bot"), Ok(1), "the one that has not ended");
        assert_eq!(told("gone"), Ok(4));
    }

    #[test]
    fn what_names_nothing_or_several_is_an_error_that_helps() {
        let near = told("poster-bto").unwrap_err();
        assert_eq!(
            near,
            "token_unknown there is no token 'poster-bto'; did you mean 'poster-bot'?"
        );
        let several = told("twin").unwrap_err();
        assert!(
            several.starts_with("name_ambiguous") && several.contains("tok_3, tok_4"),
            "{several}"
        );
        assert!(!told("idg_prod_secret").unwrap_err().contains("idg_prod"));
    }
}
