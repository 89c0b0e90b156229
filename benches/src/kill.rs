//! Killing a parked task and waiting for its end.

use std::future::pending;
use std::time::Instant;

use greenroom::{finally, spawn};
use tokio::runtime::Runtime;

use crate::measure::{Bench, Flavour, Goal};

const TASKS: usize = 20_000;

/// Spawns all, lets them park, and times only what `end` does to each.
fn timed<T: Send + 'static>(
    runtime: &Runtime,
    start: impl Fn() -> T + Send + 'static,
    end: impl AsyncFn(T) + Send + 'static,
) -> f64 {
    runtime.block_on(async move {
        let tasks: Vec<T> = (0..TASKS).map(|_| start()).collect();
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        let start = Instant::now();
        for task in tasks {
            end(task).await;
        }
        start.elapsed().as_nanos() as f64 / TASKS as f64
    })
}

async fn abort(task: tokio::task::JoinHandle<()>) {
    task.abort();
    let _ = task.await;
}

pub fn run(bench: &mut Bench) {
    for flavour in Flavour::BOTH {
        let runtime = flavour.runtime();
        let theirs = || timed(&runtime, || tokio::spawn(pending::<()>()), abort);
        bench.compare(
            "kill of a parked task, awaited",
            flavour.name(),
            "abort + join",
            Goal { target: 1.5, stretch: 1.2 },
            || {
                timed(
                    &runtime,
                    || spawn(pending::<()>()),
                    async |task: greenroom::Task<()>| {
                        task.kill().await;
                    },
                )
            },
            theirs,
        );
        bench.compare(
            "the same with a `finally` to run",
            flavour.name(),
            "abort + join",
            Goal { target: f64::NAN, stretch: f64::NAN },
            || {
                timed(
                    &runtime,
                    || spawn(finally(pending::<()>(), async {})),
                    async |task: greenroom::Task<()>| {
                        task.kill().await;
                    },
                )
            },
            theirs,
        );
    }
}
