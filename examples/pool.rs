//! A pool: many tasks behind one handle, and never more than so many at once.
//!
//! Shows: `map` with a bound, and how many run at once; a spawn that waits for a slot, and one that would have to; a kill,
//! which closes the pool.
//!
//! Run:    cargo run --release --example pool
//! Then:   read. Five dishes are cooked on two stoves.
//!
//! gevent: `Pool(2).map`, `spawn`, `full()`, `free_count()` and `kill()`.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use std::error::Error;
use std::future::pending;
use std::iter::repeat;

use greenroom::{Pool, yield_now};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let stoves = Pool::new(2);
    let dishes = ["soup", "fish", "roast", "salad", "cake"].into_iter();
    // Two workers take one dish after another. The results are in the order of the dishes.
    let busy = stoves.map(dishes.zip(repeat(stoves.clone())), cook).await?;
    println!("stoves in use, dish by dish: {busy:?}");

    let stock = stoves.spawn(pending::<()>()).await?;
    stoves.spawn(yield_now()).await?;
    println!("full: {}, free: {}", stoves.is_full(), stoves.free());
    if let Err(refused) = stoves.try_spawn(async {}) {
        println!("one more, at once: {refused}");
    }
    let more = stoves.spawn(async { println!("one more, as soon as there is a slot") }).await?;
    more.join().await;

    stoves.kill().reason("the kitchen is closed").await;
    println!("the stock was {}", stock.join().await);
    if let Err(closed) = stoves.spawn(async {}).await {
        println!("one more, now: {closed}");
    }
    Ok(())
}

/// Tells how many stoves are in use meanwhile.
async fn cook((dish, stoves): (&'static str, Pool)) -> usize {
    println!("{dish}: begun");
    yield_now().await;
    println!("{dish}: done, {} at once", stoves.len());
    stoves.len()
}
