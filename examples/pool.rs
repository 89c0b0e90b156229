//! Groups and pools: many tasks behind one handle, and with a bound.
//!
//! Shows: a group's join; `map`, ordered and unordered streams of results; a pool of two that runs three items; a pool
//! as the limit of a service, and its kill.
//!
//! Run:    cargo run --release --example pool
//! Then:   read. The unordered results come in the order in which they get ready.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use std::time::Duration;

use futures_util::StreamExt;
use greenroom::{Group, Pool, TaskError, bracket, spawn};
use tokio::task::yield_now;
use tokio::time::sleep;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), TaskError> {
    group().await;
    streams().await?;
    bound().await?;
    service().await;
    Ok(())
}

async fn group() {
    async fn talk(word: &str) {
        for _ in 0..3 {
            println!("{word}");
            yield_now().await;
        }
    }
    let group = Group::new();
    group.add(spawn(talk("bar")));
    group.add(spawn(talk("foo")));
    group.join().await;
    group.spawn(talk("fizz"));
    group.join().await;
}

async fn streams() -> Result<(), TaskError> {
    async fn intensive(n: u64) -> (&'static str, u64) {
        sleep(Duration::from_millis(100 * (3 - n))).await;
        ("task", n)
    }
    let group = Group::new();
    println!("Ordered");
    let mut ordered = group.imap(0..3, intensive);
    while let Some(result) = ordered.next().await {
        println!("{:?}", result?);
    }
    println!("Unordered");
    let mut unordered = group.imap_unordered(0..3, intensive);
    while let Some(result) = unordered.next().await {
        println!("{:?}", result?);
    }
    Ok(())
}

async fn bound() -> Result<(), TaskError> {
    let pool = Pool::new(2);
    let seen = pool.clone();
    let sizes = pool
        .map(0..3, move |n| {
            let pool = seen.clone();
            async move {
                yield_now().await;
                println!("item {n}: the pool has {} workers", pool.len());
                pool.len()
            }
        })
        .await?;
    assert!(sizes.iter().all(|size| *size <= 2));
    Ok(())
}

/// What listens until it is told to stop, and says goodbye.
struct Handler(u32);

impl Handler {
    async fn listen(&mut self) {
        std::future::pending().await
    }

    async fn close(self) {
        println!("handler {} closed", self.0);
    }
}

async fn service() {
    let pool = Pool::new(3);
    for n in 1..=5 {
        match pool.try_spawn(bracket(Handler(n), Handler::listen, Handler::close)) {
            Ok(task) => println!("handler {n} is task {}", task.id()),
            Err(_) => println!("handler {n} is refused: at maximum pool size"),
        }
    }
    yield_now().await;
    pool.kill().reason("shutdown").await;
    println!("{} handlers left", pool.len());
}
