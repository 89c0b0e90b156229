//! Files that change are read again.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use crate::tls::shared::Shared;
use crate::tls::tls::Tls;

/// How often the files are looked at unless said otherwise.
const INTERVAL: Duration = Duration::from_secs(10);

/// Shorter intervals would be a loop that does nothing else.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(1);

impl Tls {
    /// Looks every 10 s whether files have changed, and reloads them; to be run as a task.
    ///
    /// A change is seen by time, length and number of the file; contents are read only then. Success and failure are
    /// logged. After a failure, as when a file is half-written or its fellow still the old one, the next look tries
    /// again, and the old configuration serves until then.
    ///
    /// It ends when the last [`Tls`] handle is gone, and at once if nothing came from files.
    ///
    /// # Cancel safety
    ///
    /// Dropping it ends the looking; a reload that has begun changes nothing.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), greenroom_server::TlsError> {
    /// use std::time::Duration;
    /// use greenroom_server::Tls;
    ///
    /// let tls = Tls::from_files("cert.pem", "key.pem")?;
    /// let watcher = greenroom_core::spawn(tls.watch().every(Duration::from_secs(60)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn watch(&self) -> TlsWatch {
        TlsWatch { shared: Arc::downgrade(&self.shared), every: INTERVAL, run: None }
    }
}

/// Reloads files that have changed. See [`Tls::watch`].
///
/// # Cancel safety
///
/// Dropping it ends the looking; a reload that has begun changes nothing.
///
/// # Panics
///
/// When polled outside of a tokio runtime, or after it has ended.
#[must_use = "futures do nothing unless awaited or spawned"]
pub struct TlsWatch {
    shared: Weak<Shared>,
    every: Duration,
    run: Option<Pin<Box<dyn Future<Output = ()> + Send + Sync>>>,
}

impl TlsWatch {
    /// How often to look. Default: 10 s. Set it before the first poll.
    pub const fn every(mut self, interval: Duration) -> Self {
        self.every = interval;
        self
    }
}

impl Future for TlsWatch {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let (shared, every) = (Weak::clone(&self.shared), self.every.max(SHORTEST_INTERVAL));
        self.run.get_or_insert_with(|| Box::pin(watch(shared, every))).as_mut().poll(context)
    }
}

impl fmt::Debug for TlsWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsWatch").field("every", &self.every).finish_non_exhaustive()
    }
}

async fn watch(shared: Weak<Shared>, every: Duration) {
    // What was said last about a failure, so as not to say it at every look.
    let mut said = None;
    while let Some(shared) = shared.upgrade().filter(|shared| !shared.current().stamps.is_empty()) {
        let result = match shared.has_changed().await {
            Ok(false) => None,
            Ok(true) => Some(shared.reload().await),
            Err(error) => Some(Err(error)),
        };
        drop(shared);
        match result {
            None => {}
            Some(Ok(())) => {
                tracing::info!("TLS files have changed and were read again");
                said = None;
            }
            Some(Err(error)) => {
                let text = error.to_string();
                if said.as_ref() != Some(&text) {
                    tracing::warn!(%error, "TLS files have changed and cannot be used; the old ones serve on");
                    said = Some(text);
                }
            }
        }
        tokio::time::sleep(every).await;
    }
}
