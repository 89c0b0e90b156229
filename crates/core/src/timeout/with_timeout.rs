//! A limit as a method.

use std::time::Duration;

use super::timed::{Timed, timeout};

/// Puts a limit to any future: `future.timeout(limit).await`.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use std::time::Duration;
/// use greenroom_core::{Queue, WithTimeout};
///
/// let queue = Queue::<u8>::unbounded();
/// let elapsed = queue.get().timeout(Duration::from_secs(1)).await.unwrap_err();
/// assert_eq!(elapsed.to_string(), "timed out after 1s");
/// # }
/// ```
pub trait WithTimeout: Future + Sized {
    /// Runs this future for at most `limit`; see [`timeout`](crate::timeout()).
    ///
    /// # Errors
    ///
    /// [`Elapsed`](crate::Elapsed) when the limit has passed.
    ///
    /// # Cancel safety
    ///
    /// That of this future.
    fn timeout(self, limit: impl Into<Option<Duration>>) -> Timed<Self> {
        timeout(limit, self)
    }
}

impl<F: Future> WithTimeout for F {}
