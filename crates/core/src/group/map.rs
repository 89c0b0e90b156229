//! One function over many items.

use std::error::Error;
use std::panic::Location;

use super::Group;
use crate::map::{Imap, ImapUnordered, Map, Reading, Results};
use crate::task::{Fallible, Plain};

impl Group {
    /// Runs `f` for each item and waits for all results, in the order of the items.
    ///
    /// As [`Pool::map`](crate::Pool::map), but without a bound: a further worker starts whenever those there are have
    /// suspended in their items. Called from a member, it works in the calling task, one item after another.
    ///
    /// gevent: `Group.map`.
    ///
    /// # Errors
    ///
    /// [`TaskError`](crate::TaskError): an item's panic or kill.
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
    /// let group = greenroom_core::Group::new();
    /// assert_eq!(group.map(["a", "bc"], |word| async move { word.len() }).await.unwrap(), [1, 2]);
    /// # }
    /// ```
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

    /// As [`map`](Self::map), for `f` that may fail: an `Err` is the item's error.
    ///
    /// # Errors
    ///
    /// [`TaskError::Failed`](crate::TaskError::Failed) for an `Err`; else as [`map`](Self::map).
    ///
    /// # Cancel safety
    ///
    /// As [`map`](Self::map).
    ///
    /// # Panics
    ///
    /// As [`map`](Self::map).
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

    /// As [`Pool::imap`](crate::Pool::imap), but without a bound: a stream of results in the order of the items.
    ///
    /// Give it [`ahead`](Imap::ahead) if the items are many: without, all are started whether or not they are read. A kill of
    /// the group is an error of each item that runs, and of the next one if that comes while the kill lasts: then it is the
    /// last.
    ///
    /// gevent: `Group.imap`.
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

    /// As [`imap`](Self::imap), each result as soon as it is there; see
    /// [`Pool::imap_unordered`](crate::Pool::imap_unordered).
    ///
    /// gevent: `Group.imap_unordered`.
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
    /// [`TaskError::Failed`](crate::TaskError::Failed) for an `Err`; else as [`imap_unordered`](Self::imap_unordered).
    ///
    /// # Cancel safety
    ///
    /// As [`imap_unordered`](Self::imap_unordered).
    ///
    /// # Panics
    ///
    /// As [`imap_unordered`](Self::imap_unordered).
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
