//! The same work four times over: does it end in the same order each time?
//!
//! Shows: `imap_unordered` gives results as they come. On the runtime with one thread they come in the same order every time,
//! as long as nothing from outside decides, neither a clock nor a socket; on several threads nobody promises that.
//!
//! Run:    cargo run --release --example determinism
//! Then:   read, and run it again: the last line may change, the first must not.
//!
//! gevent: the tutorial's pool that runs four times and is equal each time, because gevent has one thread for all.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use std::error::Error;

use futures_util::TryStreamExt;
use greenroom::{Pool, TaskError, yield_now};
use tokio::runtime::Builder;

fn main() -> Result<(), Box<dyn Error>> {
    let runs = Builder::new_current_thread().build()?.block_on(four_runs())?;
    println!("one thread: {:?}, and all equal: {}", runs[0], all_equal(&runs));

    let runs = Builder::new_multi_thread().worker_threads(4).build()?.block_on(four_runs())?;
    let equal = if all_equal(&runs) { "were all equal" } else { "differed" };
    println!("four threads: they may differ, and this time they {equal}");
    Ok(())
}

async fn four_runs() -> Result<Vec<Vec<u32>>, TaskError> {
    let pool = Pool::new(10);
    let mut runs = Vec::new();
    for _ in 0..4 {
        runs.push(pool.imap_unordered(0..10, work).try_collect().await?);
    }
    Ok(runs)
}

fn all_equal(runs: &[Vec<u32>]) -> bool {
    runs.windows(2).all(|two| two[0] == two[1])
}

/// Lets the others run a few times, in which it goes back to the end of the line.
async fn work(item: u32) -> u32 {
    for _ in 0..item * 7 % 10 {
        yield_now().await;
    }
    item
}
