//! Tasks: their state, their ends, links between them, and a kill that waits for clean-up.
//!
//! Shows: states and exits; `link`, `link_value` and `link_error`; a task with a name, started later; `bracket`, and
//! what a kill does to it; a clean shutdown on SIGINT and SIGTERM where there is something to clean up.
//!
//! Run:    cargo run --release --example link_and_kill
//! Then:   read; or press Ctrl-C within the first two seconds.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use std::time::Duration;

use greenroom::{Event, TaskBuilder, WithTimeout, bracket, spawn, spawn_fallible, terminate};
use tokio::time::sleep;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    states().await;
    links().await;
    kill().await;
}

async fn states() {
    let winner = spawn(async { "You win!" });
    let loser = spawn_fallible(async { Err::<(), _>("You fail at failing.") });
    println!("started: {} and {}", winner.is_started(), loser.is_started());

    // An error inside a task stays inside it.
    println!("winner: {:?}", winner.get().await);
    println!("loser: {}", loser.join().await);
    println!("finished: {} and {}", winner.is_finished(), loser.is_finished());
    println!("successful: {} and {}", winner.is_successful(), loser.is_successful());

    let later = TaskBuilder::new().name("later").unstarted().spawn(async {
        println!("Hi there!");
    });
    later.start();
    later.join().await;
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
