//! A request, completely received, and what it asks for.
//!
//! Whatever is refused here has taken no place and is not billed.

use super::{
    auth::AcceptedKeys,
    form::{self, Flaw, FormError, FormValues},
    refusal::SimulatedRefusal,
    routes::{self, Deed, Family, Operation, Timing},
    webhooks::Delivers,
};
use bytes::Bytes;
use http::{HeaderMap, Method, Uri};

/// A request, completely received.
///
/// Headers are as hyper read them; the head itself, byte for byte, is kept elsewhere.
#[derive(Debug)]
pub struct Received {
    /// Its method.
    pub method: Method,
    /// Its path and query.
    pub uri: Uri,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body; none when it was larger than anything is taken.
    pub body: Option<Bytes>,
}

/// A request that was found good.
///
/// Its fields hold what they may.
#[derive(Debug)]
pub struct Understood {
    /// The operation it is for.
    pub operation: &'static Operation,
    /// Its fields.
    pub form: FormValues,
    /// Whether it asks for the price only.
    pub is_quote: bool,
}

impl Received {
    /// Returns the generation of the API that its path belongs to.
    pub fn family(&self) -> Family {
        if self.uri.path().starts_with("/v2/") { Family::V2 } else { Family::V1 }
    }

    /// Returns a parameter of the query; the last one counts.
    ///
    /// It is not decoded.
    pub fn parameter(&self, wanted: &str) -> Option<&str> {
        let pairs = self.uri.query().unwrap_or("").split('&');
        pairs.filter_map(|pair| pair.split_once('=')).rfind(|pair| pair.0 == wanted).map(|p| p.1)
    }

    /// Finds out what is asked for, and refuses what the vendor would refuse before any work.
    ///
    /// The path comes first, then the key, the body and its fields. So an unknown path tells nothing about a
    /// key, and a stranger nothing about a body.
    pub fn understand(
        &self,
        keys: &AcceptedKeys,
        delivers: &Delivers,
    ) -> Result<Understood, SimulatedRefusal> {
        let path = self.uri.path();
        if path.starts_with("/manage/") {
            // These take a session of the web page, and no key.
            return Err(SimulatedRefusal::Stranger(401));
        }
        // The path before the key: an unknown path is 404 to strangers, too.
        let operation =
            routes::find(self.method.as_str(), path).ok_or(SimulatedRefusal::NotFound)?;
        if operation.deed != Deed::Keys && !keys.admit(&self.headers) {
            return Err(SimulatedRefusal::Stranger(operation.stranger));
        }
        let body = self.body.as_deref().ok_or(SimulatedRefusal::TooLarge)?;
        let form = form::read(operation, &self.headers, body).map_err(reject_body)?;
        form::validate(operation, &form, delivers).map_err(|flaw| match flaw {
            Flaw::TooLarge(_) if operation.family == Family::V2 => SimulatedRefusal::TooLarge,
            flaw => SimulatedRefusal::Invalid(flaw.to_string()),
        })?;
        self.check_webhook(operation, &form, delivers)?;
        let is_quote = operation.quotes && self.quote()?;
        Ok(Understood { operation, form, is_quote })
    }

    /// Returns where the end of the work is to be delivered.
    ///
    /// It comes from the query where the operation asks for it there, and is decoded then; else from the
    /// body.
    pub fn webhook(&self, operation: &Operation, form: &FormValues) -> Option<String> {
        if operation.timing != Timing::LaterWithWebhook {
            return form.text("webhook_url");
        }
        let address = self.parameter("webhook_url")?;
        Some(percent_encoding::percent_decode_str(address).decode_utf8_lossy().into_owned())
    }

    /// Refuses an operation that answers by webhook alone without an address that could be delivered to.
    fn check_webhook(
        &self,
        operation: &Operation,
        form: &FormValues,
        delivers: &Delivers,
    ) -> Result<(), SimulatedRefusal> {
        if operation.timing != Timing::LaterWithWebhook {
            return Ok(());
        }
        let address = self.webhook(operation, form).unwrap_or_default();
        if delivers.takes(&address) {
            return Ok(());
        }
        Err(SimulatedRefusal::Invalid("webhook_url: a public https address is needed".to_owned()))
    }

    /// Says whether only the price is asked for; another word than true or false is refused.
    fn quote(&self) -> Result<bool, SimulatedRefusal> {
        match self.parameter("dry_run").map(str::to_ascii_lowercase).as_deref() {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(_) => {
                Err(SimulatedRefusal::Invalid("dry_run: true or false is needed".to_owned()))
            }
        }
    }
}

impl Understood {
    /// Returns how many places it takes.
    ///
    /// A quote takes none, and neither does what makes nothing.
    pub fn places(&self) -> u32 {
        let made = matches!(self.operation.deed, Deed::Make(..)) && !self.is_quote;
        if made { images(self.operation, &self.form) } else { 0 }
    }
}

/// Returns how many pictures are asked for; operations that do not take the field ignore it.
///
/// Without the field it is 1.
pub fn images(operation: &Operation, form: &FormValues) -> u32 {
    let count = form.integer("num_images").filter(|_| operation.takes_count());
    count.and_then(|count| u32::try_from(count).ok()).unwrap_or(1)
}

/// Returns the refusal of a body that cannot be read.
fn reject_body(problem: FormError) -> SimulatedRefusal {
    match problem {
        FormError::Kind => SimulatedRefusal::Kind,
        other => SimulatedRefusal::Invalid(other.to_string()),
    }
}
