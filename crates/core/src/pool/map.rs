//! One function over many items.

use std::error::Error;
use std::panic::Location;

use super::Pool;
use crate::map::{Imap, ImapUnordered, Map, Reading, Results};
use crate::task::{Fallible, Plain};

impl Pool {
    /// Runs `f` for each item and waits for all results, in the order of the items.
    ///
    /// * Items run on workers: members of the pool, at most as many as it has slots, that take one item after another. So an
    ///   item costs no task of its own. A worker makes way, after its item, when somebody else waits for a slot.
    /// * Items are pulled from the iterator one at a time, when somebody is free to run them.
    /// * A panic, or a kill of a worker in the middle of an item, is that item's error. After the first one no item is
    ///   started, items behind it are killed, those before it are awaited; and the error is the first in the order of the
    ///   items, every time.
    /// * [`Local`](crate::Local) values are fresh for each item; a `finally` in an item runs when its worker is killed, and an item
    ///   is over only after the clean-ups that were dropped in it.
    /// * Called from a member of this pool, it works in the calling task, one item after another, so that a full pool
    ///   does not wait for itself.
    ///
    /// Where results are wanted as they come, or in bounded number, there are [`imap`](Self::imap) and
    /// [`imap_unordered`](Self::imap_unordered); for `f` that may fail, [`try_map`](Self::try_map).
    ///
    /// gevent: `Pool.map`, which starts a greenlet for each item and goes on when its caller is killed; `map_async` is
    /// `spawn(pool.map(..))`.
    ///
    /// # Errors
    ///
    /// [`TaskError`](crate::TaskError): an item's panic or kill; `Killed` also when the pool was killed.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future kills the workers (without waiting), and starts no further item.
    ///
    /// # Panics
    ///
    /// When first polled outside of a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let pool = greenroom_core::Pool::new(20);
    /// let squares = pool.map(1..=4, |n| async move { n * n }).await.unwrap();
    /// assert_eq!(squares, [1, 4, 9, 16]);
    /// # }
    /// ```
    #[doc(alias("map_async", "map_cb"))]
    #[track_caller]
    pub fn map<I, F, Fut>(&self, items: I, f: F) -> Map<Fut::Output>
    where
        I: IntoIterator,
        I::IntoIter: Send + 'static,
        F: Fn(I::Item) -> Fut + Send + Sync + 'static,
        Fut: Future + Send + 'static,
        Fut::Output: Send + 'static,
    {
        Map::new(Reading::new::<_, _, _, Plain>(
            self.keeper(),
            items,
            f,
            Results::gathered(),
            Location::caller(),
        ))
    }

    /// As [`map`](Self::map), for `f` that may fail: an `Err` is the item's error, and so the map's.
    ///
    /// # Errors
    ///
    /// [`TaskError::Failed`](crate::TaskError::Failed) with the first error in the order of the items; else as [`map`](Self::map).
    ///
    /// # Cancel safety
    ///
    /// As [`map`](Self::map).
    ///
    /// # Panics
    ///
    /// As [`map`](Self::map).
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let pool = greenroom_core::Pool::new(2);
    /// let error = pool.try_map(["1", "two", "three"], |text| async { text.parse::<u32>() }).await.unwrap_err();
    /// assert_eq!(error.to_string(), "the task failed: invalid digit found in string");
    /// # }
    /// ```
    #[track_caller]
    pub fn try_map<I, F, Fut, T, E>(&self, items: I, f: F) -> Map<T>
    where
        I: IntoIterator,
        I::IntoIter: Send + 'static,
        F: Fn(I::Item) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>> + 'static,
    {
        Map::new(Reading::new::<_, _, _, Fallible>(
            self.keeper(),
            items,
            f,
            Results::gathered(),
            Location::caller(),
        ))
    }

    /// As [`map`](Self::map), as a stream of results in the order of the items.
    ///
    /// At most as many items are started and not yet read as the pool has slots, or as [`Imap::ahead`] says; so a slow item
    /// holds back those behind it. An item's error is its own, and the stream goes on. It ends early only when the pool is
    /// killed: then its last result is an error.
    ///
    /// gevent: `Pool.imap`, which starts before it is read; this one starts when it is first polled.
    ///
    /// # Errors
    ///
    /// Each result is one: see [`map`](Self::map).
    ///
    /// # Cancel safety
    ///
    /// Dropping the stream kills the workers (without waiting), and starts no further item.
    ///
    /// # Panics
    ///
    /// When first polled outside of a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use futures_util::StreamExt;
    /// use greenroom_core::Pool;
    ///
    /// let mut lengths = Pool::new(20).imap(["a", "bc"], |word| async move { word.len() });
    /// assert_eq!(lengths.next().await.unwrap().unwrap(), 1);
    /// assert_eq!(lengths.next().await.unwrap().unwrap(), 2);
    /// assert!(lengths.next().await.is_none());
    /// # }
    /// ```
    #[track_caller]
    pub fn imap<I, F, Fut>(&self, items: I, f: F) -> Imap<Fut::Output>
    where
        I: IntoIterator,
        I::IntoIter: Send + 'static,
        F: Fn(I::Item) -> Fut + Send + Sync + 'static,
        Fut: Future + Send + 'static,
        Fut::Output: Send + 'static,
    {
        Imap::new(Reading::new::<_, _, _, Plain>(
            self.keeper(),
            items,
            f,
            Results::ordered(),
            Location::caller(),
        ))
    }

    /// As [`imap`](Self::imap), for `f` that may fail: an `Err` is the item's error.
    ///
    /// # Errors
    ///
    /// [`TaskError::Failed`](crate::TaskError::Failed) for an `Err`; else as [`imap`](Self::imap).
    ///
    /// # Cancel safety
    ///
    /// As [`imap`](Self::imap).
    ///
    /// # Panics
    ///
    /// As [`imap`](Self::imap).
    #[track_caller]
    pub fn try_imap<I, F, Fut, T, E>(&self, items: I, f: F) -> Imap<T>
    where
        I: IntoIterator,
        I::IntoIter: Send + 'static,
        F: Fn(I::Item) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>> + 'static,
    {
        Imap::new(Reading::new::<_, _, _, Fallible>(
            self.keeper(),
            items,
            f,
            Results::ordered(),
            Location::caller(),
        ))
    }

    /// As [`imap`](Self::imap), each result as soon as it is there.
    ///
    /// On a current-thread runtime with a paused clock the order is the same in every run.
    ///
    /// gevent: `Pool.imap_unordered`.
    ///
    /// # Errors
    ///
    /// Each result is one: see [`map`](Self::map).
    ///
    /// # Cancel safety
    ///
    /// As [`imap`](Self::imap).
    ///
    /// # Panics
    ///
    /// As [`imap`](Self::imap).
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use std::time::Duration;
    /// use futures_util::StreamExt;
    /// use greenroom_core::Pool;
    ///
    /// let naps = Pool::new(3).imap_unordered([30, 10, 20], |ms| async move {
    ///     tokio::time::sleep(Duration::from_millis(ms)).await;
    ///     ms
    /// });
    /// let order: Vec<u64> = naps.map(Result::unwrap).collect().await;
    /// assert_eq!(order, [10, 20, 30]);
    /// # }
    /// ```
    #[track_caller]
    pub fn imap_unordered<I, F, Fut>(&self, items: I, f: F) -> ImapUnordered<Fut::Output>
    where
        I: IntoIterator,
        I::IntoIter: Send + 'static,
        F: Fn(I::Item) -> Fut + Send + Sync + 'static,
        Fut: Future + Send + 'static,
        Fut::Output: Send + 'static,
    {
        ImapUnordered::new(Reading::new::<_, _, _, Plain>(
            self.keeper(),
            items,
            f,
            Results::unordered(),
            Location::caller(),
        ))
    }

    /// As [`imap_unordered`](Self::imap_unordered), for `f` that may fail: an `Err` is the item's error.
    ///
    /// # Errors
    ///
    /// [`TaskError::Failed`](crate::TaskError::Failed) for an `Err`; else as [`imap`](Self::imap).
    ///
    /// # Cancel safety
    ///
    /// As [`imap`](Self::imap).
    ///
    /// # Panics
    ///
    /// As [`imap`](Self::imap).
    #[track_caller]
    pub fn try_imap_unordered<I, F, Fut, T, E>(&self, items: I, f: F) -> ImapUnordered<T>
    where
        I: IntoIterator,
        I::IntoIter: Send + 'static,
        F: Fn(I::Item) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>> + 'static,
    {
        ImapUnordered::new(Reading::new::<_, _, _, Fallible>(
            self.keeper(),
            items,
            f,
            Results::unordered(),
            Location::caller(),
        ))
    }
}
