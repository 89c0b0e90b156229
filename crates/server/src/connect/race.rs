//! Several addresses tried so that one that does not answer holds up the others only a little (RFC 8305, "happy eyeballs").

use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

/// When an address has not answered for so long, the next is tried beside it. RFC 8305 recommends this figure.
const HEAD_START: Duration = Duration::from_millis(250);

/// Invariants:
///
/// 1. An address is in one of three places: not yet tried, `running`, or in `failed`; none is forgotten.
/// 2. The first that is connected wins, and all others are dropped with the race.
/// 3. An address that fails makes way for the next at once.
pub(super) struct Race<S, F> {
    start: S,
    running: Vec<(SocketAddr, Pin<Box<F>>)>,
    failed: Vec<(SocketAddr, io::Error)>,
}

impl<S, F, T> Race<S, F>
where
    S: Fn(SocketAddr) -> F,
    F: Future<Output = io::Result<T>>,
{
    pub(super) const fn new(start: S) -> Self {
        Self { start, running: Vec::new(), failed: Vec::new() }
    }

    /// The first that is connected, if one is.
    ///
    /// # Cancel safety
    ///
    /// What has failed so far, and what has not answered, stays to be told.
    pub(super) async fn run(&mut self, addresses: Vec<SocketAddr>) -> Option<T> {
        let mut waiting = addresses.into_iter();
        loop {
            if let Some(address) = waiting.next() {
                self.running.push((address, Box::pin((self.start)(address))));
            } else if self.running.is_empty() {
                return None;
            }
            let more = waiting.len() > 0;
            tokio::select! {
                biased;
                connected = self.first_to_end() => {
                    if connected.is_some() {
                        return connected;
                    }
                }
                () = tokio::time::sleep(HEAD_START), if more => {}
            }
        }
    }

    /// The first that ends: connected, or noted as failed.
    async fn first_to_end(&mut self) -> Option<T> {
        poll_fn(|context| {
            for place in 0..self.running.len() {
                let Poll::Ready(end) = self.running[place].1.as_mut().poll(context) else { continue };
                let (address, _) = self.running.remove(place);
                return Poll::Ready(match end {
                    Ok(connected) => Some(connected),
                    Err(error) => {
                        self.failed.push((address, error));
                        None
                    }
                });
            }
            Poll::Pending
        })
        .await
    }

    /// What was tried, and what it failed with.
    pub(super) fn into_attempts(self) -> Vec<(SocketAddr, io::Error)> {
        let unanswered = self
            .running
            .into_iter()
            .map(|(address, _)| (address, io::Error::new(io::ErrorKind::TimedOut, "no answer")));
        self.failed.into_iter().chain(unanswered).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::future::pending;

    use tokio::time::{Instant, sleep};

    use super::*;
    use crate::sync::Mutex;

    /// What an address answers after so many milliseconds; `None`: nothing ever.
    type Script = BTreeMap<u16, Option<(u64, bool)>>;

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], port))
    }

    /// Who won and when, when each was started, and what failed.
    async fn race(script: &Script) -> (Option<u16>, u128, Vec<(u16, u128)>, Vec<u16>) {
        let begin = Instant::now();
        let started = Mutex::new(Vec::new());
        let mut race = Race::new(|address: SocketAddr| {
            started.lock().push((address.port(), begin.elapsed().as_millis()));
            let answer = script[&address.port()];
            async move {
                let Some((delay, good)) = answer else { pending().await };
                sleep(Duration::from_millis(delay)).await;
                if good { Ok(address.port()) } else { Err(io::ErrorKind::ConnectionRefused.into()) }
            }
        });
        let won = race.run(script.keys().map(|port| address(*port)).collect()).await;
        let failed = race.into_attempts().iter().map(|(address, _)| address.port()).collect();
        let started = started.lock().clone();
        (won, begin.elapsed().as_millis(), started, failed)
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_that_is_silent_gets_a_head_start_and_no_more() {
        let script = Script::from([(1, None), (2, Some((30, true))), (3, Some((0, true)))]);
        assert_eq!(race(&script).await, (Some(2), 280, vec![(1, 0), (2, 250)], vec![1]));
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_that_refuses_makes_way_at_once() {
        let script = Script::from([(1, Some((10, false))), (2, Some((10, false))), (3, Some((10, true)))]);
        assert_eq!(race(&script).await, (Some(3), 30, vec![(1, 0), (2, 10), (3, 20)], vec![1, 2]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_address_may_still_win() {
        let script = Script::from([(1, Some((300, true))), (2, Some((100, true)))]);
        assert_eq!(race(&script).await.0, Some(1));
    }

    #[tokio::test(start_paused = true)]
    async fn when_all_refuse_each_is_told() {
        let script = Script::from([(1, Some((400, false))), (2, Some((10, false)))]);
        assert_eq!(race(&script).await, (None, 400, vec![(1, 0), (2, 250)], vec![2, 1]));
        assert_eq!(race(&Script::new()).await, (None, 0, vec![], vec![]));
    }
}
