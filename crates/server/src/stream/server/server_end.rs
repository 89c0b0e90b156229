//! Waiting for a server's end.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::stop::StopSignal;
use crate::stream::server::grip::Grip;
use crate::stream::server::report::StopReport;

/// Resolves when a server is over, with the report. From [`ServerHandle::stop`](crate::ServerHandle::stop) and [`ServerHandle::wait`](crate::ServerHandle::wait).
///
/// It holds a handle, so a server that is only waited for keeps running.
///
/// Awaited in a handler of the same server it can never resolve, because the server's end includes the handler's. The
/// server does not wait for such a handler: when only these are left, it kills them at once, whatever is
/// left of the grace.
///
/// # Cancel safety
///
/// Dropping it neither stops the server nor takes a stop back.
#[must_use = "futures do nothing unless awaited"]
pub struct ServerEnd {
    grip: Arc<Grip>,
    over: StopSignal,
    polled: bool,
    in_handler: bool,
}

impl ServerEnd {
    pub(super) fn new(grip: Arc<Grip>) -> Self {
        let over = grip.course.over.signal();
        Self { grip, over, polled: false, in_handler: false }
    }
}

impl Future for ServerEnd {
    type Output = StopReport;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<StopReport> {
        if self.over.poll_stopped(context).is_pending() {
            if !std::mem::replace(&mut self.polled, true) {
                self.in_handler = self.grip.course.connections.current_awaits_the_end(true).is_some();
            }
            return Poll::Pending;
        }
        Poll::Ready(self.grip.course.report.get().cloned().unwrap_or_default())
    }
}

impl Drop for ServerEnd {
    fn drop(&mut self) {
        if self.in_handler {
            self.grip.course.connections.current_awaits_the_end(false);
        }
    }
}

impl fmt::Debug for ServerEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerEnd").field("over", &self.over.is_stopped()).finish_non_exhaustive()
    }
}
