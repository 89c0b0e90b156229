//! Signals concern a whole process, so each test here runs its server in a process of its own: this same binary,
//! told by an environment variable what to be.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use greenroom_server::{Connection, StreamServer, terminate, with};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdout, Command};
use tokio::signal;

const ROLE: &str = "GREENROOM_TEST_ROLE";

/// What the child process runs; in the parent it does nothing.
#[tokio::test]
async fn role() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let terminated = terminate();
    let handling = role.clone();
    let lame_duck = if role == "lame" { Duration::from_secs(20) } else { Duration::ZERO };
    if role == "reloading" {
        let mut hangups = signal::unix::signal(signal::unix::SignalKind::hangup()).unwrap();
        tokio::spawn(async move {
            while hangups.recv().await.is_some() {
                println!("reloaded");
            }
        });
    }
    let server = StreamServer::bind("127.0.0.1:0")
        .lame_duck(lame_duck)
        .start(with(handling, async |handling, mut conn: Connection| match &*handling {
            "stubborn" | "lame" => std::future::pending().await,
            "patient" => drop(conn.read_to_end(&mut Vec::new()).await),
            // A request takes as long as the client likes.
            "busy" => {
                while let Ok(Some(request)) = conn.lines().next().await {
                    conn.send_line(format!("working on {request}")).await.unwrap();
                    let mut word = [0; 3];
                    conn.read_exact(&mut word).await.unwrap();
                    conn.send_line(format!("done with {request}")).await.unwrap();
                }
            }
            _ => {
                while let Ok(Some(line)) = conn.lines().next().await {
                    conn.send_line(line).await.unwrap();
                }
            }
        }))
        .await
        .unwrap();
    println!("listening on {}", server.local_addrs()[0]);
    if role == "lame" {
        let told = server.lame_duck_signal();
        tokio::spawn(async move {
            told.stopped().await;
            println!("lame");
        });
    }
    let stopping = server.stop_when(terminated);
    let report = if role == "patient" {
        tokio::spawn(stopping);
        while server.stats().active == 0 {
            tokio::task::yield_now().await;
        }
        let end = server.stop();
        println!("stopping");
        end.await
    } else {
        stopping.await
    };
    println!("{report}");
    if role != "stubborn" && role != "lame" {
        return;
    }
    // Past the test harness, which knows no other codes than its own.
    std::process::exit(if report.is_clean() { 0 } else { 3 });
}

struct Process {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    address: String,
}

impl Process {
    fn spawn(role: &str) -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "role", "--nocapture"])
            .env(ROLE, role)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    }

    async fn start(role: &str) -> Self {
        let mut child = Self::spawn(role);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = line_after(&mut lines, "listening on ").await;
        Self { child, lines, address }
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.id().unwrap().cast_signed()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// A client that has been served once.
    async fn client(&self) -> BufReader<TcpStream> {
        let mut client = BufReader::new(TcpStream::connect(&self.address).await.unwrap());
        client.get_mut().write_all(b"hello\n").await.unwrap();
        client.read_line(&mut String::new()).await.unwrap();
        client
    }

    async fn end(mut self) -> (String, ExitStatus) {
        let report = line_after(&mut self.lines, "stopped in ").await;
        (report, self.child.wait().await.unwrap())
    }
}

/// The rest of the first line that begins so.
async fn line_after(lines: &mut Lines<BufReader<ChildStdout>>, beginning: &str) -> String {
    loop {
        let line = lines.next_line().await.unwrap().expect("the process still speaks");
        // The test harness may have begun the line.
        if let Some((_, rest)) = line.split_once(beginning) {
            return rest.to_owned();
        }
    }
}

#[tokio::test]
async fn either_signal_drains_and_ends_well() {
    for signal in [Signal::TERM, Signal::INT] {
        let process = Process::start("polite").await;
        let mut client = process.client().await;
        process.signal(signal);
        assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
        let (report, status) = process.end().await;
        assert!(report.contains(" 0 killed, 0 cut off"), "{report}");
        assert!(status.success());
    }
}

#[tokio::test]
async fn a_signal_right_after_the_address_was_told_is_not_lost() {
    for _ in 0..10 {
        let process = Process::start("polite").await;
        process.signal(Signal::TERM);
        let (_, status) = process.end().await;
        assert!(status.success());
    }
}

/// Row 82.
#[tokio::test]
async fn a_second_signal_goes_on_to_the_kill() {
    let start = Instant::now();
    let process = Process::start("stubborn").await;
    let client = TcpStream::connect(&process.address).await.unwrap();
    process.signal(Signal::INT);
    // The first signal has been heard when clients are refused.
    while TcpStream::connect(&process.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    process.signal(Signal::TERM);
    let (report, status) = process.end().await;
    assert!(report.contains("0 connections drained"), "{report}");
    assert_eq!(status.code(), Some(3), "by its report the process knows that it left in a hurry");
    assert!(start.elapsed() < Duration::from_secs(20), "the grace of 25 s was not waited for");
    drop(client);
}

#[tokio::test]
async fn the_first_signal_does_not_hurry_a_stop_that_others_began() {
    let mut process = Process::start("patient").await;
    let client = TcpStream::connect(&process.address).await.unwrap();
    line_after(&mut process.lines, "stopping").await;
    process.signal(Signal::TERM);
    drop(client);
    let (report, status) = process.end().await;
    assert!(report.contains("1 connection drained, 0 killed"), "{report}");
    assert!(status.success());
}

/// Row 81.
#[tokio::test]
async fn a_sigterm_closes_the_idle_and_lets_the_busy_finish() {
    let process = Process::start("busy").await;
    let mut idle = TcpStream::connect(&process.address).await.unwrap();
    idle.write_all(b"first\nend").await.unwrap();
    let mut idle = BufReader::new(idle);
    for expected in ["working on first\n", "done with first\n"] {
        let mut line = String::new();
        idle.read_line(&mut line).await.unwrap();
        assert_eq!(line, expected);
    }
    // Half-way through its request: "working on" was the answer to the line.
    let mut busy = process.client().await;
    process.signal(Signal::TERM);
    assert_eq!(idle.read(&mut [0]).await.unwrap(), 0, "the idle one is closed");
    busy.get_mut().write_all(b"end").await.unwrap();
    let mut rest = String::new();
    busy.read_to_string(&mut rest).await.unwrap();
    assert_eq!(rest, "done with hello\n");
    let (report, status) = process.end().await;
    assert!(report.contains("2 connections drained, 0 killed, 0 cut off"), "{report}");
    assert!(status.success());
}

/// Row 82, in the phase in which nothing is closed yet.
#[tokio::test]
async fn a_second_signal_ends_the_lame_duck_too() {
    let start = Instant::now();
    let mut process = Process::start("lame").await;
    let client = TcpStream::connect(&process.address).await.unwrap();
    process.signal(Signal::TERM);
    line_after(&mut process.lines, "lame").await;
    // Still there for new clients; and this one is accepted after the first.
    drop(TcpStream::connect(&process.address).await.unwrap());
    process.signal(Signal::TERM);
    let (report, status) = process.end().await;
    assert!(report.contains(" killed, 0 cut off"), "{report}");
    assert_eq!(status.code(), Some(3));
    assert!(start.elapsed() < Duration::from_secs(15), "the lame duck time of 20 s was not waited for");
    drop(client);
}

/// Row 83. Whenever the signal comes, a process that has said that it is ready drains.
#[tokio::test]
async fn a_sigterm_during_the_start_finds_the_process_unborn_or_prepared() {
    let mut ends = [0, 0];
    for delay in 0..25 {
        let mut child = Process::spawn("polite");
        // Nothing is waited for: whatever the moment, the claim is the same.
        tokio::time::sleep(Duration::from_millis(2 * delay)).await;
        let pid = Pid::from_raw(child.id().unwrap().cast_signed()).unwrap();
        kill_process(pid, Signal::TERM).unwrap();
        let mut said = String::new();
        child.stdout.take().unwrap().read_to_string(&mut said).await.unwrap();
        let status = child.wait().await.unwrap();
        if said.contains("listening on ") {
            assert!(said.contains("stopped in ") && status.success(), "{delay}: {status}, {said}");
            ends[1] += 1;
        } else {
            ends[0] += 1;
        }
    }
    println!("unborn, prepared: {ends:?}");
}

/// Row 84: the table of `terminate`.
#[tokio::test]
async fn each_signal_does_what_the_table_says() {
    // Those that nobody handles end the process at once.
    for signal in [Signal::QUIT, Signal::HUP, Signal::USR2] {
        let mut process = Process::start("polite").await;
        let _client = process.client().await;
        process.signal(signal);
        let status = process.child.wait().await.unwrap();
        assert_eq!(status.signal(), Some(signal.as_raw()));
    }
    // A client that is gone, or SIGPIPE by whoever sends it, ends nothing.
    let process = Process::start("polite").await;
    process.signal(Signal::PIPE);
    let client = process.client().await;
    process.signal(Signal::INT);
    drop(client);
    let (_, status) = process.end().await;
    assert!(status.success());
    // A program that reloads on SIGHUP goes on serving, however often it is told.
    let mut process = Process::start("reloading").await;
    for _ in 0..3 {
        process.signal(Signal::HUP);
        line_after(&mut process.lines, "reloaded").await;
        drop(process.client().await);
    }
    process.signal(Signal::TERM);
    let (_, status) = process.end().await;
    assert!(status.success());
}
