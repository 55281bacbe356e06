//! A pause: what takes no new calls, why, and until when.

use super::{AccountName, EnvironmentName, Principal, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{fmt, str::FromStr};

/// What is paused. The wider comes before the narrower.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PauseTarget {
    /// All calls.
    All,
    /// The calls of all environments of an account.
    Account(AccountName),
    /// The calls of an environment.
    Environment(EnvironmentName),
}

impl PauseTarget {
    /// Says whether it names calls of that environment at that account.
    pub fn covers(&self, account: &AccountName, environment: &EnvironmentName) -> bool {
        match self {
            Self::All => true,
            Self::Account(name) => name == account,
            Self::Environment(name) => name == environment,
        }
    }

    /// Returns it as people are told of it, as in "environment prod is paused".
    pub fn words(&self) -> String {
        match self {
            Self::All => "the gateway".to_owned(),
            Self::Account(name) => format!("account {name}"),
            Self::Environment(name) => format!("environment {name}"),
        }
    }
}

impl fmt::Display for PauseTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Account(name) => write!(f, "account:{name}"),
            Self::Environment(name) => write!(f, "environment:{name}"),
        }
    }
}

/// A text names nothing that can be paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not all, account:NAME or environment:NAME")]
pub struct PauseTargetError;

impl FromStr for PauseTarget {
    type Err = PauseTargetError;

    fn from_str(text: &str) -> Result<Self, PauseTargetError> {
        match text.split_once(':') {
            None if text == "all" => Ok(Self::All),
            Some(("account", name)) => {
                name.parse().map(Self::Account).map_err(|_| PauseTargetError)
            }
            Some(("environment", name)) => {
                name.parse().map(Self::Environment).map_err(|_| PauseTargetError)
            }
            _ => Err(PauseTargetError),
        }
    }
}

impl Serialize for PauseTarget {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PauseTarget {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// A pause that is in force. Calls that were sent before go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// What is paused.
    pub target: PauseTarget,
    /// Why, in words that callers read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Box<str>>,
    /// Since when.
    pub since: Timestamp,
    /// When it ends by itself; `None` means that somebody must end it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Who paused it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Principal>,
}

impl Pause {
    /// Says whether its time is up.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    /// Returns the sentence that callers and operators read, without a full stop.
    pub fn sentence(&self) -> String {
        let mut sentence = format!("{} is paused", self.target.words());
        if let Some(reason) = &self.reason {
            sentence.push_str(": ");
            sentence.push_str(reason);
        }
        if let Some(until) = self.until {
            // To the minute, as people arrange such things.
            let until = until.to_string().replace('T', " ");
            return format!("{sentence}; until {until:.16}Z");
        }
        sentence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_read_as_it_is_written() {
        for text in ["all", "account:ideogram", "environment:my-env"] {
            assert_eq!(text.parse::<PauseTarget>().unwrap().to_string(), text);
        }
        for wrong in ["", "ALL", "account", "account:", "environment:A b", "token:x"] {
            assert_eq!(wrong.parse::<PauseTarget>(), Err(PauseTargetError), "{wrong}");
        }
        let read = |text: &str| text.parse::<PauseTarget>().unwrap();
        assert!(read("all") < read("account:z") && read("account:z") < read("environment:a"));
    }

    #[test]
    fn the_sentence_tells_what_why_and_until_when() {
        let pause = Pause {
            target: "environment:prod".parse().unwrap(),
            reason: Some("moving to a new key".into()),
            since: Timestamp::from_micros(0),
            until: Some(Timestamp::from_micros(1_700_000_000_000_000)),
            by: None,
        };
        let told = "environment prod is paused: moving to a new key; until 2023-11-14 22:13Z";
        assert_eq!(pause.sentence(), told);
        let plain = Pause { target: PauseTarget::All, reason: None, until: None, ..pause };
        assert_eq!(plain.sentence(), "the gateway is paused");
    }
}
