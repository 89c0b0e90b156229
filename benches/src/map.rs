//! Many trivial items, at most a hundred at once.

use std::hint::black_box;

use futures::{StreamExt, stream};
use greenroom::Pool;

use crate::measure::{Bench, Flavour, Goal, time_spawned};

const ITEMS: usize = 100_000;
const AT_ONCE: usize = 100;

async fn item(n: usize, yields: bool) -> usize {
    if yields {
        tokio::task::yield_now().await;
    }
    black_box(n) + 1
}

pub fn run(bench: &mut Bench) {
    for flavour in Flavour::BOTH {
        let runtime = flavour.runtime();
        for (name, yields) in [("trivial items", false), ("items that yield once", true)] {
            let goal = if yields { f64::NAN } else { 0.6 };
            bench.compare(
                format!("Pool::map of {ITEMS} {name}, {AT_ONCE} at once"),
                flavour.name(),
                "buffer_unordered",
                Goal { target: goal, stretch: goal / 2.0 },
                || {
                    time_spawned(&runtime, ITEMS, async move {
                        let values = Pool::new(AT_ONCE).map(0..ITEMS, move |n| item(n, yields)).await;
                        black_box(values.expect("values").len());
                    })
                },
                || {
                    time_spawned(&runtime, ITEMS, async move {
                        let items = stream::iter(0..ITEMS).map(move |n| item(n, yields));
                        let values: Vec<_> = items.buffer_unordered(AT_ONCE).collect().await;
                        black_box(values.len());
                    })
                },
            );
        }
    }
}
