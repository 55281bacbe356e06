//! What the records of later led to so far.

use super::since_backup::{SinceBackup, Withheld};
use crate::{
    audit::trust::VerifierKey,
    config::Settings,
    domain::{
        AuditRecord, CallId, GenerationId, OpenCall, Operator, OperatorId, Timestamp, Token,
        TokenId, TokenSecret, TokenState, Usd,
    },
    store::{Reader, StoreError},
    tokens::wider,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

/// A token with its secrets.
#[derive(Debug, Clone)]
pub(super) struct HeldToken {
    pub(super) token: SinceBackup<Token>,
    pub(super) secrets: Vec<TokenSecret>,
    /// The numbers of secrets that end earlier than they did in the backup.
    pub(super) ended: BTreeSet<u32>,
}

/// What is there by now: what the backup holds, with what records of later took away and spent.
#[derive(Debug)]
pub struct Replayed {
    /// For how long places stay taken.
    settings: Arc<Settings>,
    pub(super) tokens: BTreeMap<TokenId, HeldToken>,
    pub(super) operators: BTreeMap<OperatorId, SinceBackup<Operator>>,
    /// Calls of which no end is known.
    pub(super) open: HashMap<CallId, OpenCall>,
    /// Calls that were charged by the price table and can still say what was billed.
    pub(super) booked: HashMap<CallId, (GenerationId, Usd)>,
    /// The last record that left the database.
    pub(super) base: u64,
    /// Keys with which the record went on later.
    pub(super) later_keys: Vec<VerifierKey>,
    /// Changes that a start reads in the record and that cannot go into it in their place.
    pub(super) told_again: Vec<AuditRecord>,
    /// What other records gave that did not come back.
    pub(super) withheld: Vec<Withheld>,
}

impl Replayed {
    /// Returns what the database of a backup holds. Blocks.
    pub fn of_backup(reader: &Reader, settings: Arc<Settings>) -> Result<Self, StoreError> {
        let tokens = reader.tokens()?.into_iter().map(|(token, secrets)| {
            let secrets = secrets.into_iter().map(|(secret, _)| secret).collect();
            let id = token.id.clone();
            let token = SinceBackup::of_backup(token);
            (id, HeldToken { token, secrets, ended: BTreeSet::new() })
        });
        let operators = reader.operators()?.into_iter();
        let operators = operators.map(|(one, _)| (one.id.clone(), SinceBackup::of_backup(one)));
        let open = reader.open_calls()?.into_iter().map(|open| (open.call.clone(), open));
        let booked = reader
            .booked_calls()?
            .into_iter()
            .map(|booked| (booked.generation.call.clone(), (booked.generation.id, booked.charged)));
        Ok(Self {
            settings,
            tokens: tokens.collect(),
            operators: operators.collect(),
            open: open.collect(),
            booked: booked.collect(),
            base: reader.base()?.head.seq,
            later_keys: Vec::new(),
            told_again: Vec::new(),
            withheld: Vec::new(),
        })
    }

    /// Returns for how long the places of a call stay taken whose end nobody knows. Of an account that is not
    /// set it is as long as for any other.
    pub(super) fn place_ttl(&self, open: &OpenCall) -> Duration {
        let route = self.settings.routes.by_name(&open.route).and_then(|route| route.place_ttl);
        let accounts = &self.settings.accounts;
        let account = accounts.get(&open.account).map(|account| account.place_ttl);
        let longest = || accounts.values().map(|account| account.place_ttl).max();
        route.or(account).or_else(longest).unwrap_or_default()
    }

    /// Returns the keys with which the record went on after the backup, the first one first.
    pub fn later_keys(&self) -> &[VerifierKey] {
        &self.later_keys
    }

    /// Returns the changes that belong into the record once more, since a start reads them there.
    pub fn told_again(&self) -> &[AuditRecord] {
        &self.told_again
    }

    /// Returns the tokens that work now, in their order.
    pub fn enabled_tokens(&self) -> impl Iterator<Item = &Token> {
        let tokens = self.tokens.values().map(|held| &held.token.now);
        tokens.filter(|token| token.state == TokenState::Enabled)
    }

    /// Returns what records gave that did not come back, by record.
    pub fn withheld(&self) -> Vec<Withheld> {
        let tokens = self.tokens.iter().flat_map(|(id, held)| held.token.withheld(id.as_str()));
        let operators = self.operators.iter().flat_map(|(id, held)| held.withheld(id.as_str()));
        let mut all: Vec<_> = tokens.chain(operators).chain(self.withheld.clone()).collect();
        all.sort();
        all
    }

    /// Returns how many tokens of the backup got into a state that is worse.
    pub fn tokens_in(&self, state: TokenState) -> usize {
        let is_so = |held: &&HeldToken| {
            let first = held.token.first.as_ref();
            held.token.now.state == state && first.is_some_and(|first| first.state != state)
        };
        self.tokens.values().filter(is_so).count()
    }

    /// Returns how many tokens of the backup may do less, and are neither disabled nor revoked since.
    pub fn tokens_reduced(&self) -> usize {
        let is_so = |held: &&HeldToken| {
            let (first, now) = (held.token.first.as_ref(), &held.token.now);
            first.is_some_and(|first| first.state == now.state && !wider(now, first).is_empty())
        };
        self.tokens.values().filter(is_so).count()
    }

    /// Returns how many secrets of tokens end earlier than they did in the backup.
    pub fn secrets_ended(&self) -> usize {
        self.tokens.values().map(|held| held.ended.len()).sum()
    }

    /// Returns how many operators of the backup may do less, or have another secret.
    pub fn operators_changed(&self) -> usize {
        let is_so = |held: &&SinceBackup<Operator>| {
            held.first.as_ref().is_some_and(|first| *first != held.now)
        };
        self.operators.values().filter(is_so).count()
    }

    /// Notes that something was given and did not come back.
    pub(super) fn withhold(&mut self, withheld: Withheld) {
        self.withheld.push(withheld);
    }

    /// Returns until when the places of a call stay taken that ended at `at`, or of which no end is known.
    pub(super) fn places_until(&self, open: &OpenCall, at: Timestamp) -> Option<Timestamp> {
        (open.places > 0).then(|| at.plus(self.place_ttl(open)))
    }
}
