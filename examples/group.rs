//! A group: many tasks behind one handle.
//!
//! Shows: tasks that are added, and one that the group starts; a join; one function over many items by `map`, `imap` and
//! `imap_unordered`, and in what order each gives its results.
//!
//! Run:    cargo run --release --example group
//! Then:   read. Whoever has fewer laps to run is home earlier; only the last of the three ways lets you see that.
//!
//! gevent: `Group`, with `add`, `spawn`, `join`, and its three kinds of map.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use futures_util::StreamExt;
use greenroom::{Group, TaskError, spawn, yield_now};

const RUNNERS: [(&str, u32); 3] = [("Tortoise", 60), ("Fox", 40), ("Hare", 20)];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), TaskError> {
    let group = Group::new();
    group.add(spawn(cheer("the left")));
    group.add(spawn(cheer("the right")));
    println!("cheering: {}", group.len());
    group.join().await;
    group.spawn(cheer("behind"));
    group.join().await;
    println!("cheering: {}", group.len());

    // All at once, when the last is home. In the order of the items.
    println!("map: {}", group.map(RUNNERS, run).await?.join(", "));

    // One after another, in the order of the items: a slow one holds back those behind it.
    let mut results = group.imap(RUNNERS, run);
    while let Some(name) = results.next().await {
        println!("imap: {}", name?);
    }

    // One after another, as they come.
    let mut results = group.imap_unordered(RUNNERS, run);
    while let Some(name) = results.next().await {
        println!("imap_unordered: {}", name?);
    }
    Ok(())
}

async fn cheer(side: &str) {
    for _ in 0..2 {
        println!("hurrah from {side}");
        yield_now().await;
    }
}

/// Each lap gives the others a turn, so the race is the same every time.
async fn run((name, laps): (&'static str, u32)) -> &'static str {
    for _ in 0..laps {
        yield_now().await;
    }
    name
}
