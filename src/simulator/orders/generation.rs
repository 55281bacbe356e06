//! The generations, so that they can be asked for later.

use parking_lot::{Mutex, MutexGuard};
use serde_json::{Value as Json, json};
use std::collections::{HashMap, VecDeque};

/// How many generations are remembered.
const KEPT: usize = 10_000;

/// The generations that were started.
#[derive(Debug, Default)]
pub struct Generations(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    by_id: HashMap<String, Generation>,
    oldest_first: VecDeque<String>,
}

/// One generation.
#[derive(Debug, Clone)]
pub struct Generation {
    /// When it was asked for, as text.
    pub created: String,
    /// How it stands.
    pub standing: Standing,
}

/// How a generation stands.
#[derive(Debug, Clone)]
pub enum Standing {
    /// It is being made.
    Pending,
    /// It was made, and billed at so many millionths of a dollar.
    Completed {
        /// The pictures.
        data: Json,
        /// Its price.
        cost: u64,
    },
    /// It failed, and nothing was billed.
    Failed,
}

impl Generations {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock()
    }

    /// Writes down how a generation stands.
    pub fn put(&self, id: &str, generation: Generation) {
        let mut kept = self.lock();
        if kept.by_id.insert(id.to_owned(), generation).is_none() {
            kept.oldest_first.push_back(id.to_owned());
        }
        while kept.oldest_first.len() > KEPT
            && let Some(oldest) = kept.oldest_first.pop_front()
        {
            kept.by_id.remove(&oldest);
        }
    }

    /// Returns how a generation stands.
    pub fn get(&self, id: &str) -> Option<Generation> {
        self.lock().by_id.get(id).cloned()
    }
}

impl Generation {
    /// Returns the answer of `/v1/generations`.
    pub fn as_v1(&self, id: &str) -> Json {
        let mut answer =
            json!({"generation_id": id, "status": self.status(), "created": self.created});
        if let Standing::Completed { data, .. } = &self.standing {
            answer["response_type"] = json!("url");
            answer["data"] = data.clone();
        }
        answer
    }

    /// Returns the answer of `/v2/generations`.
    pub fn as_v2(&self, id: &str) -> Json {
        let (cost, data) = match &self.standing {
            Standing::Completed { data, cost } => (json!(cost), data.clone()),
            Standing::Pending | Standing::Failed => (Json::Null, Json::Null),
        };
        let reason = match self.standing {
            Standing::Failed => json!("the generation failed"),
            Standing::Pending | Standing::Completed { .. } => Json::Null,
        };
        json!({
            "generation_id": id,
            "status": self.status(),
            "created": self.created,
            "response_type": "url",
            "usage_cost_usd_micros": cost,
            "failure_reason": reason,
            "data": data,
        })
    }

    fn status(&self) -> &'static str {
        match self.standing {
            Standing::Pending => "pending",
            Standing::Completed { .. } => "completed",
            Standing::Failed => "failed",
        }
    }
}
