//! Two tasks that take turns: who runs when.
//!
//! Shows: on one thread a task runs until it waits for something, and nobody comes in between; a spawned task begins when the
//! one that has spawned it waits; a turn is handed over, explicitly, with a semaphore.
//!
//! Run:    cargo run --release --example two_contexts
//! Then:   read. The order is the same every time; that of the turns is so on many threads too.
//!
//! gevent: the two greenlets of its tutorial that switch with `sleep(0)`, which goes by order of arrival. Its like,
//! `tokio::task::yield_now`, lets others run and promises no order, so where the order counts, hand the turn over.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use greenroom::{Semaphore, join_all, spawn};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // Ann has the first turn.
    let (anns, bens) = (Semaphore::new(1), Semaphore::new(0));
    let ann = spawn(take_turns("Ann", anns.clone(), bens.clone()));
    let ben = spawn(take_turns("Ben", bens, anns));
    println!("both are spawned, and neither has begun");
    join_all([&ann, &ben]).await;
    println!("both are done");
}

async fn take_turns(name: &str, mine: Semaphore, others: Semaphore) {
    println!("{name} begins");
    for turn in 1..=2 {
        // Spent, not given back: the other one gives the next.
        mine.acquire().await.forget();
        println!("{name} has turn {turn}");
        others.release();
        // The other may run now, and does when this one waits.
        println!("{name} has handed it over");
    }
}
