//! Delivers, and tries again a few times.
//!
//! As at Ideogram, no delivery is promised: after three tries it is given up.

use super::{Delivers, SignedAs, Twist, USER, WebhookSigner, send};
use crate::{domain::Clock, simulator::seen::ArrivalLog, tasks::Tasks};
use bytes::Bytes;
use std::{sync::Arc, time::Duration};
use tokio::time::sleep;

/// How often a delivery is tried.
const TRIES: u32 = 3;

/// The pause before the second try at the vendor's own pace; each further one is twice as long.
const PAUSE: Duration = Duration::from_secs(2);

/// The shortest pause, at whatever pace.
const SHORTEST: Duration = Duration::from_millis(50);

/// What is delivered where.
///
/// The body is the same in every try; the signature is made anew, with the time of the try.
#[derive(Debug)]
pub struct Parcel {
    /// The generation.
    pub generation: String,
    /// The address.
    pub address: String,
    /// The body.
    pub body: Bytes,
    /// How it goes, other than usual.
    pub twist: Option<Twist>,
}

/// Delivers webhooks.
///
/// Each delivery runs on its own and delays nobody.
#[derive(Debug)]
pub struct Postman {
    /// Where to.
    pub delivers: Delivers,
    /// Signs them.
    pub signer: WebhookSigner,
    /// How long pauses are.
    pub pace: f64,
    /// Writes them down.
    pub log: Arc<ArrivalLog>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Runs deliveries.
    pub tasks: Tasks,
}

impl Postman {
    /// Delivers a parcel, unless nothing is sent there.
    ///
    /// Returns at once.
    pub fn deliver(self: &Arc<Self>, parcel: Parcel) {
        if parcel.twist == Some(Twist::Never) || !self.delivers.reaches(&parcel.address) {
            return;
        }
        let own = Arc::clone(self);
        self.tasks.spawn_background("simulated webhook", async move { own.run(&parcel).await });
    }

    /// Tries until one is accepted; the pauses grow.
    async fn run(&self, parcel: &Parcel) {
        if let Some(Twist::Late { by_ms }) = parcel.twist {
            sleep(Duration::from_millis(by_ms)).await;
        }
        let mut pause = PAUSE.mul_f64(self.pace).max(SHORTEST);
        for attempt in 1..=TRIES {
            let is_accepted = self.attempt(parcel, attempt).await;
            if is_accepted && parcel.twist == Some(Twist::Twice) {
                self.attempt(parcel, attempt + 1).await;
            }
            if is_accepted {
                return;
            }
            sleep(pause).await;
            pause *= 2;
        }
    }

    /// Tries once, signed anew; says whether it was accepted.
    async fn attempt(&self, parcel: &Parcel, attempt: u32) -> bool {
        let number = self.log.sends(&parcel.generation, &parcel.address, attempt);
        let headers = self.headers(parcel);
        let status = send::post(&self.tasks, &parcel.address, headers, parcel.body.clone()).await;
        self.log.sent(number, status);
        status.is_some_and(|status| (200..300).contains(&status))
    }

    /// Returns the headers of one try, signed as the twist says.
    fn headers(&self, parcel: &Parcel) -> Vec<(&'static str, String)> {
        let is_other = parcel.twist == Some(Twist::OtherUser);
        let user = if is_other { "another-user" } else { USER };
        let at = self.clock.now().as_micros().div_euclid(1_000_000);
        let signed = SignedAs { generation: &parcel.generation, user, at };
        // Signed properly, but for another body: only who checks the digest finds out.
        let wrong = parcel.twist == Some(Twist::WrongSignature);
        let body = if wrong { b"something else" } else { &parcel.body[..] };
        self.signer.headers(signed, body)
    }
}
