//! A line that is being made.

use std::sync::Arc;
use std::time::Instant;

use http::header::{REFERER, USER_AGENT};
use http::{Method, Request, StatusCode, Version};

use crate::access_log::access_entry::AccessEntry;
use crate::facts::RequestFacts;

pub(super) type Format = Arc<dyn Fn(&AccessEntry) -> String + Send + Sync>;

/// Written when it is dropped: when the answer is over, or the request given up.
pub(crate) struct LogLine {
    entry: AccessEntry,
    began: Instant,
    format: Option<Format>,
}

impl LogLine {
    /// Begins the line of a request. `None` if nobody wants to read it.
    pub(crate) fn begin<B>(request: &Request<B>, facts: Option<&RequestFacts>) -> Option<Box<Self>> {
        if !tracing::enabled!(target: "greenroom::access", tracing::Level::INFO) {
            return None;
        }
        let mut line = Self::of(request.method(), request.uri().to_string(), request.version(), facts);
        line.entry.referer = request.headers().get(REFERER).cloned();
        line.entry.user_agent = request.headers().get(USER_AGENT).cloned();
        Some(Box::new(line))
    }

    /// Writes the line of what was no request.
    pub(crate) fn of_refusal(facts: &RequestFacts, status: StatusCode, bytes: usize) {
        if tracing::enabled!(target: "greenroom::access", tracing::Level::INFO) {
            let mut line = Self::of(&Method::GET, String::new(), Version::HTTP_11, Some(facts));
            line.entry.method.clear();
            line.answered(status);
            line.sent(bytes);
        }
    }

    fn of(method: &Method, target: String, version: Version, facts: Option<&RequestFacts>) -> Self {
        let client = facts.and_then(|facts| facts.peer_addr().ip());
        let client = client.map_or_else(|| "-".to_owned(), |ip| ip.to_string());
        let mut entry = AccessEntry::new(client, method, target, version);
        entry.id = facts.map(RequestFacts::id);
        Self { entry, began: Instant::now(), format: None }
    }

    pub(super) fn formatted(mut self: Box<Self>, format: Option<&Format>) -> Box<Self> {
        self.format = format.cloned();
        self
    }

    pub(crate) const fn answered(&mut self, status: StatusCode) {
        self.entry.status = Some(status);
    }

    pub(crate) const fn sent(&mut self, bytes: usize) {
        self.entry.bytes += bytes as u64;
    }
}

impl Drop for LogLine {
    fn drop(&mut self) {
        self.entry.took = self.began.elapsed();
        let line = match &self.format {
            Some(format) => format(&self.entry),
            None => self.entry.to_string(),
        };
        match self.entry.id {
            Some(id) => tracing::info!(target: "greenroom::access", %id, "{line}"),
            None => tracing::info!(target: "greenroom::access", "{line}"),
        }
    }
}
