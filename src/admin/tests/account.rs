//! The account of a control plane that is asked; nothing is sent to it.

use crate::{
    accounts::{AccountLink, Accounts, Breaker, KeySlot, ServingKey},
    config::{KeySource, MissingKey, Settings},
    domain::{AccountName, Clock, EnvironmentName, SteeredClock, Timestamp},
    keys::{Keys, KeysOptions, ManagedSlot, TagKey},
    spool::SpoolBudget,
    store::Store,
    tasks::Tasks,
    upstream::{Credential, Upstream, UpstreamOptions},
};
use arc_swap::ArcSwap;
use std::{path::Path, sync::Arc};

/// The environments that have a key, and all the same one, though each has it from a source of its own.
const WITH_KEY: [&str; 2] = ["prod", "staging"];

/// Returns Ideogram's account, where `dev` alone has no key, and what exchanges its keys.
pub(super) fn with_keys(
    store: &Store,
    settings: &Settings,
    spool: &Arc<SpoolBudget>,
    dir: &Path,
) -> (Accounts, Keys) {
    let clock: Arc<dyn Clock> = Arc::new(SteeredClock::at(Timestamp::from_micros(0)));
    let (name, tags) = ("ideogram".parse().unwrap(), TagKey::in_folder(dir).unwrap());
    let link = Arc::new(link(&name, settings, spool, (&tags, &clock)));
    let accounts = Accounts::new([(name.clone(), Arc::clone(&link))].into());
    let how = "set IDEOGRAM_API_KEY_DEV".into();
    let keys = Keys::new(KeysOptions {
        kept: WITH_KEY.map(|environment| kept(&name, &link, environment)).into(),
        missing: vec![MissingKey { environment: "dev".parse().unwrap(), how }],
        tags: Arc::new(tags),
        settings: settings.keys.clone(),
        journal: store.journal(),
        reader: store.reader(),
        clock,
        tasks: Tasks::default(),
    });
    (accounts, keys)
}

fn link(
    name: &AccountName,
    settings: &Settings,
    spool: &Arc<SpoolBudget>,
    (tags, clock): (&TagKey, &Arc<dyn Clock>),
) -> AccountLink {
    let account = &settings.accounts[name];
    let upstream = Upstream::new(UpstreamOptions {
        account: name.clone(),
        base_url: "http://127.0.0.1:1".parse().unwrap(),
        timeout: account.timeout,
        max_answer: settings.bodies.max_answer,
        idle: UpstreamOptions::IDLE,
        extra_roots: Vec::new(),
        budget: Arc::clone(spool),
        tasks: Tasks::default(),
    })
    .unwrap();
    let credential = Credential::new("a-key-that-is-none-abcd".to_owned().into()).unwrap();
    let tag = tags.tag(&credential);
    let key = ServingKey::new(upstream.key(credential), tag, Arc::clone(clock));
    let slot = |name: &str| (name.parse().unwrap(), Arc::new(KeySlot::new(Arc::clone(&key))));
    AccountLink {
        keys: ArcSwap::from_pointee(WITH_KEY.map(slot).into()),
        upstream,
        breaker: Breaker::new(Arc::clone(clock)),
        is_simulator: false,
        timeout: account.timeout,
        count: account.count,
        place_ttl: account.place_ttl,
        vendor_user: None,
    }
}

fn kept(name: &AccountName, link: &Arc<AccountLink>, environment: &str) -> ManagedSlot {
    let source = KeySource::Variable(format!("IDEOGRAM_API_KEY_{environment}").into());
    let environment: EnvironmentName = environment.parse().unwrap();
    let (slot, patience) = (link.slot(&environment).unwrap(), link.place_ttl);
    let link = (name.clone(), Arc::clone(link));
    ManagedSlot::new(link, vec![environment], slot, source, None, patience)
}
