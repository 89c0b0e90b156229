//! What the stress tests share: how much, how long, and on what.

use std::env;
use std::future::Future;
use std::time::Duration;

use greenroom_testkit::{Random, Seed};
use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;
use tokio::time::timeout;

/// How many operations: 1e5, or 1e7 with `GREENROOM_STRESS` set.
pub(crate) fn operations() -> usize {
    if env::var_os("GREENROOM_STRESS").is_some() { 10_000_000 } else { 100_000 }
}

/// Runs the scenario on a current-thread and on a multi-thread runtime, with a printed seed.
///
/// The limit is far beyond what any machine needs: it turns a lost wake-up into a failure.
pub(crate) fn on_both_flavours<F: Future>(scenario: impl Fn(Seed) -> F) {
    let seed = Seed::from_env();
    let limit = Duration::from_secs(60) + Duration::from_millis(operations() as u64);
    for runtime in [current_thread(), multi_thread()] {
        let ended = runtime.block_on(async { timeout(limit, scenario(seed)).await });
        assert!(ended.is_ok(), "stalled: a wake-up was lost");
    }
}

/// Gives way a few times: how long somebody waits who then gives up.
pub(crate) async fn give_way(random: &mut Random) {
    for _ in 0..random.below(4) {
        yield_now().await;
    }
}

/// The future's output, or nothing where it was given up.
pub(crate) async fn or_give_up<F: Future>(random: &mut Random, percent: u64, future: F) -> Option<F::Output> {
    if !random.percent(percent) {
        return Some(future.await);
    }
    tokio::select! {
        biased;
        output = future => Some(output),
        () = give_way(random) => None,
    }
}

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

fn multi_thread() -> Runtime {
    Builder::new_multi_thread().worker_threads(4).enable_time().build().unwrap()
}
