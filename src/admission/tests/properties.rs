//! Whatever happens in whatever order, the books balance and nobody waits in vain.

use super::world::{Ask, World};
use crate::{
    admission::{AdmissionError, environment::Environment},
    domain::TokenId,
};
use proptest::prelude::*;
use std::time::Duration;

/// Something that happens at the gate; numbers pick one of those there are.
#[derive(Debug, Clone)]
enum Step {
    Enter(Ask),
    Release(usize),
    Leave(usize),
    Refuse(usize),
    Hold(usize),
    ReleaseHeld(usize),
    Restore(Ask),
    Share(Ask),
    Pass(u64),
    Reconfigure(u32, Vec<(u32, u32)>),
}

fn asks() -> impl Strategy<Value = Ask> {
    let share = prop_oneof![3 => Just(None), 1 => (1..=6_u32).prop_map(Some)];
    let places = prop_oneof![6 => Just(1), 1 => Just(0), 5 => 1..=11_u32];
    (0..3_usize, 0..3_usize, places, share).prop_map(|(environment, token, places, share)| Ask {
        environment,
        token,
        places,
        share,
    })
}

fn steps() -> impl Strategy<Value = Step> {
    let pick = || any::<usize>();
    prop_oneof![
        12 => asks().prop_map(Step::Enter),
        9 => pick().prop_map(Step::Release),
        2 => pick().prop_map(Step::Leave),
        2 => pick().prop_map(Step::Refuse),
        1 => pick().prop_map(Step::Hold),
        1 => pick().prop_map(Step::ReleaseHeld),
        1 => asks().prop_map(Step::Restore),
        1 => (1..=12_u32, prop::collection::vec((1..=9_u32, 0..=4_u32), 1..=3))
            .prop_map(|(cap, environments)| Step::Reconfigure(cap, environments)),
        2 => asks().prop_map(Step::Share),
        3 => prop_oneof![Just(250), Just(1_000), Just(400_000)].prop_map(Step::Pass),
    ]
}

fn nth(pick: usize, of: usize) -> Option<usize> {
    (of > 0).then(|| pick % of)
}

impl World {
    fn step(&mut self, step: &Step) {
        match *step {
            Step::Enter(ask) => self.enter_and_judge(ask),
            Step::Restore(ask) => self.restore(ask),
            Step::Reconfigure(cap, ref environments) => self.reconfigure(cap, environments),
            Step::Share(ask) => self.set_share(self.bearable(ask)),
            Step::Pass(millis) => self.pass(Duration::from_millis(millis)),
            Step::Release(pick) => self.on(nth(pick, self.admitted.len()), Self::release),
            Step::Refuse(pick) => self.on(nth(pick, self.admitted.len()), Self::requeue),
            Step::Hold(pick) => self.on(nth(pick, self.admitted.len()), Self::hold),
            Step::Leave(pick) => self.on(nth(pick, self.waiting.len()), Self::leave),
            Step::ReleaseHeld(pick) => self.on(nth(pick, self.held.len()), Self::release_held),
        }
    }

    fn on(&mut self, nth: Option<usize>, act: impl FnOnce(&mut Self, usize)) {
        if let Some(nth) = nth {
            act(self, nth);
        }
    }

    /// Returns it with a share that lets each call of its token go that waits: others are sent away by whoever let
    /// them wait.
    fn bearable(&self, ask: Ask) -> Ask {
        let token = format!("tok_{}_{}", ask.environment, ask.token);
        let lane = self.gate.environments[ask.environment].known_lane(&TokenId::from_stored(token));
        let own =
            self.waiting.iter().chain(&self.admitted).filter(|ticket| {
                ticket.environment == ask.environment && Some(ticket.lane) == lane
            });
        let largest = own.map(|ticket| ticket.places).max().unwrap_or(0);
        Ask { share: ask.share.map(|share| share.max(largest)), ..ask }
    }

    fn enter_and_judge(&mut self, ask: Ask) {
        let ask = self.bearable(ask);
        let waiting = self.waiting.len();
        let most = ask.share.unwrap_or(u32::MAX).min(self.gate.effective_cap.configured());
        match self.enter(ask) {
            Ok(_) => assert!(ask.places <= most),
            Err(AdmissionError::NeverFits { cap }) => {
                assert_eq!(cap, most);
                assert!(ask.places > cap);
            }
            Err(AdmissionError::QueueFull { .. }) => assert!(waiting >= CAPACITY),
            Err(AdmissionError::Futile { .. }) => assert!(waiting > 0, "nobody is ahead of it"),
            Err(other) => panic!("{other}"),
        }
    }

    /// Ends everything that was begun; everybody who waits must get in on the way.
    fn wind_up(&mut self) {
        while !self.held.is_empty() {
            self.release_held(0);
        }
        for _ in 0..2_000 {
            if !self.admitted.is_empty() {
                self.release(0);
            } else if !self.waiting.is_empty() {
                self.pass(Duration::from_secs(1));
            }
        }
        assert!(self.waiting.is_empty(), "{:?} wait for ever", self.waiting);
        assert_eq!(self.gate.in_use, 0);
        self.pass(Duration::from_secs(20));
        assert_eq!(self.gate.effective_cap.current(), self.gate.effective_cap.configured());
        let mut remembered = self.gate.environments.iter().map(Environment::remembered);
        assert!(remembered.all(|left| left == (0, 0)), "tokens are not forgotten");
    }
}

const CAPACITY: usize = 20;

proptest! {
    #[test]
    fn the_books_balance_and_nobody_waits_in_vain(
        reserved in prop_oneof![Just([0, 0, 0]), Just([2, 0, 1]), Just([5, 5, 0]), Just([9, 9, 9])],
        steps in prop::collection::vec(steps(), 1..150),
    ) {
        let environments = [(1, reserved[0]), (1, reserved[1]), (4, reserved[2])];
        let mut world = World::new(10, &environments, CAPACITY);
        for step in &steps {
            world.step(step);
        }
        world.wind_up();
    }
}
