//! A generation ends once, and an account keeps its vendor user.

use super::fixtures::*;
use crate::{
    domain::{
        Bundle, Delivery, DeliveryDigest, Effect, GenerationId, GenerationState, Outcome,
        VendorUser,
    },
    store::{JournalError, Store},
};

/// Returns a store with a pending generation.
async fn pending(dir: &std::path::Path) -> Store {
    let store = open(dir);
    let (journal, call) = (store.journal(), call("prod"));
    drop(journal.commit_intent(intent(&call), call.clone(), None, None).await.unwrap());
    let generation = generation("g-1", &call);
    let bundle = outcome(&call, Outcome::Success);
    journal.commit(bundle.with(Effect::SaveGeneration(Box::new(generation)))).await.unwrap();
    store
}

fn delivered(digest: u8) -> Bundle {
    let generation = GenerationId::new("g-1");
    let delivery = Delivery {
        generation: generation.clone(),
        digest: DeliveryDigest::from_bytes([digest; 32]),
        received_at: NOON,
    };
    Bundle::record(refusal("stands for the end"))
        .with(Effect::FinishGeneration(generation, GenerationState::Completed))
        .with(Effect::KeepDelivery(Box::new(delivery)))
}

fn pin(user: &str) -> Bundle {
    let user = VendorUser { account: "ideogram".parse().unwrap(), user: user.into(), since: NOON };
    Bundle::default().with(Effect::PinVendorUser(Box::new(user)))
}

#[tokio::test]
async fn a_second_delivery_for_a_generation_contradicts_and_leaves_no_trace() {
    let dir = tempfile::tempdir().unwrap();
    let store = pending(dir.path()).await;
    store.journal().commit(delivered(1)).await.unwrap();
    for digest in [1, 2] {
        let again = store.journal().commit(delivered(digest)).await;
        assert!(matches!(again, Err(JournalError::Rejected(_))), "{again:?}");
    }
    let kinds = assert_chain(&store.reader());
    assert_eq!(kinds.iter().filter(|kind| *kind == "refusal").count(), 1);
    store.close().await;
    let reader = open(dir.path()).reader();
    let kept = reader.delivery(&GenerationId::new("g-1")).unwrap();
    assert_eq!(kept, Some(DeliveryDigest::from_bytes([1; 32])));
    assert_eq!(reader.delivery(&GenerationId::new("g-2")).unwrap(), None);
}

#[tokio::test]
async fn an_account_keeps_the_first_user_and_takes_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    for user in ["first", "first"] {
        store.journal().commit(pin(user)).await.unwrap();
    }
    assert!(matches!(store.journal().commit(pin("second")).await, Err(JournalError::Rejected(_))));
    let kept = store.reader().vendor_users().unwrap();
    assert_eq!((kept.len(), &*kept[0].user), (1, "first"));
}
