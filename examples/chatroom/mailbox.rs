//! What a member who polls has not fetched yet.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use greenroom::{Event, Queue, WithTimeout};

use super::news::{News, listed};
use super::outlet::MOST_BEHIND;

/// Who has not asked for so long has gone: twice as long as a poll takes.
const AWAY: Duration = Duration::from_secs(20);

/// A cheap handle.
#[derive(Clone, Debug)]
pub(crate) struct Mailbox {
    queue: Queue<News>,
    sent: Arc<Mutex<Sent>>,
    asked: Event,
    closed: Event,
}

/// The last answer. It may have been lost on its way, so it is kept until the client says that it has it.
#[derive(Debug, Default)]
struct Sent {
    number: u64,
    news: Vec<News>,
}

impl Mailbox {
    pub(crate) fn new() -> Self {
        let sent = Arc::default();
        Self { queue: Queue::bounded(MOST_BEHIND), sent, asked: Event::new(), closed: Event::new() }
    }

    pub(crate) fn put(&self, news: &News) {
        if self.queue.try_put(news.clone()).is_err() {
            self.close();
        }
    }

    /// Nothing more comes in, and its owner does not stay.
    pub(crate) fn close(&self) {
        self.queue.shutdown();
        self.closed.set();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.is_set()
    }

    /// The news, as JSON and with a number, for a client that has the answer with the number `seen`. `None`: it is closed. Dropped
    /// while it waits, it takes nothing along.
    pub(crate) async fn next(&self, seen: u64) -> Option<String> {
        // All it takes to be seen by whoever waits for it.
        self.asked.set();
        self.asked.clear();
        if let Some(again) = self.again(seen) {
            return Some(again);
        }
        let first = self.queue.get().await.ok()?;
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.news.push(first);
        while let Ok(news) = self.queue.try_get() {
            sent.news.push(news);
        }
        sent.number += 1;
        Some(sent.json())
    }

    /// The last answer, if it has not been seen.
    fn again(&self, seen: u64) -> Option<String> {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        if sent.number == seen {
            sent.news.clear();
        }
        (!sent.news.is_empty()).then(|| sent.json())
    }

    /// Until its owner says goodbye, or has not asked for too long.
    pub(crate) async fn is_forsaken(&self) {
        let asking = async { while self.asked.wait().timeout(AWAY).await.is_ok() {} };
        tokio::select! {
            () = asking => {}
            _ = self.closed.wait() => {}
        }
    }
}

impl Sent {
    fn json(&self) -> String {
        format!(r#"{{"number":{},"news":{}}}"#, self.number, listed(self.news.iter()))
    }
}
