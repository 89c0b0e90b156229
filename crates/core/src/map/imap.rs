//! Results in the order of the items.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_core::stream::FusedStream;

use super::Reading;
use crate::task::TaskError;

/// Results one after another, in the order of the items; made by [`Pool::imap`](crate::Pool::imap),
/// [`Pool::try_imap`](crate::Pool::try_imap) and those of [`Group`](crate::Group).
///
/// An item's error is the item's alone: the stream goes on, unless its reader drops it. After the last item it gives
/// `None`, again and again.
///
/// # Cancel safety
///
/// A result that was not yielded stays for the next poll. Dropping the stream kills its workers (without waiting), and
/// starts no further item.
///
/// # Panics
///
/// When first polled outside of a tokio runtime.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Imap<T>(Reading<T>);

impl<T> Imap<T> {
    pub(crate) fn new(reading: Reading<T>) -> Self {
        Self(reading)
    }

    /// How many items may be started and not yet read: at least 1, the size of the pool by default. To be said before
    /// the first poll.
    ///
    /// gevent: `maxsize`, which is unbounded by default.
    #[doc(alias = "maxsize")]
    pub fn ahead(self, items: usize) -> Self {
        self.0.set_ahead(items);
        self
    }
}

/// Values are never polled in here.
impl<T> Unpin for Imap<T> {}

impl<T> Stream for Imap<T> {
    type Item = Result<T, TaskError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().0.poll_next(cx)
    }
}

impl<T> FusedStream for Imap<T> {
    fn is_terminated(&self) -> bool {
        self.0.is_over()
    }
}

impl<T> fmt::Debug for Imap<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Imap").field(&self.0).finish()
    }
}
