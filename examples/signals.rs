//! Signals in a running program: each delivery is handled by a task of its own.
//!
//! Shows: SIGHUP and SIGUSR1 heard by a task each, which does nothing but hand them on; a slow handler that holds no other
//!        up; an end on SIGTERM or SIGINT that waits for the handlers that have begun.
//! gevent: `signal_handler(number, handler)`, which spawns a greenlet for each delivery.
//!
//! Run:    cargo run --release --example signals     (Unix only)
//! Then:   kill -HUP, kill -USR1 and in the end kill -TERM with the number that it prints, or Ctrl-C
//! See:    a reload takes a second, in which others may begin, and the status is told at once.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use std::io;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use greenroom::{Group, Task, kill_all, spawn, terminate};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::sleep;

const SLOW: Duration = Duration::from_secs(1);

static BEGUN: AtomicU32 = AtomicU32::new(0);
static DONE: AtomicU32 = AtomicU32::new(0);

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let end = terminate();
    let handlers = Group::new();
    let listeners =
        [on(SignalKind::hangup(), &handlers, reload)?, on(SignalKind::user_defined1(), &handlers, status)?];
    // Before it is said that we are ready: until it is heard, a signal does what the system does with it.
    println!("ready: process {}", process::id());

    let why = end.await;
    kill_all(&listeners).await;
    println!("{why}: {} handlers are at work", handlers.len());
    handlers.join().await;
    println!("goodbye");
    Ok(())
}

/// From now on each delivery of a signal spawns the handler among `handlers`.
///
/// A process has one bit for each signal that is due: of deliveries in quick succession some may be one.
fn on<H>(kind: SignalKind, handlers: &Group, handle: impl Fn() -> H + Send + 'static) -> io::Result<Task<()>>
where
    H: Future<Output = ()> + Send + 'static,
{
    let mut deliveries = signal(kind)?;
    let handlers = handlers.clone();
    Ok(spawn(async move {
        while deliveries.recv().await.is_some() {
            handlers.spawn(handle());
        }
    }))
}

async fn reload() {
    let number = BEGUN.fetch_add(1, Relaxed) + 1;
    println!("reload {number} begins");
    sleep(SLOW).await;
    DONE.fetch_add(1, Relaxed);
    println!("reload {number} is done");
}

async fn status() {
    println!("status: {} of {} reloads are done", DONE.load(Relaxed), BEGUN.load(Relaxed));
}
