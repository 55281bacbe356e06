//! End users by their ids or names.

use crate::{
    admin::{problem::Problem, role::Names, state::AdminState},
    domain::{PersonId, Role},
};

/// How ids of end users begin.
const ID: &str = "usr_";

impl AdminState {
    /// Returns the id of an end user who is or was known, by that id or by name. Whoever may not see
    /// names may not try them out either, and a name that nobody has is never repeated.
    pub(in crate::admin) async fn person_on_record(
        &self,
        text: Option<&str>,
        names: Names,
    ) -> Result<Option<PersonId>, Problem> {
        let Some(text) = text else { return Ok(None) };
        if names == Names::Hidden && !text.starts_with(ID) {
            return Err(Problem::role_missing(Role::Operator, Role::Viewer));
        }
        self.persons.find(text).await?.map(Some).ok_or_else(Problem::person_unknown)
    }
}
