//! Links between tasks, and a kill that waits for clean-up.
//!
//! Shows: `link_value` and `link_error`, which tell of an end; `bracket`, and what a kill does to it; a clean shutdown on
//! SIGINT and SIGTERM where there is something to clean up.
//!
//! Run:    cargo run --release --example link_and_kill
//! Then:   read; or press Ctrl-C within the first two seconds.
//!
//! gevent: `link_value`, `link_exception` and `kill` of a greenlet. What a greenlet tidies up in a `finally`, `bracket` does here.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use std::time::Duration;

use greenroom::{Event, WithTimeout, bracket, spawn, spawn_fallible, terminate};
use tokio::time::sleep;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    links().await;
    kill().await;
}

async fn links() {
    let told = Event::new();
    let task = spawn_fallible(async { "four".parse::<u32>() });
    task.link_value(|task| async move { println!("not called: {task:?} has no value") });
    let tell = told.clone();
    task.link_error(|task| async move {
        println!("a link was told: {}", task.join().await);
        tell.set();
    });
    told.wait().await;
}

/// A desk that must be tidied up by whoever leaves it.
struct Desk;

impl Desk {
    async fn work(&mut self) {
        for hour in 1.. {
            println!("working, hour {hour}");
            sleep(Duration::from_millis(500)).await;
        }
    }

    async fn tidy(self) {
        sleep(Duration::from_millis(100)).await;
        println!("the desk is tidy");
    }
}

async fn kill() {
    let clerk = spawn(bracket(Desk, Desk::work, Desk::tidy));
    let why = match terminate().timeout(Duration::from_secs(2)).await {
        Ok(_) => "the program was told to end",
        Err(_) => "closing time",
    };
    // Returns after `tidy`, or says that it took too long.
    let exit = clerk.kill().within(Duration::from_secs(3)).reason(why).await;
    println!("the clerk was {exit}");
}
