//! What a future's output means to its task.

use std::error::Error;
use std::sync::Arc;

/// The error of a task.
pub(crate) type Failure = Arc<dyn Error + Send + Sync>;

/// Turns an output into the task's value, or into its failure.
pub(crate) trait Outcome<O>: 'static {
    type Value: Send + 'static;

    fn judge(output: O) -> Result<Self::Value, Failure>;
}

/// Any output is a value.
#[derive(Debug)]
pub(crate) struct Plain;

/// An `Err` is a failure.
#[derive(Debug)]
pub(crate) struct Fallible;

impl<T: Send + 'static> Outcome<T> for Plain {
    type Value = T;

    #[inline]
    fn judge(output: T) -> Result<T, Failure> {
        Ok(output)
    }
}

impl<T, E> Outcome<Result<T, E>> for Fallible
where
    T: Send + 'static,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    type Value = T;

    fn judge(output: Result<T, E>) -> Result<T, Failure> {
        output.map_err(|error| Arc::from(error.into()))
    }
}
