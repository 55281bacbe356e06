//! `ideogate config …`

use super::{arguments::Global, fault::Fault, locate, screen::Screen, tls};
use crate::config::{Secrets, default_text};
use crate::domain::{Clock, RouteName, SystemClock};
use clap::Subcommand;
use serde_json::json;
use std::process::ExitCode;

/// Shows and checks the settings.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Check the settings and name all mistakes
    #[command(after_help = "Examples:
  ideogate config check
  ideogate config check --config /etc/ideogate.toml && systemctl restart ideogate")]
    Check,
    /// Show each setting and where it comes from; no secret is among them
    #[command(after_help = "Examples:
  ideogate config show
  ideogate config show --config /etc/ideogate.toml | grep queue")]
    Show,
    /// Print every setting with its default and what it means
    #[command(after_help = "Examples:\n  ideogate config default > ideogate.toml")]
    Default,
}

/// Does it; needs no gateway.
pub(super) fn run(
    global: &Global,
    screen: Screen,
    command: &ConfigCommand,
) -> anyhow::Result<ExitCode> {
    match command {
        ConfigCommand::Check => check(global, screen)?,
        ConfigCommand::Show => show(global, screen)?,
        ConfigCommand::Default => screen.raw(default_text().as_bytes())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn show(global: &Global, screen: Screen) -> anyhow::Result<()> {
    let shown = locate::settings(global)?.shown;
    if screen.is_json() {
        return screen.json(&shown);
    }
    Ok(screen.raw(shown.to_string().as_bytes())?)
}

fn check(global: &Global, screen: Screen) -> anyhow::Result<()> {
    let loaded = locate::settings_to_serve(global, screen)?;
    let secrets = Secrets::load(&loaded.settings, &loaded.variables).map_err(Fault::Settings)?;
    for missing in secrets.missing() {
        screen.note(&*missing.how);
    }
    for name in secrets.unused() {
        screen.note(format!("{name} belongs to no environment"));
    }
    for doubt in tls::doubts(&loaded.settings.listen, SystemClock.now()) {
        screen.note(doubt.to_string());
    }
    let unpriced = loaded.settings.prices.unpriced(&loaded.settings.routes);
    if !unpriced.is_empty() {
        let names: Vec<_> = unpriced.iter().map(RouteName::as_str).collect();
        let names = names.join(", ");
        screen
            .note(format!("billed routes without a price, closed where a budget covers: {names}"));
    }
    if screen.is_json() {
        screen.json(&json!({ "ok": true, "unpriced": unpriced }))
    } else {
        Ok(screen.line("the settings are good")?)
    }
}
