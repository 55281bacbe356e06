//! What is done for a request that was found good.
//!
//! A request comes here once its key, path and fields were found good.

use super::{
    answer::SimulatedAnswer,
    chance,
    library::NoTraining,
    orders::Order,
    refusal::SimulatedRefusal,
    request::{Received, Understood},
    routes::{Deed, Family, Operation, Timing},
    vendor::Vendor,
    work::{self, AnswerTime, Manner},
};
use std::sync::Arc;

/// What a training costs in millionths of a dollar.
/// That is $40 a run.
const TRAINING: u64 = 40_000_000;

/// Does what a request asks for.
///
/// A quote takes no place, costs nothing and makes nothing. What is made goes on to its end even if this
/// future is dropped, but for work whose webhook a script sends early.
pub(super) async fn perform(
    vendor: &Arc<Vendor>,
    received: &Received,
    understood: &Understood,
    mut manner: Manner,
) -> Result<SimulatedAnswer, SimulatedRefusal> {
    let Understood { operation, form, is_quote } = understood;
    let Deed::Make(product, shape) = operation.deed else {
        return simple(vendor, received, understood);
    };
    let made = (product, shape);
    let order = Order::read(operation, made, form, chance::number(), vendor.pace);
    if *is_quote {
        return Ok(work::quote(&order));
    }
    let later = match operation.timing {
        Timing::Now => false,
        Timing::LaterWithWebhook | Timing::Later => true,
        // Whoever names an address is told there, and does not wait.
        Timing::AsAsked => form.flag("async") || form.has("webhook_url"),
    };
    // Named by every call, but delivered to only where the answer comes later.
    manner.address = received.webhook(operation, form);
    let delivery = if later { AnswerTime::Later } else { AnswerTime::Now };
    work::make(vendor, order, manner, delivery).await
}

/// Does what takes neither time nor places.
///
/// A training is billed at once; all else is free.
fn simple(
    vendor: &Vendor,
    received: &Received,
    understood: &Understood,
) -> Result<SimulatedAnswer, SimulatedRefusal> {
    let Understood { operation, form, .. } = understood;
    let library = &vendor.library;
    let id = named(operation, received.uri.path());
    let found = match operation.deed {
        Deed::Poll => return poll(vendor, operation.family, id),
        Deed::Train => return train(vendor, understood, id),
        Deed::Models => Some(library.models()),
        Deed::Model => library.model(id),
        Deed::Datasets => Some(library.datasets()),
        Deed::Dataset => library.dataset(id),
        Deed::NewDataset => {
            let name = form.text("name").unwrap_or_default();
            Some(library.add_dataset(chance::name(), &name, &vendor.now()))
        }
        Deed::Upload => library.upload(id, form.all("files").len()),
        Deed::Keys => Some(vendor.postman.signer.published()),
        Deed::Make(..) | Deed::NoAccess => None,
    };
    found.map(|body| SimulatedAnswer::json(&body)).ok_or(SimulatedRefusal::NotFound)
}

/// Returns what stands in the path where the operation has braces.
///
/// Returns nothing where the path has no braces.
fn named<'a>(operation: &Operation, path: &'a str) -> &'a str {
    let mut pairs = operation.path.split('/').zip(path.split('/'));
    pairs.find(|(part, _)| part.starts_with('{')).map_or("", |(_, segment)| segment)
}

/// Answers how a generation stands, in the words of the API it is asked through. More than 1,000 polls in 10
/// seconds are refused with 429 and a time to wait.
fn poll(vendor: &Vendor, family: Family, id: &str) -> Result<SimulatedAnswer, SimulatedRefusal> {
    if vendor.polls.is_too_many(vendor.clock.now()) {
        return Err(SimulatedRefusal::Polls);
    }
    let generation = vendor.generations.get(id).ok_or(SimulatedRefusal::NotFound)?;
    Ok(SimulatedAnswer::json(&match family {
        Family::V1 => generation.as_v1(id),
        Family::V2 => generation.as_v2(id),
    }))
}

/// Starts a training and bills it. It needs at least 15 pictures.
fn train(
    vendor: &Vendor,
    understood: &Understood,
    id: &str,
) -> Result<SimulatedAnswer, SimulatedRefusal> {
    let form = &understood.form;
    let dataset = form.text("dataset_id").unwrap_or_else(|| id.to_owned());
    let name = form.text("model_name").unwrap_or_default();
    let model = chance::name();
    let started = vendor.library.train(&dataset, (&model, &name), &vendor.now());
    let body = started.map_err(|problem| match problem {
        NoTraining::UnknownDataset => SimulatedRefusal::NotFound,
        NoTraining::TooFewFiles => {
            SimulatedRefusal::Invalid("dataset_id: at least 15 pictures are needed".to_owned())
        }
    })?;
    vendor.account.bill(TRAINING);
    Ok(SimulatedAnswer::json(&body))
}
