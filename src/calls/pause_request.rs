//! What an operator asks for when pausing or resuming, before anything of it is believed.

use crate::{
    config::{Settings, no_such},
    domain::{
        AccountName, EnvironmentName, HIDDEN_WORDS, Pause, PauseTarget, Principal, Timestamp, hides,
    },
    tokens::RequestError,
};
use serde::{Deserialize, Serialize};
use std::{fmt::Display, time::Duration};
use utoipa::ToSchema;

/// What is paused or resumed, and why.
type AskedPause = (Vec<PauseTarget>, Option<Box<str>>);

/// The longest reason.
const LONGEST_REASON: usize = 256;
/// The longest pause that ends by itself.
const LONGEST: Duration = Duration::from_hours(366 * 24);

/// What shall take no new calls. All of it may be left out: then all calls are paused until somebody resumes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"environment": "prod", "reason": "moving to a new key", "for": "30m"}))]
pub struct PauseRequest {
    /// The environment to pause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The account to pause, with all its environments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Why, in 1 to 256 characters. Callers read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it ends by itself, as in `30m` from now; at most 366 days.
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub span: Option<String>,
}

/// What shall take calls again; without a name it is the pause of all calls that ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ResumeRequest {
    /// The environment to resume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The account to resume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Why, in 1 to 256 characters, for the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl PauseRequest {
    /// Returns the pauses that are asked for, or all mistakes.
    pub(super) fn read(
        &self,
        settings: &Settings,
        in_force: &[Pause],
        by: &Principal,
        now: Timestamp,
    ) -> Result<Vec<Pause>, Vec<RequestError>> {
        let mut mistakes = Vec::new();
        let (account, environment) = (self.account.as_deref(), self.environment.as_deref());
        let targets = targets(account, environment, settings, in_force, &mut mistakes);
        let reason = reason(self.reason.as_deref(), &mut mistakes);
        let until = span(self.span.as_deref(), &mut mistakes).map(|span| now.plus(span));
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let pause = |target| {
            let (reason, by) = (reason.clone(), Some(by.clone()));
            Pause { target, reason, since: now, until, by }
        };
        Ok(targets.into_iter().map(pause).collect())
    }
}

impl ResumeRequest {
    /// Returns what is to be resumed and why, or all mistakes.
    pub(super) fn read(
        &self,
        settings: &Settings,
        in_force: &[Pause],
    ) -> Result<AskedPause, Vec<RequestError>> {
        let mut mistakes = Vec::new();
        let (account, environment) = (self.account.as_deref(), self.environment.as_deref());
        let targets = targets(account, environment, settings, in_force, &mut mistakes);
        let reason = reason(self.reason.as_deref(), &mut mistakes);
        if mistakes.is_empty() { Ok((targets, reason)) } else { Err(mistakes) }
    }
}

/// Returns what is named; nothing named is all.
fn targets(
    account: Option<&str>,
    environment: Option<&str>,
    settings: &Settings,
    in_force: &[Pause],
    mistakes: &mut Vec<RequestError>,
) -> Vec<PauseTarget> {
    if account.is_none() && environment.is_none() {
        return vec![PauseTarget::All];
    }
    let accounts: Vec<_> = settings.accounts.keys().map(AccountName::as_str).collect();
    let environments: Vec<_> = settings.environments.keys().map(EnvironmentName::as_str).collect();
    let named = [("account", account, accounts), ("environment", environment, environments)];
    let read = named.into_iter().filter_map(|(kind, name, known)| {
        target(kind, name?, &known, in_force).map_err(|mistake| mistakes.push(mistake)).ok()
    });
    read.collect()
}

/// Returns what a name stands for that the settings know, or that is paused although they do not any more.
fn target(
    kind: &str,
    name: &str,
    known: &[&str],
    in_force: &[Pause],
) -> Result<PauseTarget, RequestError> {
    let target = format!("{kind}:{name}").parse::<PauseTarget>().ok();
    let is_there = |target: &PauseTarget| {
        known.contains(&name) || in_force.iter().any(|pause| pause.target == *target)
    };
    target.filter(is_there).ok_or_else(|| mistake(kind, no_such(kind, name, known)))
}

fn reason(text: Option<&str>, mistakes: &mut Vec<RequestError>) -> Option<Box<str>> {
    let text = text?;
    let length = text.chars().count();
    if text.trim().is_empty() || length > LONGEST_REASON {
        mistakes.push(mistake("reason", format_args!("has 1 to {LONGEST_REASON} characters")));
    } else if text.contains(hides) {
        mistakes.push(mistake("reason", HIDDEN_WORDS));
    }
    Some(text.into())
}

fn span(text: Option<&str>, mistakes: &mut Vec<RequestError>) -> Option<Duration> {
    let text = text?;
    let read = humantime::parse_duration(text).ok();
    let span = read.filter(|span| !span.is_zero() && *span <= LONGEST);
    if span.is_none() {
        let problem = format_args!("'{text}' is not a duration like 30m or 12h, 366d at most");
        mistakes.push(mistake("for", problem));
    }
    span
}

fn mistake(field: &str, problem: impl Display) -> RequestError {
    RequestError { field: field.into(), problem: problem.to_string().into() }
}
