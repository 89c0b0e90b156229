//! The six ways in which a task ends.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use super::{PanicInfo, Reason};

/// How a task ended.
///
/// Every task ends in exactly one of these ways, and everybody who waits learns which.
///
/// gevent has three states in place of these (`successful()`, `exception`, and a `GreenletExit` value that counts as
/// success); here a killed task is not successful.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use greenroom_core::{Exit, spawn};
///
/// let task = spawn(std::future::pending::<()>());
/// let exit = task.kill().reason("not needed").await;
/// assert!(matches!(exit, Exit::Killed(ref reason) if reason.as_str() == "not needed"));
/// # }
/// ```
#[derive(Clone, Debug)]
#[doc(alias("GreenletExit", "successful", "exception", "exc_info"))]
#[expect(clippy::exhaustive_enums, reason = "declared complete: a task ends in one of these six ways")]
pub enum Exit {
    /// It returned, and its value waits to be taken.
    Finished,
    /// It was spawned by [`spawn_fallible`](crate::spawn_fallible) and returned an error.
    Failed(Arc<dyn Error + Send + Sync>),
    /// It panicked.
    Panicked(PanicInfo),
    /// It was killed, and all its clean-ups ran.
    Killed(Reason),
    /// It was killed, its clean-ups did not end within the grace, and what was left of it was dropped.
    CutOff(Reason),
    /// Its runtime went away, and it with it; no clean-up ran.
    Lost,
}

impl Exit {
    /// Whether the task returned a value.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        matches!(self, Self::Finished)
    }

    /// Whether the task was killed, in time or not.
    #[must_use]
    pub fn is_killed(&self) -> bool {
        matches!(self, Self::Killed(_) | Self::CutOff(_))
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, why): (&str, &dyn fmt::Display) = match self {
            Self::Finished => return f.write_str("finished"),
            Self::Lost => return f.write_str("lost with its runtime"),
            Self::Failed(error) => ("failed", error),
            Self::Panicked(panic) => ("panicked", panic),
            Self::Killed(reason) if reason.is_empty() => return f.write_str("killed"),
            Self::Killed(reason) => ("killed", reason),
            Self::CutOff(reason) if reason.is_empty() => {
                return f.write_str("killed and cut off in its clean-up");
            }
            Self::CutOff(reason) => ("killed and cut off in its clean-up", reason),
        };
        write!(f, "{what}: {why}")
    }
}
