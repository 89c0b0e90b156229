//! A panic, caught and put into words.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// What a panic carried.
pub(crate) type Payload = Box<dyn Any + Send>;

/// Runs user code and catches its panic. Whatever the code has touched is dropped or never used again by the caller.
#[inline]
pub(crate) fn contain<R>(code: impl FnOnce() -> R) -> Result<R, Payload> {
    catch_unwind(AssertUnwindSafe(code))
}

/// The message of a panic that ended a task.
///
/// The panic itself has been reported by the process's panic hook on the thread where it happened, with its location.
#[derive(Clone, PartialEq, Eq)]
pub struct PanicInfo(Arc<str>);

impl PanicInfo {
    /// Reads the message and drops the payload; a payload whose own drop panics is contained too.
    pub(crate) fn read(payload: Payload) -> Self {
        let message: Arc<str> = if let Some(text) = payload.downcast_ref::<&'static str>() {
            (*text).into()
        } else if let Some(text) = payload.downcast_ref::<String>() {
            text.as_str().into()
        } else {
            "a panic without a message".into()
        };
        discard(payload);
        Self(message)
    }

    /// The message given to `panic!`; a fixed text if the payload was no string.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0
    }
}

/// Drops a payload. One that panics while being dropped leaves another payload: that one is leaked, for want of a
/// way to drop it safely.
fn discard(payload: Payload) {
    if let Err(second) = contain(move || drop(payload)) {
        Box::leak(second);
    }
}

impl fmt::Display for PanicInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PanicInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}
