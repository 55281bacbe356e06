//! The generations, so that they can be asked for later.

use parking_lot::{Mutex, MutexGuard};
use serde_json::{Value as Json, json};
use std::collections::{HashMap, VecDeque};

/// How many generations are remembered.
const KEPT: usize = 10_000;

/// The generations that were started.
#[derive(Debug, Default)]
pub struct SimulatedGenerations(Mutex<KeptGeneration>);

#[derive(Debug, Default)]
struct KeptGeneration {
    by_id: HashMap<String, SimulatedGeneration>,
    oldest_first: VecDeque<String>,
}

/// One generation.
#[derive(Debug, Clone)]
pub struct SimulatedGeneration {
    /// When it was asked for, as text.
    pub created: String,
    /// How it stands.
    pub standing: SimulatedState,
}

/// How a generation stands.
#[derive(Debug, Clone)]
pub enum SimulatedState {
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

impl SimulatedGenerations {
    fn lock(&self) -> MutexGuard<'_, KeptGeneration> {
        self.0.lock()
    }

    /// Writes down how a generation stands.
    pub fn put(&self, id: &str, generation: SimulatedGeneration) {
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
    pub fn get(&self, id: &str) -> Option<SimulatedGeneration> {
        self.lock().by_id.get(id).cloned()
    }
}

impl SimulatedGeneration {
    /// Returns the answer of `/v1/generations`.
    pub fn as_v1(&self, id: &str) -> Json {
        let mut answer =
            json!({"generation_id": id, "status": self.status(), "created": self.created});
        if let SimulatedState::Completed { data, .. } = &self.standing {
            answer["response_type"] = json!("url");
            answer["data"] = data.clone();
        }
        answer
    }

    /// Returns the answer of `/v2/generations`.
    pub fn as_v2(&self, id: &str) -> Json {
        let (cost, data) = match &self.standing {
            SimulatedState::Completed { data, cost } => (json!(cost), data.clone()),
            SimulatedState::Pending | SimulatedState::Failed => (Json::Null, Json::Null),
        };
        let reason = match self.standing {
            SimulatedState::Failed => json!("the generation failed"),
            SimulatedState::Pending | SimulatedState::Completed { .. } => Json::Null,
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
            SimulatedState::Pending => "pending",
            SimulatedState::Completed { .. } => "completed",
            SimulatedState::Failed => "failed",
        }
    }
}
