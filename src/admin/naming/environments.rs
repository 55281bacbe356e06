//! Environments by their names.

use crate::{
    admin::{problem::Problem, span::mistake, state::AdminState},
    config::no_such,
    domain::EnvironmentName,
    store::Mention,
    tokens::RequestError,
    web::abbreviate,
};
use std::collections::BTreeSet;

impl AdminState {
    /// Returns the environment of that name, which is in the settings or was once; notes a mistake
    /// about anything else.
    pub(in crate::admin) async fn environment(
        &self,
        text: Option<&str>,
        mistakes: &mut Vec<RequestError>,
    ) -> Result<Option<EnvironmentName>, Problem> {
        let Some(text) = text else { return Ok(None) };
        if let Ok(name) = text.parse::<EnvironmentName>()
            && self.knows_environment(&name).await?
        {
            return Ok(Some(name));
        }
        mistakes.push(mistake("environment", &self.no_environment(text)));
        Ok(None)
    }

    /// Says that there is no environment of that name, and which one was probably meant.
    pub(in crate::admin) fn no_environment(&self, text: &str) -> String {
        let tokens = self.tokens.list();
        let used = tokens.iter().map(|token| token.environment.as_str());
        let settings = self.settings.now();
        let set = settings.environments.keys().map(EnvironmentName::as_str);
        let known: Vec<_> = set.chain(used).collect::<BTreeSet<_>>().into_iter().collect();
        no_such("environment", &abbreviate(text), &known)
    }

    async fn knows_environment(&self, name: &EnvironmentName) -> Result<bool, Problem> {
        let is_known = self.settings.now().environments.contains_key(name)
            || self.tokens.list().iter().any(|token| token.environment == *name);
        // Only a name that neither knows costs a look at the record, which may be all of it.
        if is_known {
            return Ok(true);
        }
        let name = name.clone();
        self.on_record(move |reader| reader.mentions(Mention::Environment(&name))).await
    }
}
