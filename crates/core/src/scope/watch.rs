//! Whether a scope that unwinds was woken and has not been polled since.

use std::sync::Arc;
use std::task::{Wake, Waker};

use crate::sync::{AtomicBool, Ordering};

/// The waker of a cancelled scope: it passes the wake on, and remembers it until the scope is polled.
#[derive(Debug)]
pub(crate) struct Watch {
    woken: AtomicBool,
    outer: Waker,
}

impl Watch {
    /// For a scope that is being polled with this waker.
    pub(crate) fn new(outer: Waker) -> Arc<Self> {
        Arc::new(Self { woken: AtomicBool::new(false), outer })
    }

    pub(crate) fn is_over(&self, waker: &Waker) -> bool {
        self.outer.will_wake(waker)
    }

    /// The scope is being polled.
    pub(crate) fn rest(&self) {
        self.woken.store(false, Ordering::Release);
    }

    pub(crate) fn is_woken(&self) -> bool {
        self.woken.load(Ordering::Acquire)
    }
}

impl Wake for Watch {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        self.outer.wake_by_ref();
    }
}
