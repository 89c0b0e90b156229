//! What a task tells of itself: while it runs, when it has won, and when it has failed.
//!
//! Shows: started, finished, successful, the value and the error; a failure stays inside its task, and whoever asks for the
//! value learns of it, as often as they ask; one that nobody has looked at goes to the log.
//!
//! Run:    cargo run --release --example task_state
//! Then:   read. Two horses jump; a third falls while nobody looks.
//!
//! gevent: the flags of a greenlet, `started`, `ready()`, `successful()`, `value` and `exception`. There `started` turns false
//! again at the end, here it stays.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

mod log;

use greenroom::{AnyTask, Task, TaskBuilder, join_all};

const FENCE_CM: u32 = 120;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    log::to_stdout();
    let winner = horse("Hortense", 140);
    let loser = horse("Gaston", 90);
    // A spawned task begins when the one that has spawned it waits for something: on one thread, not before.
    state(&winner);
    state(&loser);

    // It only waits: no error comes out of here.
    join_all([&winner, &loser]).await;
    state(&winner);
    state(&loser);

    // Who asks for the value gets it, or the error in its place.
    for task in [&winner, &loser, &loser] {
        match task.get().await {
            Ok(spare) => println!("the value: {spare} cm to spare"),
            Err(error) => println!("the error: {error}"),
        }
    }

    // Nobody asks how this one ended, and with the last handle goes the last chance to.
    drop(join_all([horse("Odette", 100)]).await);
}

fn horse(name: &'static str, leap_cm: u32) -> Task<u32> {
    TaskBuilder::new().name(name).spawn_fallible(jump(leap_cm))
}

async fn jump(leap_cm: u32) -> Result<u32, String> {
    leap_cm.checked_sub(FENCE_CM).ok_or_else(|| format!("{leap_cm} cm is not high enough"))
}

fn state(task: &AnyTask) {
    let name = task.name().unwrap_or("a horse");
    let exit = task.exit().map_or_else(|| "still to come".to_owned(), |exit| exit.to_string());
    println!(
        "{name}: started {}, finished {}, successful {}; the end: {exit}",
        task.is_started(),
        task.is_finished(),
        task.is_successful(),
    );
}
