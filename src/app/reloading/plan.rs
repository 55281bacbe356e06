//! What a reload would put in force, read and checked.

use super::{
    desk::ReloadDesk,
    slots::{NewSlot, new_slots},
};
use crate::{
    admin::{ReloadError, ReloadedView},
    app::{certificates::Certificates, notifications, services::Services},
    config::{
        FieldErrors, Listen, LoadOptions, MissingKey, Secrets, Settings, TakenSettings,
        process_variables,
    },
    domain::Token,
    notify::NotifyTarget,
    tokens::RequestError,
};
use std::sync::Arc;

/// What a reload would put in force. Nothing was changed yet.
#[derive(Debug)]
pub(super) struct Plan {
    /// The settings.
    pub(super) taken: TakenSettings,
    /// Keys for environments that have none at their account.
    pub(super) slots: Vec<NewSlot>,
    /// The environments that need a key and have none.
    pub(super) missing: Vec<MissingKey>,
    /// Who is told what needs somebody.
    pub(super) told_to: Option<NotifyTarget>,
}

impl Plan {
    /// Reads the settings again and checks them whole.
    pub(super) async fn read(desk: &ReloadDesk) -> Result<Self, ReloadError> {
        let (source, live) = (desk.source.clone(), desk.rooms.settings.now());
        let read = desk.rooms.tasks.run_blocking(move || -> Result<_, ReloadError> {
            let told = |found: FieldErrors| mistakes(&found);
            let options = LoadOptions {
                file: source.file,
                variables: source.variables.unwrap_or_else(process_variables),
                working_dir: source.working_dir,
            };
            let loaded = Settings::load(options).map_err(told)?;
            loaded.check().map_err(told)?;
            check_certificates(&loaded.settings.listen, &live.listen)?;
            let taken = live.taking(&loaded.settings).map_err(told)?;
            // By the settings that will be in force: which variable holds a key waits for a restart.
            let secrets = Secrets::load(&taken.settings, &loaded.variables).map_err(told)?;
            Ok((taken, secrets))
        });
        let read = read.await.map_err(|_| ReloadError::Stopping)?;
        let (taken, secrets) = read?;
        let slots = new_slots(desk, &taken.settings, &secrets)?;
        let told_to = notifications::target(&taken.settings, &secrets);
        Ok(Self { taken, slots, missing: secrets.missing().to_vec(), told_to })
    }

    /// Refuses to take the last budget from tokens of production that may spend.
    pub(super) fn keeps_budgets(&self, rooms: &Services) -> Result<(), ReloadError> {
        let left = rooms.tokens.left_without_budget(&self.taken.settings);
        let found: Vec<_> = left.iter().map(|token| self.no_budget_left(token)).collect();
        if found.is_empty() {
            return Ok(());
        }
        let lines = found.iter().map(|one| format!("{}: {}", one.field, one.problem));
        let said = lines.collect::<Vec<_>>().join("\n");
        Err(ReloadError::Mistakes { said, mistakes: found })
    }

    /// Returns the mistake of taking the last budget away, at the key that does.
    fn no_budget_left(&self, token: &Arc<Token>) -> RequestError {
        let environment = &token.environment;
        let account = self.taken.settings.environments.get(environment).map(|own| &own.account);
        let account = account.map(|name| format!("accounts.{name}."));
        let of = [Some(format!("environments.{environment}.")), account];
        let is_of = |key: &str| of.iter().flatten().any(|start| key.starts_with(start.as_str()));
        let takes = |key: &str| {
            key.ends_with("_budget") || key.ends_with(".account") || key.ends_with(".scopes")
        };
        let keys = self.taken.changed.iter().map(|change| &*change.key);
        let key = keys.into_iter().find(|key| is_of(key) && takes(key));
        let problem = format!(
            "nothing would limit any more what token {} ({}) may spend in {environment}: give a \
             budget, or say --no-budget",
            token.id, token.name
        );
        RequestError { field: key.unwrap_or("environments").into(), problem: problem.into() }
    }

    /// Returns what is told of it.
    pub(super) fn told(&self) -> ReloadedView {
        ReloadedView {
            changed: self.taken.changed.iter().map(Into::into).collect(),
            needs_restart: self.taken.needs_restart.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Refuses files of certificates that the next start could not serve. Those that are served are not looked at: they
/// may be in the middle of an exchange.
fn check_certificates(new: &Listen, now: &Listen) -> Result<(), ReloadError> {
    if new.tls == now.tls && new.admin_tls == now.admin_tls {
        return Ok(());
    }
    Certificates::open(new).map(drop).map_err(|error| {
        let said = format!("{error:#}");
        let mistake = RequestError { field: "listen".into(), problem: said.as_str().into() };
        ReloadError::Mistakes { said, mistakes: vec![mistake] }
    })
}

/// Returns the mistakes of settings as they are told to whoever asked.
fn mistakes(found: &FieldErrors) -> ReloadError {
    let one = |mistake: &crate::config::FieldError| RequestError {
        field: mistake.key().into(),
        problem: mistake.problem().into(),
    };
    ReloadError::Mistakes { said: found.to_string(), mistakes: found.iter().map(one).collect() }
}
