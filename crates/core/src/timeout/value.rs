//! A limit with a value in place of an error.

use std::time::Duration;

use super::timed::timeout;

/// Runs `future` for at most `limit`, and gives `value` when the limit has passed.
///
/// gevent: `gevent.with_timeout(seconds, function, timeout_value=value)`.
///
/// # Cancel safety
///
/// That of `future`.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use std::time::Duration;
/// use greenroom_core::with_timeout_value;
///
/// let answer = with_timeout_value(Duration::from_secs(1), std::future::pending(), "late").await;
/// assert_eq!(answer, "late");
/// # }
/// ```
#[doc(alias("with_timeout", "timeout_value"))]
pub async fn with_timeout_value<F: Future>(
    limit: impl Into<Option<Duration>>,
    future: F,
    value: F::Output,
) -> F::Output {
    timeout(limit, future).await.unwrap_or(value)
}
