//! Two tasks that take turns: who runs when.
//!
//! Shows: on one thread a task runs until it waits for something, and nobody comes in between; a spawned task begins when the
//! one that has spawned it waits; whoever yields goes to the end of the line.
//!
//! Run:    cargo run --release --example two_contexts
//! Then:   read. The order is the same every time. On many threads it would not be: there, a turn is handed over by a
//!         `Semaphore` or a `Channel`.
//!
//! gevent: the two greenlets of its tutorial that switch with `sleep(0)`, which is `yield_now` here.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use greenroom::{join_all, spawn, yield_now};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let ann = spawn(take_turns("Ann"));
    let ben = spawn(take_turns("Ben"));
    println!("both are spawned, and neither has begun");
    join_all([&ann, &ben]).await;
    println!("both are done");
}

async fn take_turns(name: &str) {
    for turn in 1..=2 {
        println!("{name} has turn {turn}");
        println!("{name} still has it, for nobody comes in between");
        yield_now().await;
    }
    println!("{name} is back, and done");
}
