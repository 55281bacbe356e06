//! An upstream of ours, ready to send to a fake one.

use super::super::{
    Credential, KeyVersion, Reuse, SendOutcome, Upstream, UpstreamAnswer, UpstreamOptions,
    UpstreamRequest, connection::UpstreamConnection,
};
use crate::{
    domain::CallId,
    spool::{Spool, SpoolBudget, SpoolLimits, SpoolWriter},
    store::SendWarrant,
    tasks::Tasks,
};
use bytes::Bytes;
use http::{HeaderValue, Method};
use rustls::pki_types::CertificateDer;
use secrecy::SecretString;
use std::{sync::Arc, time::Duration};

/// A key with characters that escaping changes.
pub(super) const KEY: &str = "idk_Test-0123/4567+89ab?cdef\"wx\\yz";

pub(super) struct House {
    pub(super) upstream: Upstream,
    pub(super) key: Arc<KeyVersion>,
    budget: Arc<SpoolBudget>,
    _dir: tempfile::TempDir,
}

pub(super) const MAX_ANSWER: u64 = 32 * 1024 * 1024;

impl House {
    pub(super) fn new(url: &str) -> Self {
        Self::build("ideogram", url, Vec::new())
    }

    pub(super) fn new_for(account: &str, url: &str) -> Self {
        Self::build(account, url, Vec::new())
    }

    pub(super) fn trusting(url: &str, root: CertificateDer<'static>) -> Self {
        Self::build("ideogram", url, vec![root])
    }

    fn build(account: &str, url: &str, extra_roots: Vec<CertificateDer<'static>>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let room = 256 * 1024 * 1024;
        let limits = SpoolLimits { memory: room, disk: room, per_token: room, min_free: 0 };
        let budget = SpoolBudget::new(limits, dir.path()).unwrap();
        let upstream = Upstream::new(UpstreamOptions {
            account: account.parse().unwrap(),
            base_url: url.parse().unwrap(),
            timeout: Duration::from_mins(1),
            max_answer: MAX_ANSWER,
            idle: UpstreamOptions::IDLE,
            extra_roots,
            budget: Arc::clone(&budget),
            tasks: Tasks::default(),
        })
        .unwrap();
        let key = upstream.key(Credential::new(SecretString::from(KEY)).unwrap());
        Self { upstream, key, budget, _dir: dir }
    }

    pub(super) async fn send(&self, request: UpstreamRequest) -> SendOutcome {
        self.upstream.send(warrant(), &self.key, request).await
    }

    /// Takes the connection that the next call would use.
    pub(super) fn take_idle(&self) -> Option<UpstreamConnection> {
        self.key.pool.take()
    }

    pub(super) async fn spool(&self, bytes: impl Into<Bytes>) -> Spool {
        let mut writer = SpoolWriter::new(&self.budget, None, u64::MAX);
        writer.write(bytes.into()).await.unwrap();
        writer.finish().await.unwrap()
    }
}

pub(super) fn warrant() -> SendWarrant {
    SendWarrant::for_test(CallId::from_stored("call_test"))
}

/// Returns a small billable call.
pub(super) fn generate() -> UpstreamRequest {
    UpstreamRequest { reuse: Reuse::Never, ..shared() }
}

/// Returns the same as something that costs nothing, and so may share a connection.
pub(super) fn shared() -> UpstreamRequest {
    UpstreamRequest {
        reuse: Reuse::Allowed,
        method: Method::POST,
        path_and_query: "/v1/ideogram-v3/generate".into(),
        content_type: Some(HeaderValue::from_static("application/json")),
        accept: None,
        accept_language: None,
        body: Some(Spool::from_bytes(Bytes::from_static(br#"{"prompt":"a cat"}"#))),
    }
}

pub(super) fn content(answer: &UpstreamAnswer) -> Bytes {
    answer.body.bytes(u64::MAX).unwrap().unwrap()
}

/// Returns the answer of a call that was answered.
pub(super) fn answered(sent: SendOutcome) -> UpstreamAnswer {
    match sent {
        SendOutcome::Answered(answer) => answer,
        other => panic!("not answered: {other:?}"),
    }
}
