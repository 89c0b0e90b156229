//! Queues between those who have work and those who do it.
//!
//! Shows: a queue that takes everything, emptied by three workers; a queue of three places, which holds the boss back; a
//! `get` with a limit, for when there is no more work.
//!
//! Run:    cargo run --release --example queue_workers
//! Then:   read. Every job is done once, and in the second part there are never more than three on the table.
//!
//! gevent: `Queue` with `get_nowait`, then `Queue(maxsize=3)` with a `get` that ends in `Empty`.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use std::time::Duration;

use greenroom::{PutError, Queue, TryPutError, WithTimeout, join_all, spawn, spawn_fallible, yield_now};

const CREW: [&str; 3] = ["Ida", "Joe", "Kim"];
const PATIENCE: Duration = Duration::from_millis(500);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), TryPutError<u32>> {
    let heap = Queue::unbounded();
    for plate in 1..=9 {
        heap.try_put(plate)?;
    }
    println!("{} plates are to be washed", heap.len());
    join_all(CREW.map(|name| spawn(wash(name, heap.clone())))).await;

    let table = Queue::bounded(3);
    let boss = spawn_fallible(hand_out(table.clone()));
    join_all(CREW.map(|name| spawn(dry(name, table.clone())))).await;
    println!("the boss has {}", boss.join().await);
    Ok(())
}

/// Never waits: what is there is all there is.
async fn wash(name: &str, heap: Queue<u32>) {
    while let Ok(plate) = heap.try_get() {
        println!("{name} washes {plate}");
        yield_now().await;
    }
    println!("{name} sees no more plates");
}

/// Waits whenever the table is full.
async fn hand_out(table: Queue<u32>) -> Result<(), PutError<u32>> {
    for plate in 1..=20 {
        if table.is_full() {
            println!("the boss waits: {} lie on the table", table.len());
        }
        table.put(plate).await?;
    }
    println!("the boss has handed out everything");
    Ok(())
}

/// Waits for more, but not for ever.
async fn dry(name: &str, table: Queue<u32>) {
    loop {
        match table.get().timeout(PATIENCE).await {
            Ok(Ok(plate)) => println!("{name} dries {plate}"),
            Ok(Err(over)) => return println!("{name} goes home: {over}"),
            Err(elapsed) => return println!("{name} goes home: {elapsed}"),
        }
        yield_now().await;
    }
}
