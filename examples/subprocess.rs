//! Child processes: waited for without holding anybody up, and ended together with all that they started.
//!
//! Shows: a child's output through a pipe while a ticker goes on; a timeout, and the kill of a task, each of which ends a whole
//!        process group and reaps the child before it is over, because the child is a bracket's resource.
//! gevent: the subprocess of its tutorial. There a grandchild that holds the pipe outlives the kill, and is waited for.
//!
//! Run:    cargo run --release --example subprocess     (Unix only)
//! Then:   read. Each shell starts a `sleep` that would hold its pipe for a minute; the program takes about a second.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use std::io;
use std::process::Stdio;
use std::time::Duration;

use greenroom::{TaskError, WithTimeout, bracket, spawn, spawn_fallible};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::{interval, sleep};

const TICK: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_millis(300);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), TaskError> {
    let ticker = spawn(tick());
    let system = spawn_fallible(output_of("sleep 0.5; uname"));
    println!("this is {}", system.get().await?.trim());
    ticker.kill().await;

    match output_of("sleep 60 & sleep 60").timeout(PATIENCE).await {
        Ok(_) => println!("nobody sleeps that fast"),
        Err(elapsed) => println!("the first sleeper {elapsed}"),
    }

    let sleeper = spawn(output_of("sleep 60 & sleep 60"));
    sleep(PATIENCE).await;
    // Returns after `Family::end`.
    println!("the second sleeper was {}", sleeper.kill().reason("it is morning").await);
    Ok(())
}

async fn tick() {
    let mut clock = interval(TICK);
    loop {
        clock.tick().await;
        println!("tick");
    }
}

/// What a shell's script prints. When this is over, in whatever way, nobody is left whom the script started.
async fn output_of(script: &'static str) -> io::Result<String> {
    bracket(Family::start(script)?, Family::listen, Family::end).await
}

/// A child that leads a process group, in which its own children are born.
struct Family {
    child: Child,
    pipe: ChildStdout,
}

impl Family {
    fn start(script: &str) -> io::Result<Self> {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]).process_group(0).stdin(Stdio::null()).stdout(Stdio::piped());
        // The second line of defence, for a task that is cut off in its clean-up: it reaches the child alone.
        let mut child = shell.kill_on_drop(true).spawn()?;
        let pipe = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(Self { child, pipe })
    }

    async fn listen(&mut self) -> io::Result<String> {
        let mut said = String::new();
        self.pipe.read_to_string(&mut said).await?;
        Ok(said)
    }

    async fn end(mut self) -> io::Result<()> {
        // As long as nobody has waited for the child, its number, which is the group's, belongs to nobody else.
        if let Some(group) = self.child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?)) {
            // It fails where all have ended by themselves.
            let _ = kill_process_group(group, Signal::KILL);
        }
        // A pipe ends when nobody holds its other end any more, not when the child is gone.
        self.pipe.read_to_end(&mut Vec::new()).await?;
        println!("nobody holds the pipe ({})", self.child.wait().await?);
        Ok(())
    }
}
