//! A timer that is set as seldom as possible.

use std::pin::Pin;
use std::task::{Context, Waker};

use tokio::time::{Instant, Sleep, sleep_until};

/// Rings at or before the time it was last asked for: whoever it wakes looks at the time, and asks again.
pub(super) struct Alarm {
    sleep: Pin<Box<Sleep>>,
    wakes: Waker,
}

impl Alarm {
    /// Sees to it that the task of `context` is polled again when `due` has come. Nothing is done if it will be anyway.
    pub(super) fn ring_at(slot: &mut Option<Self>, due: Instant, context: &mut Context<'_>) {
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

    fn arm(&mut self, context: &mut Context<'_>) {
        if self.sleep.as_mut().poll(context).is_ready() {
            // It came just now, or the task has used up its turn: look again at once.
            context.waker().wake_by_ref();
        }
    }
}
