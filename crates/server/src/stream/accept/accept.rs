//! The accept loop. It awaits a permit, accept, the back-off and the pause; the stop ends each of these.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tokio::time::Instant;

use crate::address::SockAddr;
use crate::drain::Lost;
use crate::fault::{AcceptError, ErrorClass, Judge, out_of_files};
use crate::limit::{Limits, Permit, Rank};
use crate::log::Digest;
use crate::pause::Pause;
use crate::reserve::Reserve;
use crate::stop::StopSignal;
use crate::stream::accept::goodbye::goodbye;
use crate::stream::accept::last_call::last_call;
use crate::stream::accept::next::{Next, Words, next};
use crate::stream::accept::on_fatal::OnFatal;
use crate::stream::accept::policy::AcceptPolicy;
use crate::stream::accept::shed::{Shed, shed};
use crate::stream::listener::Listener;
use crate::stream::stats::Counters;

/// What an accept loop goes by.
pub(crate) struct Rules {
    pub(crate) address: SockAddr,
    pub(crate) limits: Limits,
    pub(crate) rank: Rank,
    pub(crate) policy: AcceptPolicy,
    /// `None`: clients are not shed.
    pub(crate) reserve: Option<Reserve>,
    pub(crate) stop: StopSignal,
    pub(crate) pause: Arc<Pause>,
    pub(crate) counters: Arc<Counters>,
}

/// Accepts until told to stop, or until the listener is finished. The listener is closed when this returns.
pub(crate) async fn accept<L: Listener>(
    mut listener: L,
    rules: Rules,
    mut admit: impl FnMut(L::Io, SockAddr, Permit) + Send,
) -> Result<(), Lost> {
    let Rules { address, limits, rank, policy, reserve, stop, pause, counters } = rules;
    let mut words = Words { stop, pause };
    let mut shedding = limits.shedding();
    let mut judge = Judge::new(policy.classes.clone(), policy.retries);
    let mut backoff = policy.delays();
    let mut log = Log { address: &address, digest: Digest::default() };
    let mut in_a_row = 0;
    // Unwinding drops the stream and gives back the permit. The counters and tables it may leave behind are whole.
    let mut admit = |io, peer: SockAddr, permit| {
        Counters::count(&counters.accepted);
        if catch_unwind(AssertUnwindSafe(|| admit(io, peer.clone(), permit))).is_err() {
            Counters::count(&counters.setup_failed);
            tracing::error!(%address, %peer, "a connection could not be set up, and is closed");
        }
    };
    loop {
        log.summary_if_due();
        // Before accept, so that a connection that closes while it fails is not overlooked.
        let freed = limits.freed();
        let mut waited = false;
        let due = log.digest.due();
        let next = next(&mut listener, (&limits, rank), &mut shedding, &mut words, due, &mut waited);
        let (answer, permit) = match next.await {
            Next::Answer(answer, permit) => (answer, permit),
            Next::Closed(pool) => {
                return Err(Lost { error: AcceptError::new(address.clone(), pool.into()), drain: false });
            }
            Next::Stop => {
                if !words.pause.is_on() {
                    last_call(&mut listener, (&limits, rank), &mut admit).await;
                }
                return Ok(());
            }
            Next::Pause => {
                words.rest(log.digest.due()).await;
                continue;
            }
            Next::Due => continue,
        };
        in_a_row = if waited { 1 } else { in_a_row + 1 };
        match answer {
            Ok((io, peer)) => {
                judge.accepted();
                backoff.succeeded();
                let Some(permit) = permit else {
                    Counters::count(&counters.shed);
                    goodbye(io).await;
                    continue;
                };
                admit(io, peer, permit);
            }
            Err(error) => {
                counters.accept_failed(&error);
                let class = judge.failed(&error);
                if class == ErrorClass::Fatal {
                    permit.into_iter().for_each(Permit::give_back);
                    let error = AcceptError::new(address.clone(), error);
                    return Err(Lost { drain: policy.decide(&error) == OnFatal::DrainServer, error });
                }
                log.failed(&error, class);
                let at_once = match (class, &reserve) {
                    (ErrorClass::Retry, _) => true,
                    // On the permit that accept failed with: whoever is shed counts as a connection, too.
                    (_, Some(reserve)) if out_of_files(&error) => {
                        match shed(&mut listener, reserve, policy.sheds).await {
                            Shed::One => {
                                Counters::count(&counters.shed);
                                true
                            }
                            Shed::Nobody => true,
                            Shed::Failed(error) => {
                                counters.accept_failed(&error);
                                log.failed(&error, class);
                                false
                            }
                            Shed::No => false,
                        }
                    }
                    _ => false,
                };
                permit.into_iter().for_each(Permit::give_back);
                if !at_once {
                    words.back_off(backoff.failed(), freed).await;
                    in_a_row = 0;
                }
            }
        }
        if in_a_row >= policy.batch {
            in_a_row = 0;
            tokio::task::yield_now().await;
        }
    }
}

/// What the log hears of one listener.
struct Log<'a> {
    address: &'a SockAddr,
    digest: Digest,
}

impl Log<'_> {
    fn failed(&mut self, error: &io::Error, class: ErrorClass) {
        if self.digest.note(error.raw_os_error().unwrap_or(0), Instant::now()) {
            tracing::warn!(address = %self.address, %error, ?class, "accept failed");
        }
    }

    fn summary_if_due(&mut self) {
        // Mostly nothing is due ever, and the clock is not asked.
        let summary = self.digest.due().and_then(|_| self.digest.summary(Instant::now()));
        if let Some(errors) = summary {
            tracing::warn!(address = %self.address, %errors, "accept failed again since the last line");
        }
    }
}

impl Drop for Log<'_> {
    fn drop(&mut self) {
        if let Some(errors) = self.digest.rest() {
            tracing::warn!(address = %self.address, %errors, "accept failed again since the last line");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stop::Stopper;
    use std::collections::VecDeque;
    use std::sync::Mutex;
    use tokio::io::{AsyncReadExt, DuplexStream};

    struct Queue(VecDeque<DuplexStream>);

    impl Listener for Queue {
        type Io = DuplexStream;

        async fn accept(&mut self) -> io::Result<(DuplexStream, SockAddr)> {
            match self.0.pop_front() {
                Some(stream) => Ok((stream, SockAddr::Memory(1))),
                None => std::future::pending().await,
            }
        }

        fn local_addr(&self) -> io::Result<SockAddr> {
            Ok(SockAddr::Memory(0))
        }
    }

    #[tokio::test]
    async fn a_connection_that_cannot_be_set_up_is_closed_and_counted_and_the_next_is_served() {
        let (clients, streams): (Vec<_>, VecDeque<_>) = (0..3).map(|_| tokio::io::duplex(16)).unzip();
        let (stopper, counters, limits) = (Stopper::new(), Arc::new(Counters::default()), Limits::new());
        let rules = Rules {
            address: SockAddr::Memory(0),
            limits: limits.clone(),
            rank: Rank::Ordinary,
            policy: AcceptPolicy::new(),
            reserve: None,
            stop: stopper.signal(),
            pause: Arc::default(),
            counters: Arc::clone(&counters),
        };
        let served = Arc::new(Mutex::new(Vec::new()));
        let (seen, stop) = (Arc::clone(&served), stopper.clone());
        let mut n = 0;
        let end = accept(Queue(streams), rules, move |io, _, permit| {
            n += 1;
            assert!(n > 2, "the first two cannot be set up");
            seen.lock().unwrap().push((io, permit));
            stop.stop();
        })
        .await;
        assert!(end.is_ok());
        let mut clients = clients.into_iter();
        for mut refused in clients.by_ref().take(2) {
            assert_eq!(refused.read(&mut [0]).await.unwrap(), 0, "closed");
        }
        assert_eq!(limits.open_connections(), 1, "their permits are back");
        drop(served.lock().unwrap().pop());
        assert_eq!(clients.next().unwrap().read(&mut [0]).await.unwrap(), 0, "open until here");
        let stats = counters.stats(0);
        assert_eq!((stats.accepted, stats.setup_failed), (3, 2));
    }
}
