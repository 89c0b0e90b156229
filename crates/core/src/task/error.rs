//! Why a task has no value to give.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;

use crate::exit::{Exit, PanicInfo, Reason};

/// Why a task has no value to give: how it ended, if not with one, or that the value is gone.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use greenroom_core::{TaskError, spawn};
///
/// let task = spawn(std::future::pending::<u32>());
/// task.kill().reason("too late").await;
/// match task.get().await {
///     Ok(value) => println!("{value}"),
///     Err(TaskError::Killed(reason)) => assert_eq!(reason.as_str(), "too late"),
///     Err(error) => panic!("{error}"),
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TaskError {
    /// It returned an error; see [`spawn_fallible`](crate::spawn_fallible).
    Failed(Arc<dyn Error + Send + Sync>),
    /// It panicked.
    Panicked(PanicInfo),
    /// It was killed.
    Killed(Reason),
    /// It was killed, and its clean-ups did not end in time.
    CutOff(Reason),
    /// Its runtime went away.
    Lost,
    /// It finished, but somebody took the value before.
    Taken,
    /// A task asked for its own value, which it cannot have while it runs.
    Itself,
}

impl TaskError {
    /// The error of an exit without a value; `Finished` means that the value was taken.
    pub(crate) fn from_exit(exit: Exit) -> Self {
        match exit {
            Exit::Finished => Self::Taken,
            Exit::Failed(error) => Self::Failed(error),
            Exit::Panicked(panic) => Self::Panicked(panic),
            Exit::Killed(reason) => Self::Killed(reason),
            Exit::CutOff(reason) => Self::CutOff(reason),
            Exit::Lost => Self::Lost,
        }
    }
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exit = match self.clone() {
            Self::Taken => return f.write_str("the task's value was taken before"),
            Self::Itself => return f.write_str("a task cannot wait for itself"),
            Self::Failed(error) => Exit::Failed(error),
            Self::Panicked(panic) => Exit::Panicked(panic),
            Self::Killed(reason) => return write!(f, "the task was {}", Exit::Killed(reason)),
            Self::CutOff(reason) => return write!(f, "the task was {}", Exit::CutOff(reason)),
            Self::Lost => return write!(f, "the task was {}", Exit::Lost),
        };
        write!(f, "the task {exit}")
    }
}

impl Error for TaskError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Failed(error) => Some(&**error),
            _ => None,
        }
    }
}

impl From<TaskError> for io::Error {
    fn from(error: TaskError) -> Self {
        Self::other(error)
    }
}
