//! A program that would run for a thousand seconds, and ends when it is told to: gently at first, at once when told again.
//!
//! Shows: SIGINT and SIGTERM from `terminate`, and SIGQUIT beside them; a worker that is killed and tidies up; a second signal
//! that cuts the tidying off.
//!
//! Run:    cargo run --release --example shutdown [seconds]     (Unix only; the time that tidying up takes, default: 1)
//! Then:   press Ctrl-C or Ctrl-\, or send SIGTERM; with 30 seconds for it, press twice.
//!
//! gevent: the shutdown on SIGQUIT of its tutorial, with a call that gevent has no more.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use std::error::Error;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use greenroom::{Exit, finally, spawn, terminate};
use tokio::select;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::sleep;

const LONG: Duration = Duration::from_secs(1000);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let seconds = std::env::args().nth(1).map_or(Ok(1), |seconds| seconds.parse())?;
    let told = told_to_end()?;
    let worker = spawn(finally(sleep(LONG), tidy_up(Duration::from_secs(seconds))));
    println!("working");

    let exit = select! {
        exit = worker.join() => exit,
        why = told => {
            // Before anything is said: who reads it may be in a hurry.
            let again = told_to_end()?;
            println!("{why}: tidying up");
            select! {
                exit = worker.kill().reason(why) => exit,
                more = again => {
                    println!("{more}: no more tidying up");
                    worker.kill_within(Duration::ZERO).await
                }
            }
        }
    };
    println!("the worker was {exit}");
    Ok(if matches!(exit, Exit::CutOff(_)) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Resolves at the next SIGINT, SIGTERM or SIGQUIT from now on, and tells which.
///
/// What is called here listens at once, awaited or not, so no signal finds the program unprepared. `terminate` knows the
/// first two, and at a second one hurries servers that are stopping; here is no server, so it is heard anew.
fn told_to_end() -> io::Result<impl Future<Output = String>> {
    let usual = terminate();
    let mut quit = signal(SignalKind::quit())?;
    Ok(async move {
        select! {
            why = usual => why.to_string(),
            _ = quit.recv() => "SIGQUIT".to_owned(),
        }
    })
}

async fn tidy_up(time: Duration) {
    sleep(time).await;
    println!("all is tidy");
}
