//! A task with the type of its value.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use super::any_task::AnyTask;
use super::get::{Get, Take};

/// A handle to a task that yields a `T`.
///
/// Clones are the same task, and any number of tasks may wait for it. Dropping handles neither kills nor detaches it.
/// Everything that does not need the value is a method of [`AnyTask`], to which this derefs: joining, killing, asking.
///
/// `(&task).await` is [`get`](Self::get), `task.await` is [`take`](Self::take).
///
/// gevent: `Greenlet`.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use greenroom_core::spawn;
///
/// let task = spawn(async { String::from("hello") });
/// let copy = task.clone();
/// assert_eq!(copy.get().await.unwrap(), "hello"); // a clone of the value; it stays
/// assert_eq!(task.await.unwrap(), "hello"); // the value itself
/// # }
/// ```
#[doc(alias = "Greenlet")]
pub struct Task<T> {
    any: AnyTask,
    value: PhantomData<fn() -> T>,
}

impl<T> Task<T> {
    pub(crate) fn new(any: AnyTask) -> Self {
        Self { any, value: PhantomData }
    }

    pub(crate) fn any(&self) -> &AnyTask {
        &self.any
    }
}

impl<T: Send + 'static> Task<T> {
    /// Waits for the end and gives a clone of the value, which stays for others.
    ///
    /// gevent: `Greenlet.get`.
    ///
    /// # Errors
    ///
    /// [`TaskError`](crate::TaskError): the task failed, panicked, was killed or lost; its value was taken; or it asks
    /// for itself.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the place among those who wait, nothing else.
    #[doc(alias = "value")]
    pub fn get(&self) -> Get<T>
    where
        T: Clone,
    {
        Get::new(self.clone())
    }

    /// Waits for the end and takes the value; whoever comes later gets [`TaskError::Taken`](crate::TaskError::Taken).
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    ///
    /// # Cancel safety
    ///
    /// The value is taken only in the poll that returns it.
    pub fn take(&self) -> Take<T> {
        Take::new(self.clone())
    }
}

impl<T> Clone for Task<T> {
    fn clone(&self) -> Self {
        Self::new(self.any.clone())
    }
}

impl<T> Deref for Task<T> {
    type Target = AnyTask;

    fn deref(&self) -> &AnyTask {
        &self.any
    }
}

impl<T> From<&Task<T>> for AnyTask {
    fn from(task: &Task<T>) -> Self {
        task.any.clone()
    }
}

impl<T> From<Task<T>> for AnyTask {
    fn from(task: Task<T>) -> Self {
        task.any
    }
}

impl From<&Self> for AnyTask {
    fn from(task: &Self) -> Self {
        task.clone()
    }
}

impl<T: Send + 'static> IntoFuture for Task<T> {
    type Output = <Take<T> as Future>::Output;
    type IntoFuture = Take<T>;

    fn into_future(self) -> Take<T> {
        Take::new(self)
    }
}

impl<T: Clone + Send + 'static> IntoFuture for &Task<T> {
    type Output = <Get<T> as Future>::Output;
    type IntoFuture = Get<T>;

    fn into_future(self) -> Get<T> {
        self.get()
    }
}

impl<T> fmt::Debug for Task<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.any.fmt(f)
    }
}
