//! What a clean-up may return.

use std::fmt::Display;

/// What a clean-up may return: nothing, or a result whose error is logged.
///
/// A clean-up's error changes nothing about how its body ended: there is nobody left to give it to.
pub trait CleanupOutput {
    /// Logs an error.
    fn report(self);
}

impl CleanupOutput for () {
    fn report(self) {}
}

impl<T, E: Display> CleanupOutput for Result<T, E> {
    fn report(self) {
        if let Err(error) = self {
            tracing::warn!(%error, "a clean-up failed");
        }
    }
}
