//! Results as they come.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_core::stream::FusedStream;

use super::Reading;
use crate::task::TaskError;

/// Results one after another, each as soon as it is there; made by [`Pool::imap_unordered`](crate::Pool::imap_unordered),
/// [`Pool::try_imap_unordered`](crate::Pool::try_imap_unordered) and those of [`Group`](crate::Group).
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
pub struct ImapUnordered<T>(Reading<T>);

impl<T> ImapUnordered<T> {
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
impl<T> Unpin for ImapUnordered<T> {}

impl<T> Stream for ImapUnordered<T> {
    type Item = Result<T, TaskError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().0.poll_next(cx)
    }
}

impl<T> FusedStream for ImapUnordered<T> {
    fn is_terminated(&self) -> bool {
        self.0.is_over()
    }
}

impl<T> fmt::Debug for ImapUnordered<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ImapUnordered").field(&self.0).finish()
    }
}
