//! What it costs to be listed: spawn + end with the registry on and off.

use greenroom::{Registry, spawn};

use crate::measure::{Bench, Flavour, Goal, time_spawned};

const BATCH: usize = 1000;
const BATCHES: usize = 100;

async fn work() {
    let mut tasks = Vec::with_capacity(BATCH);
    for _ in 0..BATCHES {
        tasks.extend((0..BATCH).map(|n| spawn(async move { n })));
        for task in tasks.drain(..) {
            task.await.expect("a value");
        }
    }
}

pub fn run(bench: &mut Bench) {
    for flavour in Flavour::BOTH {
        let runtime = flavour.runtime();
        let timed = |on| {
            Registry::set_enabled(on);
            time_spawned(&runtime, BATCH * BATCHES, work())
        };
        bench.compare(
            "registry on against off, spawn + end",
            flavour.name(),
            "off",
            Goal { target: 30.0, stretch: 15.0 },
            || timed(true),
            || timed(false),
        );
        bench.as_difference();
        Registry::set_enabled(true);
    }
}
