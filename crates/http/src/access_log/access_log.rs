//! The layer.

use std::fmt;
use std::sync::Arc;

use tower_layer::Layer;

use crate::access_log::access_entry::AccessEntry;
use crate::access_log::access_log_service::AccessLogService;
use crate::access_log::log_line::Format;

/// A layer that writes a line for each request, when its answer is over: with `tracing`, at level INFO, to the target
/// `greenroom::access`.
///
/// A server does so by itself, for whatever comes, what it refuses included, unless
/// [`Http::access_log`](crate::Http::access_log) is off. This is for those who want the line elsewhere, for some routes only, or in
/// a format of their own. It fits every tower service of HTTP. Where nobody listens to that target, it costs next to nothing.
///
/// gevent: the `log` of `WSGIServer`.
///
/// # Examples
///
/// ```
/// use greenroom_http::{AccessLog, HttpFunction, Request, Response};
/// use tower_layer::Layer;
///
/// let log = AccessLog::new().format(|entry| format!("{} {} {:?}", entry.method, entry.target, entry.status));
/// let service = log.layer(HttpFunction::new(async |_: Request| Response::new("hello\n".into())));
/// # drop(service);
/// ```
#[derive(Clone, Default)]
#[doc(alias = "log")]
pub struct AccessLog {
    format: Option<Format>,
}

impl AccessLog {
    /// Lines in the combined format.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lines as `format` makes them. Default: as an [`AccessEntry`] is displayed.
    #[must_use]
    pub fn format(mut self, format: impl Fn(&AccessEntry) -> String + Send + Sync + 'static) -> Self {
        self.format = Some(Arc::new(format));
        self
    }
}

impl<S> Layer<S> for AccessLog {
    type Service = AccessLogService<S>;

    fn layer(&self, inner: S) -> AccessLogService<S> {
        AccessLogService::new(inner, self.format.clone())
    }
}

impl fmt::Debug for AccessLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessLog").finish_non_exhaustive()
    }
}
