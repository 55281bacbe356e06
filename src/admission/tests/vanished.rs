//! Callers who go at the very moment that they are let in.

use super::{clerk::seat, world::options};
use crate::admission::{account::Account, account_gate::AccountGate};
use tokio::{sync::oneshot, time::Instant};

#[test]
fn places_granted_to_many_who_are_gone_reach_the_one_who_is_there() {
    let now = Instant::now();
    let gate = AccountGate::new(options(1, &[(1, 0)]), 10_000, now);
    let account = Account::new("account".parse().expect("a name"), gate);
    let busy = account.enter(&seat("a", 1)).expect("room");
    for _ in 0..5_000 {
        // Nobody listens any more, but the gate does not know yet.
        let (reply, _) = oneshot::channel();
        account.gate().enter(&seat("a", 1), reply, now).0.expect("room to wait");
    }
    let (reply, mut answer) = oneshot::channel();
    account.gate().enter(&seat("a", 1), reply, now).0.expect("room to wait");
    drop(busy);
    let permit = answer.try_recv().expect("an answer").expect("a permit");
    assert_eq!(account.gate().in_use, 1);
    assert_eq!(account.gate().queued, 0);
    drop(permit);
    assert_eq!(account.gate().in_use, 0);
}
