//! Waiting for a server's end.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use greenroom_core::TaskId;

use crate::drain::grip::Grip;
use crate::drain::report::StopReport;
use crate::stop::StopSignal;

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
    /// Who polls it, which may be a guest.
    waiting: Option<TaskId>,
}

impl Grip {
    /// Stops the server with its own grace.
    pub(crate) fn stop(self: &Arc<Self>) -> ServerEnd {
        self.stop_within(self.course().graces.grace)
    }

    pub(crate) fn stop_within(self: &Arc<Self>, grace: Duration) -> ServerEnd {
        self.course().order(grace);
        self.wait()
    }

    pub(crate) fn wait(self: &Arc<Self>) -> ServerEnd {
        let over = self.course().over.signal();
        ServerEnd { grip: Arc::clone(self), over, polled: false, waiting: None }
    }

    /// Waits for `until`, then stops the server, or for its end, if that comes first.
    pub(crate) async fn stop_when<F: Future>(self: Arc<Self>, until: F) -> StopReport {
        tokio::select! {
            biased;
            report = self.wait() => return report,
            _ = until => {}
        }
        self.stop().await
    }
}

impl Future for ServerEnd {
    type Output = StopReport;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<StopReport> {
        if self.over.poll_stopped(context).is_pending() {
            if !std::mem::replace(&mut self.polled, true)
                && let Some(current) = greenroom_core::current()
            {
                self.waiting = Some(current.id());
                self.grip.course().guests.waits(current.id());
            }
            return Poll::Pending;
        }
        Poll::Ready(self.grip.course().report.get().cloned().unwrap_or_default())
    }
}

impl Drop for ServerEnd {
    fn drop(&mut self) {
        if let Some(task) = self.waiting.take() {
            self.grip.course().guests.waits_no_longer(task);
        }
    }
}

impl fmt::Debug for ServerEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerEnd").field("over", &self.over.is_stopped()).finish_non_exhaustive()
    }
}
