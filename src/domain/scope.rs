//! What a token may do: `action:resource`.

use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt, str::FromStr};

macro_rules! scopes {
    ($($(#[$docs:meta])* $variant:ident = $text:literal, $words:literal;)*) => {
        /// One thing a token may be allowed to do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum Scope { $($(#[$docs])* $variant,)* }

        impl Scope {
            /// Every scope there is, reading ones first.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Returns the scope as it is written, like `write:generate`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Returns what the scope allows, in words that follow "may".
            pub const fn describe(self) -> &'static str {
                match self { $(Self::$variant => $words,)* }
            }
        }
    };
}

scopes! {
    /// Polls the token's own generations.
    ReadGenerations = "read:generations", "poll its own generations";
    /// Lists custom models of the whole organization.
    ReadModels = "read:models", "list the organization's custom models";
    /// Lists datasets of the whole organization.
    ReadDatasets = "read:datasets", "list the organization's datasets";
    /// Asks what a call would cost.
    ReadQuotes = "read:quotes", "ask what a call would cost";
    /// Generates images from text.
    WriteGenerate = "write:generate", "generate images";
    /// Edits images.
    WriteEdit = "write:edit", "edit images";
    /// Remixes images.
    WriteRemix = "write:remix", "remix images";
    /// Reframes images.
    WriteReframe = "write:reframe", "reframe images";
    /// Upscales images.
    WriteUpscale = "write:upscale", "upscale images";
    /// Describes images.
    WriteDescribe = "write:describe", "describe images";
    /// Replaces or removes backgrounds and objects.
    WriteBackground = "write:background", "replace and remove backgrounds";
    /// Splits images into layers.
    WriteLayerize = "write:layerize", "split images into layers";
    /// Generates designs.
    WriteDesign = "write:design", "generate designs";
    /// Generates videos.
    WriteVideo = "write:video", "generate videos";
    /// Runs the vendor's tools.
    WriteTools = "write:tools", "run the vendor's tools";
    /// Creates datasets and trains custom models; in no wildcard.
    TrainModels = "train:models", "create datasets and train custom models";
    /// Reads the organization's usage and invoices; in no wildcard.
    ReadAccount = "read:account", "read the organization's account";
}

/// A text is not a scope.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("'{0}' is not a scope; `ideogate route list` shows the scopes there are")]
pub struct ScopeError(Box<str>);

impl Scope {
    /// Says whether `read:*` includes this scope. `read:` scopes never spend. Whatever a later
    /// version adds under `read:` comes with it, so such a scope must not spend.
    pub fn in_read_wildcard(self) -> bool {
        self.as_str().starts_with("read:") && self != Self::ReadAccount
    }

    /// Says whether `write:*` includes this scope. What Ideogram bills needs one of these, or training.
    pub fn in_write_wildcard(self) -> bool {
        self.as_str().starts_with("write:")
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        let found = Self::ALL.iter().find(|scope| scope.as_str() == text);
        found.copied().ok_or_else(|| ScopeError(text.into()))
    }
}

impl TryFrom<String> for Scope {
    type Error = ScopeError;

    fn try_from(text: String) -> Result<Self, ScopeError> {
        text.parse()
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.as_str().to_owned()
    }
}

/// What an operator writes to grant scopes: one scope, a wildcard, or the environment's limited set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ScopeGrant {
    /// `read:*`: everything that cannot spend, but for the account.
    ReadAll,
    /// `write:*`: everything that spends, but for training.
    WriteAll,
    /// `write:limited`: the small set that the environment's settings name.
    WriteLimited,
    /// One scope by name.
    One(Scope),
}

impl ScopeGrant {
    /// Says whether the grant includes `scope`. `write:limited` includes every `write:` scope here;
    /// what it may do with it is the environment's `limited` policy.
    pub fn includes(self, scope: Scope) -> bool {
        match self {
            Self::ReadAll => scope.in_read_wildcard(),
            Self::WriteAll | Self::WriteLimited => scope.in_write_wildcard(),
            Self::One(one) => one == scope,
        }
    }

    /// Says whether a token with this grant stays under `ceiling`. A grant that is wider than the
    /// ceiling in one thing is above it.
    pub fn is_under(self, ceiling: Self) -> bool {
        match (self, ceiling) {
            (Self::WriteLimited, Self::WriteAll) => true,
            (Self::One(scope), Self::ReadAll | Self::WriteAll) => ceiling.includes(scope),
            // So one scope is not under `write:limited`: by its name it is not bound to that set.
            _ => self == ceiling,
        }
    }
}

impl fmt::Display for ScopeGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReadAll => f.write_str("read:*"),
            Self::WriteAll => f.write_str("write:*"),
            Self::WriteLimited => f.write_str("write:limited"),
            Self::One(scope) => scope.fmt(f),
        }
    }
}

impl FromStr for ScopeGrant {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        match text {
            "read:*" => Ok(Self::ReadAll),
            "write:*" => Ok(Self::WriteAll),
            "write:limited" => Ok(Self::WriteLimited),
            _ => text.parse().map(Self::One),
        }
    }
}

impl TryFrom<String> for ScopeGrant {
    type Error = ScopeError;

    fn try_from(text: String) -> Result<Self, ScopeError> {
        text.parse()
    }
}

impl From<ScopeGrant> for String {
    fn from(grant: ScopeGrant) -> Self {
        grant.to_string()
    }
}

/// The grants of a token, or the ceiling of an environment. Nothing is allowed by an empty one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ScopeSet(BTreeSet<ScopeGrant>);

impl ScopeSet {
    /// Says whether a call that needs `scope` is allowed.
    pub fn allows(&self, scope: Scope) -> bool {
        self.0.iter().any(|grant| grant.includes(scope))
    }

    /// Says whether `scope` is allowed by `write:limited` alone, so that the limited policy applies.
    pub fn allows_only_limited(&self, scope: Scope) -> bool {
        let full = self.0.iter().any(|g| *g != ScopeGrant::WriteLimited && g.includes(scope));
        !full && self.allows(scope)
    }

    /// Says whether polling one's own generations comes with these grants: a `write:` scope makes them.
    pub fn polls_own(&self) -> bool {
        Scope::ALL.iter().any(|scope| scope.in_write_wildcard() && self.allows(*scope))
    }

    /// Returns the grants that go above `ceiling`.
    pub fn above(&self, ceiling: &Self) -> Vec<ScopeGrant> {
        let under = |grant: &ScopeGrant| ceiling.0.iter().any(|top| grant.is_under(*top));
        self.0.iter().filter(|grant| !under(grant)).copied().collect()
    }

    /// Returns the grants in order.
    pub fn grants(&self) -> impl Iterator<Item = ScopeGrant> + '_ {
        self.0.iter().copied()
    }

    /// Says whether nothing is granted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<ScopeGrant> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = ScopeGrant>>(grants: I) -> Self {
        Self(grants.into_iter().collect())
    }
}
