//! What happened, in order; and how long to wait for it.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

/// A list of words that many write into.
#[derive(Clone, Debug, Default)]
pub(crate) struct Journal(Arc<Mutex<Vec<String>>>);

impl Journal {
    pub(crate) fn note(&self, word: impl Into<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(word.into());
    }

    /// Everything noted so far.
    pub(crate) fn read(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A future that notes a word when it is polled.
    pub(crate) fn entry(&self, word: &'static str) -> impl Future<Output = ()> + Send + 'static {
        let journal = self.clone();
        async move { journal.note(word) }
    }

    /// A future that takes its time, and notes a word at its start and at its end.
    pub(crate) fn slow(&self, word: &'static str, ms: u64) -> impl Future<Output = ()> + Send + 'static {
        let journal = self.clone();
        async move {
            journal.note(format!("{word} begins"));
            tokio::time::sleep(Duration::from_millis(ms)).await;
            journal.note(format!("{word} ends"));
        }
    }

    /// A value that notes a word when it is dropped.
    pub(crate) fn on_drop(&self, word: &'static str) -> Trace {
        Trace { journal: self.clone(), word }
    }
}

/// Notes a word when it is dropped.
#[derive(Debug)]
pub(crate) struct Trace {
    journal: Journal,
    word: &'static str,
}

impl Drop for Trace {
    fn drop(&mut self) {
        self.journal.note(self.word);
    }
}

/// Panics when it is dropped.
#[derive(Debug)]
pub(crate) struct Bomb(pub(crate) &'static str);

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("{}", self.0);
    }
}

/// Milliseconds.
pub(crate) const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Lets every task on this thread run until it waits for something. Takes no time on the clock.
pub(crate) async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

/// Polls a future once, with the waker of the caller.
pub(crate) async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await
}

/// On a paused clock an hour passes only when nobody has anything else to do: then what is awaited hangs.
pub(crate) async fn soon<F: IntoFuture>(future: F) -> F::Output {
    match tokio::time::timeout(Duration::from_secs(3600), future.into_future()).await {
        Ok(output) => output,
        Err(_) => panic!("it hangs"),
    }
}
