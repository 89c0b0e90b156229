//! Spawning a trivial task and getting its value: taken, as from a join handle, or copied, so that others may have it too.

use greenroom::spawn;

use crate::measure::{Bench, Flavour, Goal, time_spawned};

const BATCH: usize = 1000;
const BATCHES: usize = 100;

async fn ours(batch: usize, batches: usize, copy: bool) {
    let mut tasks = Vec::with_capacity(batch);
    for _ in 0..batches {
        for n in 0..batch {
            tasks.push(spawn(async move { n }));
        }
        for task in tasks.drain(..) {
            let value = if copy { task.get().await } else { task.await };
            value.expect("a value");
        }
    }
}

async fn theirs(batch: usize, batches: usize) {
    let mut tasks = Vec::with_capacity(batch);
    for _ in 0..batches {
        for n in 0..batch {
            tasks.push(tokio::spawn(async move { n }));
        }
        for task in tasks.drain(..) {
            task.await.expect("a value");
        }
    }
}

pub fn run(bench: &mut Bench) {
    for flavour in Flavour::BOTH {
        let goal = match flavour {
            Flavour::Current => Goal { target: 1.5, stretch: 1.25 },
            Flavour::Multi => Goal { target: 1.3, stretch: 1.15 },
        };
        let runtime = flavour.runtime();
        for (name, batch, batches) in
            [("batches of 1000", BATCH, BATCHES), ("one at a time", 1, BATCH * BATCHES)]
        {
            let operations = batch * batches;
            for (verb, copy) in [("take", false), ("get", true)] {
                bench.compare(
                    format!("spawn + {verb}, {name}"),
                    flavour.name(),
                    "tokio::spawn",
                    goal,
                    || time_spawned(&runtime, operations, ours(batch, batches, copy)),
                    || time_spawned(&runtime, operations, theirs(batch, batches)),
                );
            }
        }
    }
}
