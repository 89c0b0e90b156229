//! All results at once.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::Reading;
use crate::task::TaskError;

/// Waits for the results of all items; made by [`Pool::map`](crate::Pool::map), [`Pool::try_map`](crate::Pool::try_map)
/// and those of [`Group`](crate::Group).
///
/// It resolves only when all its workers are over, the killed ones with their clean-ups.
///
/// # Cancel safety
///
/// Dropping it kills its workers (without waiting), and starts no further item.
///
/// # Panics
///
/// When polled after its end; when first polled outside of a tokio runtime.
#[must_use = "a future does nothing unless it is awaited"]
pub struct Map<T>(Reading<T>);

impl<T> Map<T> {
    pub(crate) fn new(reading: Reading<T>) -> Self {
        Self(reading)
    }
}

/// Values are never polled in here.
impl<T> Unpin for Map<T> {}

impl<T> Future for Map<T> {
    type Output = Result<Vec<T>, TaskError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.get_mut().0.poll_whole(cx)
    }
}

impl<T> fmt::Debug for Map<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Map").field(&self.0).finish()
    }
}
