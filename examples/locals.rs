//! Task-local values: one name, and for every task a value of its own.
//!
//! Shows: a default, made when a task first asks; two tasks that do not see each other's values; a child that inherits nothing
//! unless it is given something; values that go when their task does; no value where there is no task.
//!
//! Run:    cargo run --release --example locals
//! Then:   read. Ann and Ben write in turn, each on a pad of their own.
//!
//! gevent: `local()`, each of its attributes a `Local`; the init function is the `__init__` of a subclass.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use greenroom::{Local, TaskError, join_all, spawn, yield_now};

static NAME: Local<&str> = Local::new(|| "nobody");
static NOTES: Local<Notes> = Local::new(|| Notes { of: name(), count: 0 });

/// A pad for a task, made when it first writes something.
struct Notes {
    of: &'static str,
    count: u32,
}

impl Drop for Notes {
    fn drop(&mut self) {
        println!("the {} notes of {} are burnt", self.count, self.of);
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), TaskError> {
    join_all(["Ann", "Ben"].map(|name| spawn(NAME.with_value(name, work())))).await;

    let parent = spawn(NAME.with_value("Cleo", async {
        (spawn(async { name() }), spawn(NAME.with_value(name(), async { name() })))
    }));
    let (stranger, heir) = parent.take().await?;
    println!("Cleo's children: {} and {}", stranger.get().await?, heir.get().await?);

    if let Err(error) = NAME.get() {
        println!("in main: {error}");
    }
    Ok(())
}

/// Deep down, where nobody was told whose task it is.
fn name() -> &'static str {
    NAME.get().unwrap_or("no task")
}

async fn work() {
    for _ in 0..3 {
        let count = NOTES.with_mut(|notes| {
            notes.count += 1;
            notes.count
        });
        println!("{} writes note {count}", name());
        yield_now().await;
    }
}
