//! Routes and owners by their names.

use crate::{
    admin::{problem::Problem, span::mistake, state::AdminState},
    config::no_such,
    domain::{ErrorCode, RouteName},
    store::Mention,
    tokens::RequestError,
    web::abbreviate,
};
use std::collections::BTreeSet;

impl AdminState {
    /// Returns the route of that name, which is in the settings or was once called; notes a mistake about
    /// anything else.
    pub(in crate::admin) async fn route(
        &self,
        text: Option<&str>,
        mistakes: &mut Vec<RequestError>,
    ) -> Result<Option<RouteName>, Problem> {
        let Some(text) = text else { return Ok(None) };
        let settings = self.settings.now();
        if let Ok(name) = text.parse::<RouteName>() {
            let asked = name.clone();
            if settings.routes.by_name(&name).is_some()
                || self.on_record(move |reader| reader.mentions(Mention::Route(&asked))).await?
            {
                return Ok(Some(name));
            }
        }
        let known: Vec<_> =
            settings.routes.routes().iter().map(|route| route.name.as_str()).collect();
        mistakes.push(mistake("route", &no_such("route", &abbreviate(text), &known)));
        Ok(None)
    }

    /// Returns the owner of that name, who has a token or had one that was used; notes a mistake about
    /// anything else.
    pub(in crate::admin) async fn owner(
        &self,
        text: Option<&str>,
        mistakes: &mut Vec<RequestError>,
    ) -> Result<Option<Box<str>>, Problem> {
        let Some(text) = text else { return Ok(None) };
        let (tokens, asked) = (self.tokens.list(), text.to_owned());
        let owners: BTreeSet<_> =
            tokens.iter().filter_map(|token| token.owner.as_deref()).collect();
        if owners.contains(text)
            || self.on_record(move |reader| reader.mentions(Mention::Owner(&asked))).await?
        {
            return Ok(Some(text.into()));
        }
        let known: Vec<_> = owners.into_iter().collect();
        mistakes.push(mistake("owner", &no_such("owner", &abbreviate(text), &known)));
        Ok(None)
    }
}

/// Returns the code of that name; notes a mistake about anything else.
pub(in crate::admin) fn code(
    text: Option<&str>,
    mistakes: &mut Vec<RequestError>,
) -> Option<ErrorCode> {
    let text = text?;
    let found = ErrorCode::find(text);
    if found.is_none() {
        let known: Vec<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        mistakes.push(mistake("code", &no_such("code", &abbreviate(text), &known)));
    }
    found
}
