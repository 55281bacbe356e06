//! Whatever happens to bodies, the budget is kept, and everything comes back.

use super::{Spool, SpoolBudget, SpoolLimits, SpoolWriter};
use crate::domain::TokenId;
use bytes::Bytes;
use proptest::prelude::*;
use std::sync::Arc;

const LIMITS: SpoolLimits =
    SpoolLimits { memory: 3 << 20, disk: 6 << 20, per_token: 5 << 20, min_free: 0 };

#[derive(Debug, Clone)]
enum Step {
    Begin { owner: Option<u8>, cap: u64 },
    Write { which: usize, len: usize },
    Finish { which: usize },
    Abandon { which: usize },
    Share { which: usize },
    LetGo { which: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let which = 0..8usize;
    prop_oneof![
        2 => (proptest::option::of(0..3u8), 0..4_000_000u64)
            .prop_map(|(owner, cap)| Step::Begin { owner, cap }),
        6 => (which.clone(), prop_oneof![0..2000usize, 0..700_000usize])
            .prop_map(|(which, len)| Step::Write { which, len }),
        2 => which.clone().prop_map(|which| Step::Finish { which }),
        1 => which.clone().prop_map(|which| Step::Abandon { which }),
        1 => which.clone().prop_map(|which| Step::Share { which }),
        1 => which.prop_map(|which| Step::LetGo { which }),
    ]
}

#[derive(Default)]
struct World {
    writers: Vec<(SpoolWriter, Option<TokenId>, u64)>,
    spools: Vec<(Spool, Option<TokenId>)>,
}

impl World {
    async fn take(&mut self, step: Step, budget: &Arc<SpoolBudget>) {
        match step {
            Step::Begin { owner, cap } => {
                let owner = owner.map(|owner| TokenId::from_stored(format!("tok_{owner}")));
                self.writers.push((SpoolWriter::new(budget, owner.clone(), cap), owner, 0));
            }
            Step::Write { which, len } if which < self.writers.len() => {
                let written = self.writers[which].0.write(Bytes::from(vec![7; len])).await;
                match written {
                    Ok(()) => self.writers[which].2 += len as u64,
                    Err(_) => drop(self.writers.swap_remove(which)),
                }
            }
            Step::Finish { which } if which < self.writers.len() => {
                let (writer, owner, len) = self.writers.swap_remove(which);
                let spool = writer.finish().await.unwrap();
                assert_eq!(spool.len(), len);
                self.spools.push((spool, owner));
            }
            Step::Abandon { which } if which < self.writers.len() => {
                self.writers.swap_remove(which);
            }
            Step::Share { which } if which < self.spools.len() => {
                let shared = self.spools[which].clone();
                self.spools.push(shared);
            }
            Step::LetGo { which } if which < self.spools.len() => {
                self.spools.swap_remove(which);
            }
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_budget_is_kept_and_everything_comes_back(steps in prop::collection::vec(step(), 1..60)) {
        let dir = tempfile::tempdir().unwrap();
        let budget = SpoolBudget::new(LIMITS, dir.path()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut world = World::default();
            for step in steps {
                world.take(step, &budget).await;
                let (memory, disk) = budget.in_use();
                let written: u64 = world.writers.iter().map(|(.., len)| len).sum();
                assert!(memory <= LIMITS.memory && disk <= LIMITS.disk);
                assert!(memory + disk >= written);
                for owner in 0..3 {
                    let owner = TokenId::from_stored(format!("tok_{owner}"));
                    assert!(budget.in_use_by(&owner) <= LIMITS.per_token);
                }
            }
            drop(world);
            assert_eq!(budget.in_use(), (0, 0));
            for owner in 0..3 {
                assert_eq!(budget.in_use_by(&TokenId::from_stored(format!("tok_{owner}"))), 0);
            }
        });
    }
}
