//! `Queue` and `Channel`. What a test mirrors of gevent is named in its text.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

mod cancel;
mod channel;
mod jobs;
mod line;
mod orders;
mod peek;
mod reserve;
mod shutdown;

/// Polls once, outside a runtime.
fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls once and expects the future to wait.
#[track_caller]
fn park<F: Future + Unpin>(mut future: F) -> F {
    assert!(poll(&mut future).is_pending());
    future
}

/// Counts how often it is woken.
#[derive(Default)]
struct Bell(AtomicUsize);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Bell {
    fn rings(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Polls once with this bell as the waker.
    fn poll<F: Future + Unpin>(self: &Arc<Self>, future: &mut F) -> Poll<F::Output> {
        Pin::new(future).poll(&mut Context::from_waker(&Waker::from(Arc::clone(self))))
    }
}
