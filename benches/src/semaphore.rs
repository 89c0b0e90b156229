//! Taking a free permit and giving it back.

use std::sync::Arc;

use greenroom::Semaphore;

use crate::measure::{Bench, Flavour, Goal, time_spawned};

const CALLS: usize = 500_000;

pub fn run(bench: &mut Bench) {
    for flavour in Flavour::BOTH {
        let runtime = flavour.runtime();
        let ours = || {
            time_spawned(&runtime, CALLS, async {
                let semaphore = Semaphore::new(8);
                for _ in 0..CALLS {
                    drop(semaphore.acquire().await);
                }
            })
        };
        bench.compare(
            "semaphore, acquire + release of a free permit",
            flavour.name(),
            "tokio's acquire",
            Goal { target: 1.1, stretch: 0.7 },
            ours,
            || {
                time_spawned(&runtime, CALLS, async {
                    let semaphore = tokio::sync::Semaphore::new(8);
                    for _ in 0..CALLS {
                        drop(semaphore.acquire().await.expect("a permit"));
                    }
                })
            },
        );
        bench.compare(
            "the same, owned as ours is",
            flavour.name(),
            "tokio's acquire_owned",
            Goal { target: f64::NAN, stretch: f64::NAN },
            ours,
            || {
                time_spawned(&runtime, CALLS, async {
                    let semaphore = Arc::new(tokio::sync::Semaphore::new(8));
                    for _ in 0..CALLS {
                        drop(semaphore.clone().acquire_owned().await.expect("a permit"));
                    }
                })
            },
        );
    }
}
