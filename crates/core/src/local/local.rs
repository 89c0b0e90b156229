//! The key.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::error::{LocalError, LocalSetError};
use super::loan::Loan;
use super::with_local::WithLocal;

/// A variable of which every task has a value of its own.
///
/// A value is made when a task first asks for it, and dropped when that task ends, the latest made first. It belongs to
/// the task, not to the thread: it stays with the task wherever that runs, across every await.
///
/// * **Not inherited.** A child starts without a value; give it one by [`with_value`](Self::with_value).
/// * **No `RefCell` needed**: while you work on the value it is yours alone, so [`with_mut`](Self::with_mut) lends it
///   mutably. The price: asking for the same local inside the work on it is an error.
/// * Outside of a task there is no value: not in a bare `tokio::spawn`, not in `main`, not in a call of a
///   [`ThreadPool`](crate::ThreadPool). Nor can one be had where a killed task is taken apart, in the `Drop` of what it
///   held, or in the `Drop` of a local's value at the end of its task. A clean-up can have it.
///
/// Unlike `tokio::task_local!` it needs no scope around the task, and it can be set.
///
/// gevent: `gevent.local.local`, whose attributes are as many of these.
///
/// # Examples
///
/// ```
/// use greenroom_core::{Local, spawn};
///
/// static VISITS: Local<u32> = Local::new(|| 0);
///
/// async fn visit() -> u32 {
///     VISITS.with_mut(|visits| { *visits += 1; *visits })
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let one = spawn(async { visit().await; visit().await });
/// let other = spawn(visit());
/// assert_eq!((one.await.unwrap(), other.await.unwrap()), (2, 1));
/// # }
/// ```
#[doc(alias("local", "task_local", "thread_local", "spawn_tree_locals"))]
pub struct Local<T: 'static> {
    /// Given at first use. Because it can change, a `const` of this type does not compile where it is used, and every
    /// local is a `static`.
    key: AtomicUsize,
    init: fn() -> T,
}

impl<T> Local<T> {
    /// A local whose value in each task is first made by `init`, in that task, when it is first asked for.
    ///
    /// `init` may ask for other locals, not for this one. When it panics the task has no value, and the next call
    /// tries again.
    #[must_use]
    pub const fn new(init: fn() -> T) -> Self {
        Self { key: AtomicUsize::new(0), init }
    }
}

impl<T: Send + 'static> Local<T> {
    /// Works on the value of the running task.
    ///
    /// # Panics
    ///
    /// Outside of a task, and inside the work on the same local; [`try_with`](Self::try_with) gives an error instead.
    #[track_caller]
    pub fn with<R>(&'static self, work: impl FnOnce(&T) -> R) -> R {
        match self.try_with(work) {
            Ok(result) => result,
            Err(error) => panic!("{error}"),
        }
    }

    /// Changes the value of the running task in its place.
    ///
    /// # Panics
    ///
    /// As [`with`](Self::with) does; [`try_with_mut`](Self::try_with_mut) gives an error instead.
    #[track_caller]
    pub fn with_mut<R>(&'static self, work: impl FnOnce(&mut T) -> R) -> R {
        match self.try_with_mut(work) {
            Ok(result) => result,
            Err(error) => panic!("{error}"),
        }
    }

    /// Works on the value of the running task, if there is a task.
    ///
    /// # Errors
    ///
    /// [`LocalError`]: outside of a task, or inside the work on the same local.
    ///
    /// # Examples
    ///
    /// ```
    /// use greenroom_core::{Local, LocalError};
    ///
    /// static USER: Local<String> = Local::new(|| "nobody".into());
    /// assert_eq!(USER.try_with(|user| user.len()), Err(LocalError::NoTask));
    /// ```
    pub fn try_with<R>(&'static self, work: impl FnOnce(&T) -> R) -> Result<R, LocalError> {
        self.try_with_mut(|value| work(value))
    }

    /// Changes the value of the running task in its place, if there is a task.
    ///
    /// # Errors
    ///
    /// [`LocalError`]: outside of a task, or inside the work on the same local.
    pub fn try_with_mut<R>(&'static self, work: impl FnOnce(&mut T) -> R) -> Result<R, LocalError> {
        let mut loan = Loan::of(self.key())?;
        Ok(work(loan.value.get_or_insert_with(|| Box::new((self.init)()))))
    }

    /// A copy of the value of the running task.
    ///
    /// # Errors
    ///
    /// [`LocalError`]: outside of a task, or inside the work on the same local.
    pub fn get(&'static self) -> Result<T, LocalError>
    where
        T: Clone,
    {
        self.try_with(T::clone)
    }

    /// Gives the running task a value; returns the one it had, if any was made.
    ///
    /// # Errors
    ///
    /// [`LocalSetError`] with the value: outside of a task, or inside the work on the same local.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use greenroom_core::{Local, spawn};
    ///
    /// static USER: Local<&str> = Local::new(|| "nobody");
    ///
    /// spawn(async {
    ///     assert_eq!(USER.set("ann").unwrap(), None);
    ///     assert_eq!(USER.set("bob").unwrap(), Some("ann"));
    ///     assert_eq!(USER.take().unwrap(), Some("bob"));
    ///     assert_eq!(USER.get().unwrap(), "nobody"); // made anew
    /// }).get().await.unwrap();
    /// # }
    /// ```
    pub fn set(&'static self, value: T) -> Result<Option<T>, LocalSetError<T>> {
        match Loan::of(self.key()) {
            Ok(mut loan) => Ok(loan.value.replace(Box::new(value)).map(|old| *old)),
            Err(cause) => Err(LocalSetError { value, cause }),
        }
    }

    /// Takes the value out of the running task, if one was made. The next one who asks finds a new one.
    ///
    /// # Errors
    ///
    /// [`LocalError`]: outside of a task, or inside the work on the same local.
    pub fn take(&'static self) -> Result<Option<T>, LocalError> {
        Ok(Loan::of(self.key())?.value.take().map(|value| *value))
    }

    /// Runs `future` with this value in place of the task's own: how a child is given a value by its parent.
    ///
    /// The value is there in every poll of `future` and nowhere else in its task: a future beside it (another branch of
    /// a `join!`) sees the task's own value. What `future` [`set`](Self::set)s goes with it at its end.
    ///
    /// Rust: as `scope` of `tokio::task_local!`. gevent: `spawn_tree_locals`, and contextvars.
    ///
    /// # Cancel safety
    ///
    /// Dropping it drops `future` and the value. A clean-up that is handed on by `future` runs without the value.
    ///
    /// # Panics
    ///
    /// When polled outside of a task, or inside the work on the same local.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use greenroom_core::{Local, spawn};
    ///
    /// static USER: Local<&str> = Local::new(|| "nobody");
    ///
    /// let parent = spawn(USER.with_value("ann", async {
    ///     let alone = spawn(async { USER.get().unwrap() });
    ///     let heir = spawn(USER.with_value(USER.get().unwrap(), async { USER.get().unwrap() }));
    ///     (alone.await.unwrap(), heir.await.unwrap())
    /// }));
    /// assert_eq!(parent.await.unwrap(), ("nobody", "ann"));
    /// # }
    /// ```
    #[doc(alias("scope", "inherit"))]
    pub fn with_value<F: Future>(&'static self, value: T, future: F) -> WithLocal<F> {
        WithLocal::new(self.key(), Box::new(value), future)
    }

    fn key(&'static self) -> usize {
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        match self.key.load(Ordering::Relaxed) {
            0 => {
                let new = NEXT.fetch_add(1, Ordering::Relaxed);
                match self.key.compare_exchange(0, new, Ordering::Relaxed, Ordering::Relaxed) {
                    Ok(_) => new,
                    Err(given) => given,
                }
            }
            given => given,
        }
    }
}

impl<T> fmt::Debug for Local<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Local").field("key", &self.key).finish_non_exhaustive()
    }
}
