//! A timer that is set as seldom as possible.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Waker};

use tokio::time::{Instant, Sleep, sleep_until};

/// A timer for code that is polled, and whose deadline moves more often than it passes.
///
/// It wakes its task at or before the time it was last asked for: whoever is woken looks at the time, and asks again. So a
/// deadline that is put off, as one is by every byte that comes, costs nothing until the earlier one would have passed. Kept in
/// an `Option`, it costs nothing at all until something has to wait.
///
/// To limit a future, use [`timeout()`](crate::timeout()).
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::future::poll_fn;
/// use std::task::Poll;
/// use std::time::Duration;
/// use greenroom_core::Alarm;
/// use tokio::time::Instant;
///
/// let due = Instant::now() + Duration::from_millis(2);
/// let mut alarm = None;
/// poll_fn(|context| {
///     if Instant::now() >= due {
///         return Poll::Ready(());
///     }
///     Alarm::ring_at(&mut alarm, due, context);
///     Poll::Pending
/// })
/// .await;
/// # }
/// ```
pub struct Alarm {
    sleep: Pin<Box<Sleep>>,
    wakes: Waker,
}

impl Alarm {
    /// Sees to it that the task of `context` is polled again when `due` has come. Nothing is done if it will be anyway.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with time enabled.
    pub fn ring_at(slot: &mut Option<Self>, due: Instant, context: &mut Context<'_>) {
        match slot {
            None => {
                let mut alarm = Self { sleep: Box::pin(sleep_until(due)), wakes: context.waker().clone() };
                alarm.arm(context);
                *slot = Some(alarm);
            }
            Some(alarm) => {
                if alarm.sleep.is_elapsed() || alarm.sleep.deadline() > due {
                    alarm.sleep.as_mut().reset(due);
                    alarm.wakes.clone_from(context.waker());
                    alarm.arm(context);
                } else if !alarm.wakes.will_wake(context.waker()) {
                    alarm.wakes.clone_from(context.waker());
                    alarm.arm(context);
                }
            }
        }
    }

    /// Whether it has rung, or was never set: whether it is worth to look at the time.
    #[must_use]
    pub fn has_rung(slot: &Option<Self>) -> bool {
        slot.as_ref().is_none_or(|alarm| alarm.sleep.is_elapsed())
    }

    fn arm(&mut self, context: &mut Context<'_>) {
        if self.sleep.as_mut().poll(context).is_ready() {
            // It came just now, or the task has used up its turn: look again at once.
            context.waker().wake_by_ref();
        }
    }
}

impl fmt::Debug for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alarm").field("rings_by", &self.sleep.deadline()).finish_non_exhaustive()
    }
}
