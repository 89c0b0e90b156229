//! A future with a task-local value of its own.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::error::LocalError;
use crate::scope::{LocalValue, with_task_side};

pin_project! {
    /// A future with a task-local value of its own; made by [`Local::with_value`](crate::Local::with_value).
    ///
    /// # Cancel safety
    ///
    /// Dropping it drops the future inside, and the value.
    #[must_use = "a future does nothing unless it is awaited"]
    pub struct WithLocal<F> {
        key: usize,
        // Absent after the end, or when the future took it.
        value: Option<LocalValue>,
        #[pin]
        future: F,
    }
}

impl<F: Future> WithLocal<F> {
    pub(super) fn new(key: usize, value: LocalValue, future: F) -> Self {
        Self { key, value: Some(value), future }
    }
}

/// The value is the task's while this lives; then the task's own is back, also when the poll panics.
struct InPlace<'a> {
    key: usize,
    inner: &'a mut Option<LocalValue>,
    outer: Option<LocalValue>,
}

impl<'a> InPlace<'a> {
    fn new(key: usize, inner: &'a mut Option<LocalValue>) -> Result<Self, LocalError> {
        let value = inner.take();
        let mut value = Some(value);
        let outer = with_task_side(|side| {
            let outer = side.locals.lend(key)?;
            side.locals.restore(key, value.take().flatten());
            Ok(outer)
        });
        match outer {
            Some(Ok(outer)) => Ok(Self { key, inner, outer }),
            failed => {
                *inner = value.flatten();
                Err(failed.map_or(LocalError::NoTask, |_: Result<_, crate::scope::Lent>| LocalError::InUse))
            }
        }
    }
}

impl Drop for InPlace<'_> {
    fn drop(&mut self) {
        let Self { key, inner, outer } = self;
        let _ = with_task_side(|side| {
            **inner = side.locals.lend(*key).ok().flatten();
            side.locals.restore(*key, outer.take());
        });
    }
}

impl<F: Future> Future for WithLocal<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let in_place = match InPlace::new(*this.key, this.value) {
            Ok(in_place) => in_place,
            Err(error) => panic!("{error}"),
        };
        let polled = this.future.poll(cx);
        drop(in_place);
        if polled.is_ready() {
            *this.value = None;
        }
        polled
    }
}

impl<F> fmt::Debug for WithLocal<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WithLocal").field("key", &self.key).finish_non_exhaustive()
    }
}
