use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};

/// A waker that does nothing but count how often it was woken.
///
/// Clones share the count, and so do all wakers made by [`waker`](Self::waker).
///
/// # Examples
///
/// ```
/// use greenroom_testkit::CountingWaker;
/// use std::future::{Future, pending};
/// use std::pin::pin;
/// use std::task::Context;
///
/// let waker = CountingWaker::new();
/// assert!(pin!(pending::<()>()).poll(&mut Context::from_waker(&waker.waker())).is_pending());
/// assert_eq!(waker.count(), 0);
/// ```
#[derive(Clone, Debug, Default)]
pub struct CountingWaker {
    count: Arc<Count>,
}

#[derive(Debug, Default)]
struct Count(AtomicUsize);

impl CountingWaker {
    /// A waker that has not been woken.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The waker to poll with.
    #[must_use]
    pub fn waker(&self) -> Waker {
        Waker::from(Arc::clone(&self.count))
    }

    /// How often it has been woken.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count.0.load(Ordering::Acquire)
    }
}

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}
