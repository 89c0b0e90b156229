//! A handler at work, and how that is counted.

use crate::address::SockAddr;
use crate::datagram::stats::Counters;
use crate::handler_output::HandlerOutput;
use crate::log::Escaped;

/// A handler at work. Dropped in the middle, it panicked (its task logs that), or was killed.
pub(crate) struct Performance<'a> {
    counters: &'a Counters,
    over: bool,
}

impl<'a> Performance<'a> {
    pub(crate) const fn new(counters: &'a Counters) -> Self {
        Self { counters, over: false }
    }

    /// It has returned.
    pub(crate) fn end(mut self, peer: &SockAddr, output: impl HandlerOutput) {
        self.over = true;
        if let Some(error) = output.failure() {
            Counters::count(&self.counters.failed);
            tracing::warn!(%peer, error = %Escaped(&error), "handler failed");
        }
    }
}

impl Drop for Performance<'_> {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        let panicked = std::thread::panicking();
        Counters::count(if panicked { &self.counters.panicked } else { &self.counters.killed });
    }
}
