//! Who is told, and what stands behind the network there.

use super::build_inputs::BuildInputs;
use crate::{
    config::{Secrets, Settings},
    domain::error_chain,
    notify::{Notifier, NotifyOptions, NotifyTarget, Post, PostError, PostHeaders, follow_records},
    upstream::SidePost,
};
use anyhow::Context;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::Uri;
use std::sync::Arc;

/// Builds what tells somebody.
///
/// It is an error if what was told before cannot be read.
pub(super) fn build(ground: &BuildInputs<'_>) -> anyhow::Result<Notifier> {
    let post = SidePost::new().context("notifications cannot be posted")?;
    let target = target(&ground.settings, ground.secrets);
    if let Some(target) = &target {
        tracing::info!(
            host = target.url.host().unwrap_or_default(),
            "somebody is told what needs them"
        );
    }
    let notifier = Notifier::start(NotifyOptions {
        target,
        post: Arc::new(Posting(post)),
        journal: ground.store.journal(),
        reader: ground.store.reader(),
        clock: Arc::clone(&ground.clock),
        metrics: Arc::clone(&ground.metrics),
        tasks: ground.tasks.clone(),
    })
    .context("what was told before cannot be read")?;
    let (journal, reader) = (ground.store.journal(), ground.store.reader());
    follow_records(&notifier, &journal, reader, &ground.tasks);
    Ok(notifier)
}

/// Returns who is told, as settings and secrets say.
pub(super) fn target(settings: &Settings, secrets: &Secrets) -> Option<NotifyTarget> {
    let url = settings.notify.url.as_ref()?.as_uri().clone();
    Some(NotifyTarget { url, secrets: secrets.notify().to_vec() })
}

/// Posts by a client that holds no key of Ideogram's.
#[derive(Debug)]
struct Posting(SidePost);

impl Post for Posting {
    /// Posts once; redirects are not followed.
    fn post(
        &self,
        target: &Uri,
        headers: PostHeaders,
        body: Bytes,
    ) -> BoxFuture<'static, Result<u16, PostError>> {
        let (client, target) = (self.0.clone(), target.clone());
        Box::pin(async move {
            let sent = client.post(&target, headers, body).await;
            // The chain of causes names no address: the client takes it out.
            sent.map(|status| status.as_u16())
                .map_err(|error| PostError(error_chain(&error).into()))
        })
    }
}
