//! Limits to the time that something may take: every form that there is.
//!
//! Shows: a limit around a future, and behind it; one deadline for several waits, and how it is lifted; a value in place of an error; a limit
//! within a limit, and which of the two it was; an error with a name of its own.
//!
//! Run:    cargo run --release --example timeouts
//! Then:   read. It is breakfast; what is not ready by itself takes an hour, and nobody waits that long.
//!
//! gevent: `Timeout` as an object, in a `with`, silent, nested and with an exception of one's own; `with_timeout`; and the
//! `timeout=` of its waits, for which any of these forms goes around the wait.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use std::error::Error;
use std::fmt;
use std::time::Duration;

use greenroom::{Elapsed, Queue, Timeout, WithTimeout, finally, spawn, timeout, with_timeout_value};
use tokio::time::sleep;

const PATIENCE: Duration = Duration::from_millis(100);
const HOUR: Duration = Duration::from_secs(3600);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("bread: {:?}", timeout(PATIENCE, ready("bread")).await);

    // What is inside is over when the limit has passed, and has tidied up.
    let jam = finally(slow("jam"), async { println!("the lid is on the jam") });
    println!("jam: {}", complaint(timeout(PATIENCE, jam).await));

    // Behind a wait it reads better. Only the wait is over: the task goes on.
    let porridge = spawn(slow("porridge"));
    println!("porridge: {}", complaint(porridge.get().timeout(PATIENCE).await));
    println!("is it over? {}", porridge.is_finished());
    porridge.kill().reason("nobody wants it any more").await;
    println!("orders: {}", complaint(Queue::<&str>::unbounded().get().timeout(PATIENCE).await));
    println!("without a limit: {:?}", ready("milk").timeout(None).await);

    one_deadline().await;

    println!("silent: {}", with_timeout_value(PATIENCE, slow("eggs"), "no eggs today").await);

    println!("outer first: {}", nested(PATIENCE, HOUR).await);
    println!("inner first: {}", nested(HOUR, PATIENCE).await);

    match breakfast().await {
        Ok(dish) => println!("breakfast: {dish}"),
        Err(hungry) => println!("breakfast: {hungry}"),
    }
}

/// All waits draw on the same time: when the second has used it up, nothing is left for the third.
async fn one_deadline() {
    let limit = Timeout::start_new(PATIENCE);
    println!("shared, tea: {:?}", limit.run(ready("tea")).await);
    println!("shared, coffee: {}", complaint(limit.run(slow("coffee")).await));
    println!("is any time left? {}", limit.pending());
    println!("shared, juice: {}", complaint(limit.run(slow("juice")).await));

    // Lifted from within or without, it strikes no more, until it is started again.
    let water = async {
        limit.cancel();
        sleep(2 * PATIENCE).await;
        "water"
    };
    println!("lifted, water: {:?}", limit.run(water).await);
}

/// Whoever handles a limit that has passed can tell whose it was.
async fn nested(outer: Duration, inner: Duration) -> &'static str {
    let (outer, inner) = (Timeout::new(outer), Timeout::new(inner));
    match outer.run(inner.run(slow("honey"))).await {
        Err(elapsed) if elapsed.belongs_to(&outer) => "the outer limit has passed",
        Ok(Err(elapsed)) if elapsed.belongs_to(&inner) => "the inner limit has passed",
        _ => "there is honey",
    }
}

/// A limit that has passed is an error as any other: `?` turns it into one's own.
async fn breakfast() -> Result<&'static str, Hungry> {
    let toast = ready("toast").timeout(PATIENCE).await?;
    println!("first {toast}");
    Ok(slow("pancakes").timeout(PATIENCE).await?)
}

#[derive(Debug)]
struct Hungry(Elapsed);

impl fmt::Display for Hungry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "we leave hungry: {}", self.0)
    }
}

impl Error for Hungry {}

impl From<Elapsed> for Hungry {
    fn from(elapsed: Elapsed) -> Self {
        Self(elapsed)
    }
}

async fn ready(dish: &'static str) -> &'static str {
    dish
}

async fn slow(dish: &'static str) -> &'static str {
    sleep(HOUR).await;
    dish
}

fn complaint<T>(served: Result<T, Elapsed>) -> String {
    served.map_or_else(|elapsed| elapsed.to_string(), |_| "served".to_owned())
}
