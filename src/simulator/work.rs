//! Makes what was ordered. Like the vendor, it does so to the end even if nobody waits any more.

use super::{
    answer::Answer,
    chance,
    orders::{Generation, Occupied, Order, Refused, Standing},
    pictures::{Recipe, png},
    refusal::Refusal,
    routes::Shape,
    shapes,
    vendor::Vendor,
    webhooks::{Parcel, Twist},
};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use tokio::sync::{oneshot, watch};

/// How the work goes, other than usual.
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
pub enum Delivery {
    /// With the result.
    Now,
    /// At once; the result is asked for later.
    Later,
}

struct Work {
    vendor: Arc<Vendor>,
    order: Order,
    id: String,
    created: String,
    delivery: Delivery,
    occupied: Occupied,
}

/// Takes places and money for an order, makes it and answers.
pub async fn make(
    vendor: &Arc<Vendor>,
    order: Order,
    manner: Manner,
    delivery: Delivery,
) -> Result<Answer, Refusal> {
    if order.is_unsafe() {
        return Err(Refusal::Unsafe);
    }
    let occupied = match vendor.account.take(order.images, order.price.total()) {
        Ok(occupied) => occupied,
        Err(Refused::Funds) => return Err(Refusal::Funds),
        Err(Refused::Places(cap)) => return Err(Refusal::InFlight(cap)),
    };
    let (id, created) = (chance::name(), vendor.now());
    let vendor = Arc::clone(vendor);
    let work = Work { vendor: Arc::clone(&vendor), order, id, created, delivery, occupied };
    match delivery {
        Delivery::Later if manner.twist == Some(Twist::Early) => work.overtake(manner).await,
        Delivery::Later => Ok(work.start(&vendor, manner)),
        Delivery::Now => work.finish(&vendor, manner).await,
    }
}

/// Answers what an order would cost, without making it.
pub fn quote(order: &Order) -> Answer {
    Answer::json(&shapes::quote(order))
}

impl Work {
    /// Starts the work and answers with its name.
    fn start(self, vendor: &Vendor, manner: Manner) -> Answer {
        let answer = Answer::json(&json!({"generation_id": self.id}));
        self.note(Standing::Pending);
        let work = async move { self.run(manner).await.map_or((), drop) };
        vendor.tasks.stand("simulated generation", work);
        answer
    }

    /// Delivers the result before it answers.
    async fn overtake(self, mut manner: Manner) -> Result<Answer, Refusal> {
        let answer = Answer::json(&json!({"generation_id": self.id}));
        if let Some(parcel) = self.parcel(manner.address.take(), manner.twist) {
            self.vendor.postman.deliver(parcel);
        }
        self.run(manner).await?;
        Ok(answer)
    }

    /// Returns the result as it is delivered, if somebody wants it.
    fn parcel(&self, address: Option<String>, twist: Option<Twist>) -> Option<Parcel> {
        let address = address.filter(|_| self.delivery == Delivery::Later)?;
        let data = shapes::data(&self.order, &self.vendor.links);
        let body = json!({"generation_id": self.id, "created": self.created, "data": data});
        let (generation, body) = (self.id.clone(), body.to_string().into());
        Some(Parcel { generation, address, body, twist })
    }

    /// Starts the work and waits for it.
    async fn finish(self, vendor: &Vendor, manner: Manner) -> Result<Answer, Refusal> {
        let (done, result) = oneshot::channel();
        vendor.tasks.stand("simulated work", async move {
            done.send(self.run(manner).await).ok();
        });
        result.await.unwrap_or(Err(Refusal::Failed))
    }

    async fn run(self, manner: Manner) -> Result<Answer, Refusal> {
        let time = self.order.takes + manner.longer;
        if !time.is_zero() {
            tokio::time::sleep(time).await;
        }
        if let Some(mut held) = manner.held {
            // An end of the sender is a release as well.
            held.changed().await.ok();
        }
        if manner.fails {
            self.note(Standing::Failed);
            return Err(Refusal::Failed);
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
    async fn deliver(self) -> Result<Answer, Refusal> {
        let cost = self.order.price.total();
        let data = shapes::data(&self.order, &self.vendor.links);
        self.note(Standing::Completed { data, cost });
        self.occupied.bill(self.order.price.quantity);
        let (order, links) = (self.order, &self.vendor.links);
        match (order.shape, order.response_type.as_deref()) {
            (Shape::Design, Some("html")) => {
                Ok(Answer::of("text/html; charset=utf-8", shapes::page(&order).into()))
            }
            (Shape::Design, Some("binary")) => {
                let painted = self.vendor.tasks.block(move || png(&Recipe::of(&order, 0))).await;
                let picture = painted.ok().flatten().ok_or(Refusal::Failed)?;
                Ok(Answer::of("image/png", picture.into()))
            }
            _ => Ok(Answer::json(&shapes::finished(&order, links, &self.id, &self.created))),
        }
    }

    /// Writes down how it stands, where it can be asked for.
    fn note(&self, standing: Standing) {
        if self.delivery == Delivery::Now && self.order.shape != Shape::V2 {
            return;
        }
        let generation = Generation { created: self.created.clone(), standing };
        self.vendor.generations.put(&self.id, generation);
    }
}
