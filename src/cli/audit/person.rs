//! `ideogate audit person …`

use crate::{
    admin::{ForgottenView, PersonSearch, PersonToForget, PersonView},
    cli::{client::AdminClient, number::counted, output::Output, times::moment, user},
};
use clap::Subcommand;
use std::process::ExitCode;

/// Persons of one answer: as many as there may be.
const PAGE: usize = 1000;

/// What to do about end users.
#[derive(Debug, Subcommand)]
pub enum PersonCommand {
    /// List end users: which id on record stands for whom
    #[command(after_help = "Examples:
  ideogate audit person list
  ideogate audit person list --output json | jq -r 'select(.calls == 0).user'")]
    List,
    /// Remove who stands behind an id; the record keeps the id and stays whole
    #[command(after_help = "Examples:
  ideogate audit person forget usr_01kb3v7e --reason \"asked to, ticket 4711\"
  echo ann@example.com | ideogate audit person forget - --reason \"asked to, ticket 4711\"

Arguments are seen by others on this machine; `-` reads the user from stdin. The same person \
gets another id with their next call, and nothing ties the two. What is out of reach, such as \
older backups, is told by docs/privacy.md.")]
    Forget {
        /// The name as the app says it, the id, or - for stdin
        #[arg(value_name = "USER")]
        user: String,
        /// Why, for whoever reads the record, without the name
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

/// Does it.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    command: PersonCommand,
) -> anyhow::Result<ExitCode> {
    match command {
        PersonCommand::List => list(client, screen).await,
        PersonCommand::Forget { user, reason } => forget(client, screen, &user, reason).await,
    }
}

/// Prints all of them, page by page as JSON lines, or as one table.
async fn list(client: &AdminClient, screen: Output) -> anyhow::Result<ExitCode> {
    let mut asked = PersonSearch { after: None, limit: Some(PAGE) };
    let mut rows = Vec::new();
    loop {
        let page: Vec<PersonView> = client.search("/api/v1/audit/persons", &asked).await?;
        let is_last = page.len() < PAGE;
        asked.after = page.last().map(|last| last.user.clone());
        for person in page {
            if screen.is_json() {
                screen.line(serde_json::to_string(&person)?)?;
            } else {
                rows.push(row(person));
            }
        }
        if is_last {
            break;
        }
    }
    if !screen.is_json() {
        let header = ["user", "name", "since", "last seen", "calls"];
        screen.table(header, rows, "No app has named an end user.")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn row(person: PersonView) -> [String; 5] {
    let PersonView { user, name, since, last_at, calls } = person;
    let last_at = last_at.map_or_else(String::new, moment);
    [user, name.unwrap_or_else(|| "(sealed)".to_owned()), moment(since), last_at, calls.to_string()]
}

/// Forgets one, and exits with 2 where something of them is still to go.
async fn forget(
    client: &AdminClient,
    screen: Output,
    user: &str,
    reason: String,
) -> anyhow::Result<ExitCode> {
    let body = PersonToForget { user: user::typed(user)?, reason };
    let done: ForgottenView = client.post_json("/api/v1/audit/persons/forget", &body).await?;
    if screen.is_json() {
        screen.json(&done)?;
    } else {
        screen.line(forgotten(&done))?;
    }
    if !done.log_cleared {
        screen.note(
            "Somebody reads the database, so its log still holds the sealed name. It is tried again every \
             second, and goes at the latest when the gateway is stopped in order.",
        );
    }
    if done.named_in_records > 0 {
        let records = counted(done.named_in_records, "record");
        screen.note(format!(
            "The name itself is still in {records} of an older version, since the chain is never rewritten. They \
             leave with `ideogate audit archive`, and the disk when their segment is deleted ([audit] archive_keep)."
        ));
    }
    let is_all_gone = done.log_cleared && done.named_in_records == 0;
    Ok(if is_all_gone { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

fn forgotten(done: &ForgottenView) -> String {
    let Some(user) = &done.user else {
        return "forgotten on record: no id ever stood for that name".to_owned();
    };
    let stay = if done.calls == 1 { "stays" } else { "stay" };
    let calls = counted(done.calls, "call");
    format!("forgotten: {user}. {calls} {stay} on record under that id; nobody can say for whom.")
}
