//! The generations, so that they can be asked for later.

use parking_lot::{Mutex, MutexGuard};
use serde_json::{Value as Json, json};
use std::collections::{HashMap, VecDeque};

/// How many generations are remembered.
/// Older ones are as unknown as any that never were.
const KEPT: usize = 10_000;

/// The generations that were started.
///
/// Failed ones are kept as well.
#[derive(Debug, Default)]
pub struct SimulatedGenerations(Mutex<KeptGeneration>);

/// The generations, and which of them is the oldest.
#[derive(Debug, Default)]
struct KeptGeneration {
    /// The generations by their name.
    by_id: HashMap<String, SimulatedGeneration>,
    /// Their names, in the order they were started.
    oldest_first: VecDeque<String>,
}

/// One generation.
///
/// It belongs to the account: any key may ask for it.
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
    ///
    /// A generation that is there already is replaced and keeps its age.
    pub fn put(&self, id: &str, generation: SimulatedGeneration) {
        let mut kept = self.lock();
        if kept.by_id.insert(id.to_owned(), generation).is_none() {
            kept.oldest_first.push_back(id.to_owned());
        }
        // A generation that is put again keeps its place in the row, so that each name is in it once.
        while kept.oldest_first.len() > KEPT
            && let Some(oldest) = kept.oldest_first.pop_front()
        {
            kept.by_id.remove(&oldest);
        }
    }

    /// Returns how a generation stands.
    ///
    /// `None` where there is none, or none any more.
    pub fn get(&self, id: &str) -> Option<SimulatedGeneration> {
        self.lock().by_id.get(id).cloned()
    }
}

impl SimulatedGeneration {
    /// Returns the answer of `/v1/generations`.
    ///
    /// Pictures are in it once they are made; a price is not.
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
    ///
    /// It has every member in each state, null where there is nothing to say, with the price once it is
    /// billed.
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

    /// Returns the word that both APIs have for it.
    fn status(&self) -> &'static str {
        match self.standing {
            SimulatedState::Pending => "pending",
            SimulatedState::Completed { .. } => "completed",
            SimulatedState::Failed => "failed",
        }
    }
}
