//! Waiting for the signal.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::stop::StopSignal;

/// Resolves once the stop signal has been given. See [`StopSignal::stopped`].
///
/// # Cancel safety
///
/// Dropping it loses nothing: the signal stays given.
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct Stopped {
    signal: StopSignal,
}

impl Stopped {
    pub(super) const fn new(signal: StopSignal) -> Self {
        Self { signal }
    }
}

impl Future for Stopped {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.signal.poll_stopped(context)
    }
}
