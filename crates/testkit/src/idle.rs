use std::time::Duration;

/// Lets every other task of a current-thread runtime run until none of them can go on.
///
/// Needs a paused clock: that moves only when all tasks wait, and this waits for it to move by a millisecond. So it takes
/// no time, and leaves nothing to chance. On a running clock it is a short sleep, which proves nothing.
///
/// # Cancel safety
///
/// Cancel safe: it holds nothing.
///
/// # Examples
///
/// ```
/// use greenroom_testkit::until_idle;
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
/// let task = tokio::spawn(async {
///     for _ in 0..100 {
///         tokio::task::yield_now().await;
///     }
/// });
/// until_idle().await;
/// assert!(task.is_finished());
/// # });
/// ```
pub async fn until_idle() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}
