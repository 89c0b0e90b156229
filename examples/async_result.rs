//! An outcome that is told once, and that everybody learns who waits for it.
//!
//! Shows: a value for three who wait, and an error for three others; a look that does not wait; the first who tells it has
//! told it for good; a wait with a limit.
//!
//! Run:    cargo run --release --example async_result
//! Then:   read. Each who waits has a copy of the value; the error is one, and shared.
//!
//! gevent: `AsyncResult`: `set`, `set_exception`, and `get` in many greenlets. There the last `set` wins, here the first.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use std::error::Error;
use std::time::Duration;

use greenroom::{AnyTask, AsyncResult, WithTimeout, join_all, spawn, yield_now};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let winner = AsyncResult::new();
    let crowd = gather(&winner);
    yield_now().await;
    println!("known so far: {}", winner.is_ready());
    winner.set("Hortense")?;
    join_all(crowd).await;
    if let Err(refused) = winner.set("Gaston") {
        println!("{refused}; {} came too late", refused.into_inner());
    }
    println!("it stays {}", winner.get().await?);

    let cancelled = AsyncResult::new();
    let crowd = gather(&cancelled);
    yield_now().await;
    cancelled.fail("it rains, there is no race")?;
    join_all(crowd).await;

    let never = AsyncResult::<&str>::new();
    if let Err(elapsed) = never.get().timeout(Duration::from_millis(100)).await {
        println!("nobody told: {elapsed}");
    }
    Ok(())
}

fn gather(outcome: &AsyncResult<&'static str>) -> Vec<AnyTask> {
    ["Ann", "Ben", "Cleo"].map(|name| spawn(listen(name, outcome.clone())).into()).into()
}

async fn listen(name: &str, outcome: AsyncResult<&'static str>) {
    match outcome.get().await {
        Ok(winner) => println!("{name} hears: {winner} has won"),
        Err(error) => println!("{name} hears: {error}"),
    }
}
