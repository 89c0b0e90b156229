//! Ten jobs, one after another and all at once.
//!
//! Shows: a job that is awaited holds up those behind it; jobs that are spawned wait side by side, so that all ten take as
//! long as the slowest, and end in an order of their own.
//!
//! Run:    cargo run --release --example sync_async
//! Then:   read the two times, and the order of the second half.
//!
//! gevent: the tutorial's tasks that sleep for a while, called and spawned.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use std::time::{Duration, Instant};

use greenroom::{join_all, spawn};
use tokio::time::sleep;

const JOBS: u64 = 10;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("one after another");
    let start = Instant::now();
    for number in 1..=JOBS {
        job(number).await;
    }
    println!("took {} ms", start.elapsed().as_millis());

    println!("all at once");
    let start = Instant::now();
    let tasks: Vec<_> = (1..=JOBS).map(|number| spawn(job(number))).collect();
    join_all(&tasks).await;
    println!("took {} ms", start.elapsed().as_millis());
}

/// Each takes another time, and none of the times is in order.
async fn job(number: u64) {
    sleep(Duration::from_millis(number * 7 % 11 * 10)).await;
    println!("job {number} is done");
}
