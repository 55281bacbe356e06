//! `ideogate operator create`

use crate::{
    admin::NewSecret,
    cli::{client::AdminClient, output::Output},
    operators::NewOperator,
};
use clap::Args;
use std::process::ExitCode;

/// Who they are and how much they may do; the least that is enough.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate operator create --name anna --role operator
  ideogate operator create --name ci.audit --role viewer --expires-in 7d
  umask 077; ideogate operator create --name anna --role admin > operator.token

Roles:
  viewer    sees everything, changes nothing
  operator  makes and changes tokens, releases, pauses and resumes too
  admin     makes operators, and touches money, keys and the record's trust too

The token alone goes to stdout. It is shown this once: only its SHA-256 is kept. Operators give \
it in IDEOGATE_OPERATOR_TOKEN or in a file that IDEOGATE_OPERATOR_TOKEN_FILE names.")]
pub struct CreateOperatorArguments {
    /// What you call them, as in anna or ci.deploy; the record names them so
    #[arg(long)]
    name: String,
    /// How much they may do: viewer, operator or admin
    #[arg(long)]
    role: String,
    /// When their token expires, as in 30d [default: what the settings say, 90d]
    #[arg(long, value_name = "DURATION")]
    expires_in: Option<String>,
}

/// Makes the operator.
///
/// The token goes to stdout and everything else to stderr, so that it can be written into a file.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    arguments: CreateOperatorArguments,
) -> anyhow::Result<ExitCode> {
    let CreateOperatorArguments { name, role, expires_in } = arguments;
    let new = NewOperator { name, role, expires_in };
    let made: NewSecret = client.post_json("/api/v1/operators", &new).await?;
    tell(screen, &made)?;
    Ok(ExitCode::SUCCESS)
}

/// Shows a secret, the only time that it is seen.
///
/// JSON has it whole; for people the token stands alone on its line.
pub(super) fn tell(screen: Output, made: &NewSecret) -> anyhow::Result<()> {
    if screen.is_json() {
        return screen.json(made);
    }
    screen.note(format!("{} ({}) is {} until {}", made.id, made.name, made.role, made.expires_at));
    screen.note("Keep the token now, it is not shown again:");
    Ok(screen.line(&made.token)?)
}
