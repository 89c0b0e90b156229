//! A task that is a thing of its own: a struct with an async method that runs it.
//!
//! Shows: fields for what the task needs, `run` for what it does, and a method that makes a task of it, with a name; a task
//! that is made and started later; the task as its own code sees it.
//!
//! Run:    cargo run --release --example typed_task
//! Then:   read. A cuckoo clock is set up, started, and asked how often it called.
//!
//! gevent: a subclass of `Greenlet` with a `_run`. Here nothing is inherited: a struct has a task, it need not be one.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use std::time::Duration;

use greenroom::{Task, TaskBuilder, TaskError, current};
use tokio::time::sleep;

struct CuckooClock {
    call: &'static str,
    hour: u32,
    pause: Duration,
}

impl CuckooClock {
    async fn run(self) -> u32 {
        if let Some(task) = current() {
            println!("the {} runs", task.name().unwrap_or("nameless"));
        }
        for _ in 0..self.hour {
            println!("{}!", self.call);
            sleep(self.pause).await;
        }
        self.hour
    }

    /// The task of this clock, which stands still until it is started.
    fn into_task(self) -> Task<u32> {
        TaskBuilder::new().name("cuckoo clock").unstarted().spawn(self.run())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), TaskError> {
    let clock = CuckooClock { call: "cuckoo", hour: 3, pause: Duration::from_millis(100) };
    let task = clock.into_task();
    println!("started: {}", task.is_started());
    task.start();
    println!("started: {}", task.is_started());
    println!("it called {} times", task.await?);
    Ok(())
}
