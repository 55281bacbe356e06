//! How each command tells what it does.

use crate::cli::Cli;
use clap::CommandFactory;

#[test]
fn what_can_be_typed_makes_sense() {
    Cli::command().debug_assert();
}

/// Every command tells how it is used, by example.
#[test]
fn every_command_has_examples() {
    fn look(command: &clap::Command, path: &str) {
        let path = format!("{path} {}", command.get_name());
        if command.get_subcommands().next().is_none() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Examples:\n"), "{path}");
            assert!(help.contains(path.trim()), "{path}");
        }
        for inner in command.get_subcommands() {
            look(inner, &path);
        }
    }
    look(&Cli::command(), "");
}

/// Prose wraps where the terminal ends, which lines with ends of their own would not.
#[test]
fn help_fits_into_any_terminal() {
    fn look(command: &clap::Command, path: &str) {
        let path = format!("{path} {}", command.get_name());
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        for paragraph in help.split("\n\n") {
            let is_laid_out = paragraph.lines().any(|line| line.starts_with(' '));
            for line in paragraph.lines().filter(|_| is_laid_out) {
                assert!(line.chars().count() <= 96, "{path}: {line}");
            }
            assert!(is_laid_out || paragraph.lines().count() <= 1, "{path}: {paragraph}");
        }
        command.get_subcommands().for_each(|inner| look(inner, &path));
    }
    look(&Cli::command(), "");
}

fn help(typed: &[&str]) -> String {
    let error = Cli::command().term_width(100).try_get_matches_from(typed).unwrap_err();
    let lines: Vec<_> = error.to_string().lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

#[test]
fn the_help_of_the_whole_is_a_table_of_contents() {
    insta::assert_snapshot!(help(&["ideogate", "--help"]), @"
    Stands between your apps and the Ideogram image API: scoped tokens, a fair queue, no double bills, a
    durable record

    Usage: ideogate [OPTIONS] <COMMAND>

    Commands:
      demo         Show it all in a minute: gateway, simulator and a token, one call made
      serve        Run the gateway
      simulator    Run a stand-in for Ideogram on its own
      token        Give tokens to apps, and take them away
      env          See the environments
      route        See the routes that can be called
      key          See Ideogram's keys, and exchange them while calls run
      audit        See who did what, and prove it
      backup       Write the database of this moment into a file, while the gateway serves
      restore      Make a data folder from a backup; nothing that was taken away since comes back
      queue        See who waits, and free what is stuck
      usage        See what was spent and what is left
      whoami       Ask the gateway what a token is, may do and has left
      review       See who can do more than they do, and what would take it away
      pause        Let no new call through; calls already sent go on
      resume       Let calls through again
      config       See and check the settings
      scan         Look for leaked tokens and keys in a tree or a commit
      doctor       Look for what is wrong with this installation
      healthcheck  Ask whether the gateway is alive; for a container's health check
      openapi      Print the description of the admin API
      completions  Print completions for a shell
      operator     Say who may administer the gateway over the network
      help         Print this message or the help of the given subcommand(s)

    Options:
      -h, --help     Print help
      -V, --version  Print version

    Everywhere:
          --admin <PATH|URL>  Where the gateway is: its socket, or the URL of its admin listener
                              [default: <data.dir>/admin.sock] [env: IDEOGATE_ADMIN]
          --admin-ca <FILE>   A PEM file with the authority that vouches for the gateway's certificate,
                              beside the well-known ones [env: IDEOGATE_ADMIN_CA]
          --config <FILE>     The settings file [env: IDEOGATE_CONFIG]
          --output <FORMAT>   How to answer: text or json, and `usage` in csv too [default: text]

    Exit codes:
      0   done
      1   failed
      2   something was found: a bad record, a failed check
      64  a fault in the settings or in how the command was used
      69  the gateway cannot be reached
      130 a second SIGINT ended `serve` before its calls had ended; 143 for SIGTERM
      141 nobody read the output to its end
    ");
}

#[test]
fn the_help_of_token_create_tells_each_limit() {
    insta::assert_snapshot!(help(&["ideogate", "token", "create", "--help"]), @r#"
    Make a token; its secret is shown this once

    Usage: ideogate token create [OPTIONS] --environment <ENV> --name <NAME> --scope <SCOPE>

    Options:
          --environment <ENV>         The environment whose limits, account and key it uses
          --name <NAME>               What you call it
          --scope <SCOPE>             What it may do, as in write:generate or read:*; may be repeated
          --owner <OWNER>             Who answers for it; tokens of one owner share their generations
          --expires-in <DURATION>     When it expires, as in 30d [default: what the environment says]
          --metadata <KEY=VALUE>      Words of yours, as in team=shop; may be repeated
          --no-budget                 Spend without a budget of its own; to be said in production
          --daily-budget <USD>        The most spend in a UTC day, in dollars
          --monthly-budget <USD>      The most spend in a UTC month, in dollars
          --max-images <IMAGES>       The most images one call may ask for, 1 to 8
          --max-places <IMAGES>       The most images it may have in flight at once
          --rate <RATE>               The most requests, as in 60/min
          --queue-timeout <DURATION>  The longest wait in the queue, as in 60s
          --model <MODEL>             A model it may name; may be repeated [default: all]
          --speed <SPEED>             A rendering speed it may name; may be repeated [default: all]
          --webhook-host <HOST>       A host that may receive webhooks; may be repeated [default: none]
          --image-host <HOST>         A host to fetch pictures from; may be repeated [default: all]
          --cidr <CIDR>               A network it may be used from; may be repeated [default: all]
      -h, --help                      Print help

    Everywhere:
          --admin <PATH|URL>  Where the gateway is: its socket, or the URL of its admin listener
                              [default: <data.dir>/admin.sock] [env: IDEOGATE_ADMIN]
          --admin-ca <FILE>   A PEM file with the authority that vouches for the gateway's certificate,
                              beside the well-known ones [env: IDEOGATE_ADMIN_CA]
          --config <FILE>     The settings file [env: IDEOGATE_CONFIG]
          --output <FORMAT>   How to answer: text or json, and `usage` in csv too [default: text]

    Examples:
      ideogate token create --environment sandbox --name try --scope 'write:*' --scope 'read:*'
      ideogate token create --environment prod --name poster-bot --owner marketing \
        --scope write:generate --scope read:generations --expires-in 30d \
        --daily-budget 5.00 --max-images 4 --rate 60/min --cidr 10.0.0.0/8
      TOKEN=$(ideogate token create --environment dev --name ci --scope read:models)

    The token alone goes to stdout, and what it may do to stderr. It is shown this once: only its
    SHA-256 is kept. `ideogate route list` shows the scope of each route.
    "#);
}
