//! Every public future of the crate, dropped at every one of its polls.
//!
//! To cover a new one: write a scenario in the module of its room, an `async fn` that runs
//! [`cancel_at_every_poll`](greenroom_testkit::cancel_at_every_poll) and returns its number of polls, and add a row to the
//! module's `rows!`. A future is listed by the name of its type, an async function as `Type::function` or `function`.

/// The table of a room: what is covered, by which scenario. Each row becomes a test.
macro_rules! rows {
    ($($covered:literal => $scenario:ident,)+) => {
        pub(super) const COVERED: &[&str] = &[$($covered),+];

        mod rows {
            $(
                #[tokio::test(start_paused = true)]
                async fn $scenario() {
                    let polls = super::$scenario().await;
                    assert!(polls > 1, "`{}` was never pending, so its scenario shows nothing", $covered);
                }
            )+
        }
    };
}

mod async_result;
mod channel;
mod cleanup;
mod coverage;
mod event;
mod group;
mod local;
mod map;
mod pool;
mod queue_get;
mod queue_put;
mod rlock;
mod semaphore;
mod task;
mod thread_pool;
mod timeout;
mod wait;

/// A room's table goes here.
const ROOMS: &[&[&str]] = &[
    async_result::COVERED,
    channel::COVERED,
    cleanup::COVERED,
    event::COVERED,
    group::COVERED,
    local::COVERED,
    map::COVERED,
    pool::COVERED,
    queue_get::COVERED,
    queue_put::COVERED,
    rlock::COVERED,
    semaphore::COVERED,
    task::COVERED,
    thread_pool::COVERED,
    timeout::COVERED,
    wait::COVERED,
];

/// Futures that may lack a row for now. Empty in a release.
const PENDING: &[&str] = &[];
