//! Pipes: a child that is talked to, a child that is slower than we are, and a pipe that is not ours.
//!
//! Shows: lines to a child's stdin and from its stdout, by two tasks; a full pipe that holds its writer up, with no buffer
//!        that grows; waiting until a descriptor of somebody else is readable.
//! gevent: its tutorial's relay between two processes, and `wait_read`.
//!
//! Run:    cargo run --release --example pipes     (Unix only)
//! Then:   read

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use std::io::{self, Write};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use greenroom::spawn_fallible;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::unix::pipe;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

const GREETINGS: usize = 10;
const LINES: usize = 50_000;
const RINGS: usize = 3;

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    talk().await?;
    hold_back().await?;
    wait_readable().await
}

/// Who writes and who reads are two tasks: one that did both would wait for an answer with the next line in its hand.
async fn talk() -> io::Result<()> {
    let relay = r#"n=0; while read -r word; do echo "$word in $n"; n=$((n+1)); done"#;
    let (mut child, mut to_child, mut from_child) = start("sh", &["-c", relay])?;
    let talker = spawn_fallible(async move {
        for _ in 0..GREETINGS {
            to_child.write_all(b"hi\n").await?;
        }
        // Dropped here, its end of the pipe tells the child that no more comes.
        io::Result::Ok(())
    });
    while let Some(line) = from_child.next_line().await? {
        println!("{line}");
    }
    talker.get().await?;
    println!("the relay ended: {}", child.wait().await?);
    Ok(())
}

/// How far a writer gets ahead of the reader behind a child. The pipes hold so much, and then the writer waits.
async fn hold_back() -> io::Result<()> {
    let (mut child, mut to_child, mut from_child) = start("cat", &[])?;
    let written = Arc::new(AtomicUsize::new(0));
    let writer = spawn_fallible({
        let written = Arc::clone(&written);
        async move {
            for n in 0..LINES {
                to_child.write_all(format!("{n:0>63}\n").as_bytes()).await?;
                written.fetch_add(1, Relaxed);
            }
            io::Result::Ok(())
        }
    });
    let (mut read, mut ahead) = (0, 0);
    while from_child.next_line().await?.is_some() {
        read += 1;
        ahead = ahead.max(written.load(Relaxed).saturating_sub(read));
    }
    writer.get().await?;
    child.wait().await?;
    println!("{read} lines came back; the writer was never more than {ahead} ahead");
    Ok(())
}

/// A library that knows no async often has a descriptor that gets readable when there is something to be had from it.
///
/// tokio takes pipes and sockets by their ownership, in safe code. Its `AsyncFd`, for whatever else can be polled, wants
/// an `unsafe` word that the descriptor stays open.
async fn wait_readable() -> io::Result<()> {
    let (bell, mut rope) = io::pipe()?;
    let bell = pipe::Receiver::from_owned_fd(bell.into())?;
    let library = thread::spawn(move || (0..RINGS).try_for_each(|_| rope.write_all(b"!")));
    let (mut rings, mut bytes) = (0, [0; 16]);
    loop {
        bell.readable().await?;
        match bell.try_read(&mut bytes) {
            Ok(0) => break,
            Ok(n) => rings += n,
            // Readiness is a hint: whoever else reads this pipe may have been faster.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    // It has let go of the rope, so this takes no time.
    println!(
        "the bell rang {rings} times; the library is {}",
        if library.join().is_ok() { "done" } else { "broken" }
    );
    Ok(())
}

fn start(
    program: &str,
    arguments: &[&str],
) -> io::Result<(Child, ChildStdin, Lines<BufReader<ChildStdout>>)> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn()?;
    let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::ErrorKind::BrokenPipe.into());
    };
    Ok((child, stdin, BufReader::new(stdout).lines()))
}
