//! A bounded semaphore: so many at once, and no more ever.
//!
//! Shows: five workers and two permits, handed over in the order of arrival; a permit that comes back by itself, or earlier by
//! a `drop`; one that is forgotten and given back by hand; what happens when that is done too often.
//!
//! Run:    cargo run --release --example semaphore
//! Then:   read. Nobody overtakes, and there are never more than two inside.
//!
//! gevent: `BoundedSemaphore(2)`, whose `release` raises a `ValueError` when it is called too often. Here a permit cannot be
//! given back twice: dropping it is the only way. `release` is for permits that were forgotten, and else an error.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use std::error::Error;

use greenroom::{BoundedSemaphore, Semaphore, join_all, spawn, yield_now};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let doors = BoundedSemaphore::new(2);
    let visitors = [1, 2].map(|n| spawn(visit(n, doors.clone())));
    let guests = [3, 4, 5].map(|n| spawn(visit_and_stay(n, doors.clone())));
    join_all(visitors.iter().chain(&guests)).await;
    println!("free: {} of {}", doors.available(), doors.bound());

    // What was forgotten is given back once, and not twice.
    doors.acquire().await.forget();
    println!("forgotten, free: {}", doors.available());
    doors.release()?;
    println!("given back, free: {}", doors.available());
    if let Err(error) = doors.release() {
        println!("given back again: {error}");
    }
    println!("free as before: {}", doors.available());

    // One without a bound grows.
    let growing = Semaphore::new(2);
    growing.release();
    println!("a plain semaphore has {} now", growing.available());
    Ok(())
}

/// Gives the permit back by hand, and goes on without it.
async fn visit(n: u32, doors: BoundedSemaphore) {
    let permit = doors.acquire().await;
    println!("{n} is in, {} inside", doors.bound() - doors.available());
    yield_now().await;
    println!("{n} leaves");
    drop(permit);
}

/// Has it until the end.
async fn visit_and_stay(n: u32, doors: BoundedSemaphore) {
    let _permit = doors.acquire().await;
    println!("{n} is in, {} inside", doors.bound() - doors.available());
    yield_now().await;
    println!("{n} leaves");
}
