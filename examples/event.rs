//! An event: one who sets it, and everybody who waits for it.
//!
//! Shows: all who wait are woken, the longest waiting first; who comes later need not wait; a wait with a limit; a set that a
//! clear follows at once wakes all the same.
//!
//! Run:    cargo run --release --example event
//! Then:   read. Three actors wait behind the curtain, and go on when it is up.
//!
//! gevent: `Event`, with its setter and its waiters, and what becomes of `wait(timeout)`.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use std::time::Duration;

use greenroom::{Event, WithTimeout, join_all, spawn};
use tokio::time::sleep;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let curtain = Event::new();
    let actors = ["Ann", "Ben", "Cleo"].map(|name| spawn(go_on(name, curtain.clone())));
    let stagehand = spawn(raise(curtain.clone()));
    join_all(&actors).await;
    stagehand.join().await;

    curtain.wait().await;
    println!("Dan comes late and goes on at once");

    curtain.clear();
    match curtain.wait().timeout(Duration::from_millis(100)).await {
        Ok(()) => println!("somebody raised it again"),
        Err(elapsed) => println!("the curtain is down: {elapsed}"),
    }

    // Whoever waits by now is woken, also by a curtain that is down again before anybody has looked.
    let glimpse = curtain.wait();
    curtain.set();
    curtain.clear();
    glimpse.await;
    println!("it was up for a moment, and is it still? {}", curtain.is_set());
}

async fn go_on(name: &str, curtain: Event) {
    println!("{name} waits");
    curtain.wait().await;
    println!("{name} goes on");
}

async fn raise(curtain: Event) {
    sleep(Duration::from_millis(100)).await;
    println!("the curtain goes up");
    curtain.set();
}
