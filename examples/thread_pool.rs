//! Code that blocks, on threads of its own; and what happens when one forgets.
//!
//! Shows: a bounded pool of threads; a ticker that goes on beside four blocking calls, and one that does not tick once
//!        beside a single call on the loop; a kill, which no blocking call hears.
//! gevent: its `threadpool` example: three threads, four calls that sleep.
//!
//! Run:    cargo run --release --example thread_pool
//! Then:   read

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use greenroom::{Event, ThreadPool, spawn};
use tokio::time::interval;

const BLOCKED: Duration = Duration::from_millis(300);
const TICK: Duration = Duration::from_millis(10);

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let threads = ThreadPool::new(3);

    let (ticks, words) = beside_a_ticker(threads.map(["one", "two", "three", "four"], slowly)).await;
    println!("on threads: {}; the ticker ticked {ticks} times", words?.join(" "));

    // The mistake: it compiles, it works, and everybody else stands still. On a runtime with several threads it stops
    // one of them, and with it whatever happens to wait for that one.
    let (ticks, word) = beside_a_ticker(async { slowly("five") }).await;
    println!("on the loop: {word}; the ticker ticked {ticks} times");

    kill(&threads).await
}

/// It might read a file, ask a database, or compute.
fn slowly(word: &str) -> String {
    thread::sleep(BLOCKED);
    word.to_uppercase()
}

/// What some work returns, and how often a ticker ticked meanwhile.
async fn beside_a_ticker<T>(work: impl Future<Output = T>) -> (u32, T) {
    let ticks = Arc::new(AtomicU32::new(0));
    let ticker = spawn(tick(Arc::clone(&ticks)));
    let value = work.await;
    let ticked = ticks.load(Relaxed);
    ticker.kill().await;
    (ticked, value)
}

async fn tick(ticks: Arc<AtomicU32>) {
    let mut clock = interval(TICK);
    loop {
        clock.tick().await;
        ticks.fetch_add(1, Relaxed);
    }
}

/// A thread cannot be interrupted: the kill waits for the call, and then all is as if there had been no kill.
async fn kill(threads: &ThreadPool) -> io::Result<()> {
    let begun = Event::new();
    let begin = begun.clone();
    let call = move || {
        begin.set();
        slowly("six")
    };
    let task = threads.spawn(call).await?;
    begun.wait().await;
    println!("told to end, the call {}: {:?}", task.kill().await, task.get().await);
    Ok(())
}
