//! A limit around a future that is ready, and around one that suspends once.

use std::hint::black_box;
use std::time::Duration;

use greenroom::timeout;

use crate::measure::{Bench, Flavour, Goal, time};

const CALLS: usize = 200_000;
const LIMIT: Duration = Duration::from_secs(30);

pub fn run(bench: &mut Bench) {
    let runtime = Flavour::Current.runtime();
    bench.compare(
        "timeout around a ready future",
        "current-thread",
        "the bare future",
        Goal { target: 10.0, stretch: 2.0 },
        || {
            time(&runtime, CALLS, || async {
                for n in 0..CALLS {
                    black_box(timeout(LIMIT, async move { black_box(n) }).await.is_ok());
                }
            })
        },
        || {
            time(&runtime, CALLS, || async {
                for n in 0..CALLS {
                    black_box(async move { black_box(n) }.await);
                }
            })
        },
    );
    bench.as_difference();
    for (name, pending) in [("timeout around a ready future", false), ("timeout around one suspension", true)]
    {
        bench.compare(
            name,
            "current-thread",
            "tokio's timeout",
            Goal { target: f64::NAN, stretch: f64::NAN },
            || {
                time(&runtime, CALLS, || async {
                    for _ in 0..CALLS {
                        let _ = black_box(timeout(LIMIT, step(pending)).await);
                    }
                })
            },
            || {
                time(&runtime, CALLS, || async {
                    for _ in 0..CALLS {
                        let _ = black_box(tokio::time::timeout(LIMIT, step(pending)).await);
                    }
                })
            },
        );
    }
}

async fn step(pending: bool) {
    if black_box(pending) {
        tokio::task::yield_now().await;
    }
}
