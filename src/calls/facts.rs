//! What the gateway reads in Ideogram's answer: counts and identifiers, never content.

use crate::{
    domain::{GenerationId, GenerationState, Usd},
    upstream::UpstreamAnswer,
};
use serde::Deserialize;

/// Answers above this size are not read for facts; they are pictures or documents.
const READ_UP_TO: u64 = 16 << 20;

/// What an answer says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnswerFacts {
    /// Images in `data`; `None` when the answer has no such list.
    pub images: Option<u32>,
    /// Images among them that were withheld as unsafe.
    pub unsafe_images: u32,
    /// The generation it names.
    pub generation: Option<GenerationId>,
    /// Where that generation stands, when the answer says so.
    pub state: Option<GenerationState>,
    /// What Ideogram says it cost.
    pub cost: Option<Usd>,
    /// Whether it is a price quote.
    pub is_quote: bool,
}

#[derive(Deserialize)]
struct FactShape {
    #[serde(default)]
    data: Option<Vec<Item>>,
    #[serde(default)]
    generation_id: Option<Box<str>>,
    #[serde(default)]
    status: Option<Box<str>>,
    #[serde(default)]
    usage_cost_usd_micros: Option<i64>,
    #[serde(default)]
    object: Option<Box<str>>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(default)]
    is_image_safe: Option<bool>,
}

impl AnswerFacts {
    /// Reads a JSON answer; anything else, and anything unreadable, has no facts.
    pub fn read(answer: &UpstreamAnswer) -> Self {
        let is_json = answer.headers.get(http::header::CONTENT_TYPE).is_some_and(|value| {
            value.to_str().is_ok_and(|text| text.to_ascii_lowercase().contains("json"))
        });
        if !is_json {
            return Self::default();
        }
        let Ok(Some(bytes)) = answer.body.bytes(READ_UP_TO) else { return Self::default() };
        Self::of_json(&bytes)
    }

    /// Reads JSON, of an answer or of a webhook; anything unreadable has no facts.
    pub fn of_json(bytes: &[u8]) -> Self {
        serde_json::from_slice::<FactShape>(bytes).map(Self::from_shape).unwrap_or_default()
    }

    fn from_shape(shape: FactShape) -> Self {
        let images = shape.data.as_ref().map(|data| u32::try_from(data.len()).unwrap_or(u32::MAX));
        let withheld = |item: &&Item| item.is_image_safe == Some(false);
        let count = shape.data.iter().flatten().filter(withheld).count();
        Self {
            images,
            unsafe_images: u32::try_from(count).unwrap_or(u32::MAX),
            generation: shape.generation_id.filter(|id| !id.is_empty()).map(GenerationId::new),
            state: shape.status.as_deref().and_then(state_of),
            cost: shape.usage_cost_usd_micros.filter(|micros| *micros >= 0).map(Usd::from_micros),
            is_quote: shape.object.as_deref() == Some("price_quote"),
        }
    }
}

fn state_of(status: &str) -> Option<GenerationState> {
    match status {
        "pending" => Some(GenerationState::Pending),
        "completed" => Some(GenerationState::Completed),
        "failed" => Some(GenerationState::Failed),
        _ => None,
    }
}
