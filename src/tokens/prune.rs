//! Forgetting tokens that ended long ago.

use super::{
    change::{TokenWriter, as_json},
    error::TokensError,
    mistakes::RequestErrors,
    service::Tokens,
};
use crate::{
    domain::{
        Action, Actor, AuditRecord, Bundle, Effect, EnvironmentName, Timestamp, Token, TokenId,
    },
    store::StoreError,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use utoipa::ToSchema;

/// The most tokens that one commit forgets: calls wait for it.
const MOST_AT_ONCE: usize = 200;

/// Which tokens to forget.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"ended_for": "90d"}))]
pub struct PruneRequest {
    /// For how long they have been revoked or expired, at least, as in `90d`.
    pub ended_for: String,
    /// Only those of this environment, also one that is no longer set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Only tells what would be forgotten.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// What became of the tokens that ended long ago.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Those that are forgotten, or would be, with their ends.
    pub pruned: Vec<(Arc<Token>, Timestamp)>,
    /// Those that are not, and why.
    pub kept: Vec<(Arc<Token>, &'static str)>,
}

/// A request to forget tokens that makes sense.
#[derive(Debug, Clone)]
struct PrunePlan {
    ended_for: Duration,
    environment: Option<EnvironmentName>,
}

impl Tokens {
    /// Forgets tokens that ended long ago, but for those whose calls, money or answers are still open. What they did
    /// stays on record. Each is on record and gone when this returns.
    pub async fn prune(
        &self,
        asked: &PruneRequest,
        by: impl Into<Actor>,
    ) -> Result<Pruned, TokensError> {
        let (plan, by) = (plan(asked).map_err(TokensError::Invalid)?, by.into());
        if asked.dry_run {
            let now = self.registry.now();
            return self.ended(&self.list(), &plan, now).await;
        }
        let mut all = Pruned::default();
        loop {
            let (own, plan, by) = (self.clone(), plan.clone(), by.clone());
            let done =
                self.change(move |writer| async move { own.prune_some(writer, &plan, by).await });
            let Pruned { pruned, kept } = done.await?;
            all.kept = kept;
            if pruned.is_empty() {
                return Ok(all);
            }
            all.pruned.extend(pruned);
        }
    }

    async fn prune_some(
        &self,
        writer: TokenWriter,
        plan: &PrunePlan,
        by: Actor,
    ) -> Result<Pruned, TokensError> {
        let now = writer.now();
        let mut found = self.ended(&self.list(), plan, now).await?;
        found.pruned.truncate(MOST_AT_ONCE);
        if found.pruned.is_empty() {
            return Ok(found);
        }
        let tokens = || found.pruned.iter().map(|(token, _)| token);
        let record = |token: &Arc<Token>| {
            let (before, action) = (as_json(token), Action::TokenPrune);
            let after = json!({ "forgotten": true });
            AuditRecord::change(now, by.clone(), action, token.id.as_str(), before, after)
        };
        let ids: Vec<_> = tokens().map(|token| token.id.clone()).collect();
        let bundle = Bundle { records: tokens().map(record).collect(), ..Bundle::default() };
        let bundle = bundle.with(Effect::PruneTokens(ids.clone(), now));
        writer.commit_without(bundle, &ids).await.map_err(TokensError::Journal)?;
        Ok(found)
    }

    /// Returns which of the tokens that ended long ago can be forgotten, and which cannot.
    async fn ended(
        &self,
        all: &[Arc<Token>],
        plan: &PrunePlan,
        now: Timestamp,
    ) -> Result<Pruned, TokensError> {
        let latest = now.minus(plan.ended_for);
        let is_asked_for = |token: &&Arc<Token>| {
            token.ended_at() <= latest
                && plan.environment.as_ref().is_none_or(|name| token.environment == *name)
        };
        let old: Vec<_> = all.iter().filter(is_asked_for).cloned().collect();
        if old.is_empty() {
            return Ok(Pruned::default());
        }
        let at_work = self.at_work(now).await?;
        let mut found = Pruned::default();
        for token in old {
            let end = token.ended_at();
            match at_work.get(&token.id) {
                Some(reason) => found.kept.push((token, *reason)),
                None => found.pruned.push((token, end)),
            }
        }
        Ok(found)
    }

    /// Returns the tokens of which something is still open, and what.
    async fn at_work(
        &self,
        now: Timestamp,
    ) -> Result<BTreeMap<TokenId, &'static str>, TokensError> {
        let reader = self.reader.clone();
        let read = self.tasks.run_blocking(move || -> Result<_, StoreError> {
            let mut at_work = BTreeMap::new();
            for (tokens, why) in reader.tokens_at_work(now)? {
                for token in tokens {
                    at_work.entry(token).or_insert(why);
                }
            }
            Ok(at_work)
        });
        let read = read.await.map_err(|_| TokensError::Stopping)?;
        read.map_err(TokensError::Store)
    }
}

fn plan(asked: &PruneRequest) -> Result<PrunePlan, Vec<super::RequestError>> {
    let mut mistakes = RequestErrors::default();
    let ended_for = mistakes.duration("ended_for", Some(&asked.ended_for));
    let environment = asked.environment.as_deref().and_then(|name| {
        let read = name.parse::<EnvironmentName>();
        mistakes.take("environment", read)
    });
    mistakes.into_result(ended_for.map(|ended_for| PrunePlan { ended_for, environment }))
}
