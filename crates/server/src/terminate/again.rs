//! The second signal: whoever sends two is in a hurry.

use std::future::poll_fn;
use std::sync::OnceLock;

use crate::stop::{StopSignal, Stopper};
use crate::terminate::Signals;

/// Given when a signal comes after the first. It concerns the process, so there is one.
static AGAIN: OnceLock<Stopper> = OnceLock::new();

/// Stopped once the process has been asked to end a second time.
pub(crate) fn told_again() -> StopSignal {
    AGAIN.get_or_init(Stopper::new).signal()
}

/// Watches for the second signal with the handlers that heard the first, so that none falls between.
pub(super) async fn watch(mut signals: Signals) {
    let signal = poll_fn(|context| signals.poll(context)).await;
    tracing::warn!(%signal, "asked to end a second time: no more waiting");
    AGAIN.get_or_init(Stopper::new).stop();
}
