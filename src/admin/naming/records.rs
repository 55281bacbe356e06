//! What the record alone knows: requests, calls, and everything that is gone.

use crate::{
    admin::{problem::Problem, state::AdminState},
    domain::{CallId, RequestId},
    store::{Mention, Reader, StoreError},
};

impl AdminState {
    /// Returns the id of a request that is on record.
    pub(in crate::admin) async fn request_on_record(
        &self,
        text: Option<&str>,
    ) -> Result<Option<RequestId>, Problem> {
        let Some(text) = text else { return Ok(None) };
        let (id, asked) = (RequestId::from_stored(text), RequestId::from_stored(text));
        let found = self.on_record(move |reader| reader.mentions(Mention::Request(&asked))).await?;
        if found { Ok(Some(id)) } else { Err(Problem::not_on_record("request", "req_", text)) }
    }

    /// Returns the id of a call that is on record.
    pub(in crate::admin) async fn call_on_record(
        &self,
        text: Option<&str>,
    ) -> Result<Option<CallId>, Problem> {
        let Some(text) = text else { return Ok(None) };
        let (id, asked) = (CallId::from_stored(text), CallId::from_stored(text));
        let found = self.on_record(move |reader| reader.mentions(Mention::Call(&asked))).await?;
        if found { Ok(Some(id)) } else { Err(Problem::not_on_record("call", "call_", text)) }
    }

    /// Reads the record where blocking is allowed.
    pub(super) async fn on_record<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        let reader = self.reader.clone();
        let read = self.tasks.block(move || read(&reader)).await;
        let read = read.map_err(|_| Problem::stopping())?;
        read.map_err(|cause| Problem::store_unavailable(&cause))
    }
}
