//! What the record alone knows: requests, calls, and everything that is gone.

use crate::{
    admin::{problem::Problem, state::AdminState},
    audit::counted_in,
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
        let look = move |reader: &Reader| {
            let found = reader.mentions(Mention::Request(&asked))?;
            Ok(found || !counted_in(reader, &asked, None)?.is_empty())
        };
        if self.on_record(look).await? {
            return Ok(Some(id));
        }
        let unknown = || Problem::not_on_record("request", "req_", text);
        Err(self.still_counted(text).unwrap_or_else(unknown))
    }

    /// Says that a request may be among those that are counted in a minute that is not over.
    pub(in crate::admin) fn still_counted(&self, id: &str) -> Option<Problem> {
        let counting = self.refusals.may_be_counting(&RequestId::from_stored(id));
        let (code, count) = counting.into_iter().max_by_key(|(_, count)| *count)?;
        let detail = format!(
            "nothing is on record under {id} yet; it may be one of {count} refusals with {code} that are only \
             counted, and whose summary is written when their minute is over: ask again then"
        );
        Some(Problem::conflict("still_counted", detail))
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
        let read = self.tasks.run_blocking(move || read(&reader)).await;
        let read = read.map_err(|_| Problem::stopping())?;
        read.map_err(|cause| Problem::store_unavailable(&cause))
    }
}
