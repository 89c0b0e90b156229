//! A boss and three workers around a queue of three places.
//!
//! Shows: a bounded queue holds the boss back; a timeout around any future; a group of tasks; every job is done once.
//!
//! Run:    cargo run --release --example queue_workers
//! Then:   read. The boss hands out 19 jobs; when none came for a second, each worker goes home.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use std::time::Duration;

use greenroom::{Queue, WithTimeout, join_all, spawn};
use tokio::task::yield_now;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let jobs = Queue::bounded(3);
    let mut crew = vec![spawn(boss(jobs.clone()))];
    for name in ["steve", "john", "bob"] {
        crew.push(spawn(worker(name, jobs.clone())));
    }
    join_all(&crew).await;
    assert!(jobs.is_empty());
}

/// Waits whenever three jobs lie in the queue.
async fn boss(jobs: Queue<u32>) {
    for (iteration, numbers) in [(1, 1..10), (2, 10..20)] {
        for number in numbers {
            if jobs.put(number).await.is_err() {
                return;
            }
        }
        println!("Assigned all work in iteration {iteration}");
    }
}

async fn worker(name: &str, jobs: Queue<u32>) {
    while let Ok(Ok(job)) = jobs.get().timeout(Duration::from_secs(1)).await {
        println!("Worker {name} got task {job}");
        yield_now().await;
    }
    println!("Quitting time!");
}
