//! What the options of commands are called whose values the gateway finds fault with.

/// Fields that are lists, each with the option that is given once for each of their items.
const LISTS: [(&str, &str); 7] = [
    ("scopes", "scope"),
    ("add_scopes", "add-scope"),
    ("models", "model"),
    ("speeds", "speed"),
    ("webhook_hosts", "webhook-host"),
    ("image_hosts", "image-host"),
    ("cidrs", "cidr"),
];

/// Returns the option, without its dashes, that a field of a request was given by.
pub(super) fn option_of(field: &str) -> String {
    let list = LISTS.iter().find(|(known, _)| *known == field);
    list.map_or_else(|| field.replace('_', "-"), |(_, option)| (*option).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        calls::{PauseRequest, ResumeRequest},
        cli::arguments::Cli,
        tokens::{Asked, AskedLimits, NewToken, PruneRequest, RotationRequest, TokenUpdate},
    };
    use clap::{Command, CommandFactory};
    use serde::Serialize;

    /// Fields that are said by options of other names, or by no option of that command.
    const OTHERS: [&str; 3] = ["metadata", "drop", "shorten"];

    fn all_limits() -> AskedLimits {
        let text = || Asked::Is("x".to_owned());
        let list = || Asked::Is(vec!["x".to_owned()]);
        AskedLimits {
            daily_budget: text(),
            monthly_budget: text(),
            max_images: Asked::Is(1),
            max_places: Asked::Is(1),
            rate: text(),
            queue_timeout: text(),
            models: list(),
            speeds: list(),
            webhook_hosts: list(),
            image_hosts: list(),
            cidrs: list(),
        }
    }

    /// Asserts that each field of a request is an option of a command.
    fn assert_named(path: &[&str], request: &impl Serialize) {
        let cli = Cli::command();
        let command = path.iter().fold(&cli, |command: &Command, name| {
            command.find_subcommand(name).expect("a command")
        });
        let fields = serde_json::to_value(request).expect("a request");
        for field in fields.as_object().expect("fields").keys() {
            let option = option_of(field);
            let has = |argument: &clap::Arg| argument.get_long() == Some(&*option);
            let is_named = command.get_arguments().any(has) || OTHERS.contains(&&**field);
            assert!(is_named, "{path:?} has no --{option}, as which {field} is told");
        }
    }

    #[test]
    fn what_is_told_of_a_field_names_the_option_that_people_gave() {
        let (text, list) = (|| Some("x".to_owned()), || vec!["x".to_owned()]);
        let update = TokenUpdate {
            name: text(),
            owner: Asked::Is("x".to_owned()),
            scopes: list(),
            add_scopes: list(),
            without: list(),
            expires_in: text(),
            extra_today: text(),
            no_budget: true,
            limits: all_limits(),
            ..TokenUpdate::default()
        };
        assert_named(&["token", "update"], &update);
        let reduction = TokenUpdate {
            scopes: list(),
            without: list(),
            expires_in: text(),
            limits: all_limits(),
            ..TokenUpdate::default()
        };
        assert_named(&["token", "reduce"], &reduction);
        let new = NewToken {
            owner: text(),
            scopes: list(),
            expires_in: text(),
            no_budget: true,
            limits: all_limits(),
            ..NewToken::default()
        };
        assert_named(&["token", "create"], &new);
        let rotation =
            RotationRequest { grace: text(), expires_in: text(), ..RotationRequest::default() };
        assert_named(&["token", "rotate"], &rotation);
        let prune = PruneRequest { environment: text(), dry_run: true, ..PruneRequest::default() };
        assert_named(&["token", "prune"], &prune);
        let (environment, account, reason) = (text(), text(), text());
        let pause = PauseRequest { environment, account, reason, span: text() };
        assert_named(&["pause"], &pause);
        let (environment, account, reason) = (text(), text(), text());
        assert_named(&["resume"], &ResumeRequest { environment, account, reason });
    }
}
