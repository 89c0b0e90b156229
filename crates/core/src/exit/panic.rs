//! A panic, caught and put into words.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::thread;

/// What a panic carried.
pub(crate) type Payload = Box<dyn Any + Send>;

/// Runs user code and catches its panic. Whatever the code has touched is dropped or never used again by the caller.
#[inline]
pub(crate) fn contain<R>(code: impl FnOnce() -> R) -> Result<R, Payload> {
    catch_unwind(AssertUnwindSafe(code))
}

/// Drops a payload. One that panics while being dropped leaves another payload: that one is leaked, for want of a
/// way to drop it safely.
pub(crate) fn bury(payload: Payload) {
    if let Err(second) = contain(move || drop(payload)) {
        Box::leak(second);
    }
}

/// Runs user code, the drop of a value mostly, whose panic changes nothing any more.
#[inline]
pub(crate) fn swallow(code: impl FnOnce()) {
    if let Err(payload) = contain(code) {
        bury(payload);
    }
}

/// Drops a user's value, and then does `rest`, also when that drop panics. Its panic goes on afterwards, unless one is
/// on its way already.
pub(crate) fn drop_then(drop: impl FnOnce(), rest: impl FnOnce()) {
    let dropped = contain(drop);
    rest();
    match dropped {
        Ok(()) => {}
        Err(payload) if thread::panicking() => bury(payload),
        Err(payload) => resume_unwind(payload),
    }
}

/// The message of a panic that ended a task.
///
/// The panic itself has been reported by the process's panic hook on the thread where it happened, with its location.
#[derive(Clone, PartialEq, Eq)]
pub struct PanicInfo(Arc<str>);

impl PanicInfo {
    /// What a caught panic carried, as [`catch_unwind`](std::panic::catch_unwind) gives it. The payload is dropped; one whose
    /// own drop panics is contained too.
    ///
    /// # Examples
    ///
    /// ```
    /// use greenroom_core::PanicInfo;
    ///
    /// let payload = std::panic::catch_unwind(|| panic!("no")).unwrap_err();
    /// assert_eq!(PanicInfo::of(payload).message(), "no");
    /// ```
    #[must_use]
    pub fn of(payload: Box<dyn Any + Send>) -> Self {
        let message: Arc<str> = if let Some(text) = payload.downcast_ref::<&'static str>() {
            (*text).into()
        } else if let Some(text) = payload.downcast_ref::<String>() {
            text.as_str().into()
        } else {
            "a panic without a message".into()
        };
        bury(payload);
        Self(message)
    }

    /// For a panic of which only the fact is known.
    pub(crate) fn without_payload() -> Self {
        Self("a panic outside of the task's own code".into())
    }

    /// The message given to `panic!`; a fixed text if the payload was no string.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0
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
