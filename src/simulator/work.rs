//! Makes what was ordered. Like the vendor, it does so to the end even if nobody waits any more.

use super::{
    answer::SimulatedAnswer,
    chance,
    orders::{Occupied, Order, OrderRefused, SimulatedGeneration, SimulatedState},
    pictures::{Recipe, png},
    refusal::SimulatedRefusal,
    routes::AnswerShape,
    shapes,
    vendor::Vendor,
    webhooks::{Parcel, Twist},
};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use tokio::sync::{oneshot, watch};

/// How the work goes, other than usual.
///
/// By default it goes as usual.
#[derive(Debug, Default)]
pub struct Manner {
    /// How much longer it takes.
    pub longer: Duration,
    /// What must change before it may end.
    pub held: Option<watch::Receiver<u64>>,
    /// Whether it fails.
    pub fails: bool,
    /// Where its end is delivered to.
    pub address: Option<String>,
    /// How the delivery goes, other than usual.
    pub twist: Option<Twist>,
}

/// When the answer to an order comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerTime {
    /// With the result.
    Now,
    /// At once; the result is asked for later.
    Later,
}

/// Dropping it before its end gives places and money back, and bills nothing.
struct OrderWork {
    /// The stand-in.
    vendor: Arc<Vendor>,
    /// What is made.
    order: Order,
    /// The generation.
    id: String,
    /// When it was asked for.
    created: String,
    /// When the answer comes.
    delivery: AnswerTime,
    /// Its places and the money held for it.
    occupied: Occupied,
}

/// Takes places and money for an order, makes it and answers.
///
/// Refused is an unsafe prompt first, then want of money, then want of places; a refusal takes nothing. Where
/// this future is dropped the work goes on and is billed, but for work whose webhook a script sends early.
pub async fn make(
    vendor: &Arc<Vendor>,
    order: Order,
    manner: Manner,
    delivery: AnswerTime,
) -> Result<SimulatedAnswer, SimulatedRefusal> {
    if order.is_unsafe() {
        return Err(SimulatedRefusal::Unsafe);
    }
    let occupied = match vendor.account.take(order.images, order.price.total()) {
        Ok(occupied) => occupied,
        Err(OrderRefused::Funds) => return Err(SimulatedRefusal::Funds),
        Err(OrderRefused::Places(cap)) => return Err(SimulatedRefusal::InFlight(cap)),
    };
    let (id, created) = (chance::name(), vendor.now());
    let vendor = Arc::clone(vendor);
    let work = OrderWork { vendor: Arc::clone(&vendor), order, id, created, delivery, occupied };
    match delivery {
        AnswerTime::Later if manner.twist == Some(Twist::Early) => work.overtake(manner).await,
        AnswerTime::Later => Ok(work.start(&vendor, manner)),
        AnswerTime::Now => work.finish(&vendor, manner).await,
    }
}

/// Answers what an order would cost, without making it.
///
/// Takes no place and bills nothing.
pub fn quote(order: &Order) -> SimulatedAnswer {
    SimulatedAnswer::json(&shapes::quote(order))
}

impl OrderWork {
    /// Starts the work and answers with its name.
    fn start(self, vendor: &Vendor, manner: Manner) -> SimulatedAnswer {
        let answer = SimulatedAnswer::json(&json!({"generation_id": self.id}));
        // Before the answer is out, or the first poll could find nothing.
        self.note(SimulatedState::Pending);
        let work = async move { self.run(manner).await.map_or((), drop) };
        vendor.tasks.spawn_background("simulated generation", work);
        answer
    }

    /// Delivers the result before it answers.
    async fn overtake(self, mut manner: Manner) -> Result<SimulatedAnswer, SimulatedRefusal> {
        let answer = SimulatedAnswer::json(&json!({"generation_id": self.id}));
        if let Some(parcel) = self.parcel(manner.address.take(), manner.twist) {
            self.vendor.postman.deliver(parcel);
        }
        self.run(manner).await?;
        Ok(answer)
    }

    /// Returns the result as it is delivered, if somebody wants it.
    ///
    /// Nobody does where the answer has the result itself.
    fn parcel(&self, address: Option<String>, twist: Option<Twist>) -> Option<Parcel> {
        let address = address.filter(|_| self.delivery == AnswerTime::Later)?;
        let data = shapes::data(&self.order, &self.vendor.links);
        let body = json!({"generation_id": self.id, "created": self.created, "data": data});
        let (generation, body) = (self.id.clone(), body.to_string().into());
        Some(Parcel { generation, address, body, twist })
    }

    /// Starts the work and waits for it.
    async fn finish(
        self,
        vendor: &Vendor,
        manner: Manner,
    ) -> Result<SimulatedAnswer, SimulatedRefusal> {
        let (done, result) = oneshot::channel();
        // In a task of its own: Ideogram finishes and bills what nobody waits for any more.
        vendor.tasks.spawn_background("simulated work", async move {
            done.send(self.run(manner).await).ok();
        });
        result.await.unwrap_or(Err(SimulatedRefusal::Failed))
    }

    /// Takes its time, waits for a release if it is held, and delivers or fails.
    async fn run(self, manner: Manner) -> Result<SimulatedAnswer, SimulatedRefusal> {
        let time = self.order.takes + manner.longer;
        if !time.is_zero() {
            tokio::time::sleep(time).await;
        }
        if let Some(mut held) = manner.held {
            // An end of the sender is a release as well.
            held.changed().await.ok();
        }
        if manner.fails {
            self.note(SimulatedState::Failed);
            return Err(SimulatedRefusal::Failed);
        }
        let parcel = self.parcel(manner.address, manner.twist);
        let postman = Arc::clone(&self.vendor.postman);
        let answer = self.deliver().await;
        if let Some(parcel) = parcel {
            postman.deliver(parcel);
        }
        answer
    }

    /// Bills the work, frees its places and builds the answer, in this order.
    ///
    /// The state is written down first, so that whoever sees the places free can ask how it ended.
    async fn deliver(self) -> Result<SimulatedAnswer, SimulatedRefusal> {
        let cost = self.order.price.total();
        let data = shapes::data(&self.order, &self.vendor.links);
        // Before the places are free, or a poll could still say that it is pending.
        self.note(SimulatedState::Completed { data, cost });
        self.occupied.bill(self.order.price.quantity);
        let (order, links) = (self.order, &self.vendor.links);
        match (order.shape, order.response_type.as_deref()) {
            (AnswerShape::Design, Some("html")) => {
                Ok(SimulatedAnswer::new("text/html; charset=utf-8", shapes::page(&order).into()))
            }
            (AnswerShape::Design, Some("binary")) => {
                let painted =
                    self.vendor.tasks.run_blocking(move || png(&Recipe::new(&order, 0))).await;
                let picture = painted.ok().flatten().ok_or(SimulatedRefusal::Failed)?;
                Ok(SimulatedAnswer::new("image/png", picture.into()))
            }
            _ => {
                Ok(SimulatedAnswer::json(&shapes::finished(&order, links, &self.id, &self.created)))
            }
        }
    }

    /// Writes down how it stands, where it can be asked for.
    ///
    /// Answers at once are not kept, but for those of `/v2`, whose name can be asked for.
    fn note(&self, standing: SimulatedState) {
        if self.delivery == AnswerTime::Now && self.order.shape != AnswerShape::V2 {
            return;
        }
        let generation = SimulatedGeneration { created: self.created.clone(), standing };
        self.vendor.generations.put(&self.id, generation);
    }
}
