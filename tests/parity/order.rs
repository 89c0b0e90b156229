//! What happened in which order, and how long to wait for it.

use std::future::Future;
use std::future::IntoFuture;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Words that several tasks write into.
#[derive(Clone, Debug, Default)]
pub(crate) struct Order(Arc<Mutex<Vec<String>>>);

impl Order {
    pub(crate) fn note(&self, word: impl Into<String>) {
        self.0.lock().unwrap().push(word.into());
    }

    pub(crate) fn read(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

pub(crate) const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// gevent's `sleep(0)`, often enough for everybody to come to rest.
pub(crate) async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// On a paused clock an hour passes only when nobody has anything to do: then what is awaited hangs.
pub(crate) async fn soon<F: IntoFuture>(future: F) -> <F::IntoFuture as Future>::Output {
    match tokio::time::timeout(Duration::from_secs(3600), future.into_future()).await {
        Ok(output) => output,
        Err(_) => panic!("it hangs"),
    }
}
