//! Every public future of the crate, dropped at every one of its polls.
//!
//! To cover a new one: write a scenario in the module of its room, an `async fn` that runs
//! [`cancel_at_every_poll`](greenroom_testkit::cancel_at_every_poll) and returns its number of polls, and add a row to the
//! module's `rows!`. A future is listed by the name of its type, an async function as `Type::function` or `function`.

#[macro_use]
mod coverage;

mod async_result;
mod channel;
mod cleanup;
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
