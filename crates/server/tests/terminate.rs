//! Signals concern a whole process, so each test here runs its server in a process of its own: this same binary,
//! told by an environment variable what to be.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use greenroom_server::{Connection, StreamServer, terminate, with};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdout, Command};

const ROLE: &str = "GREENROOM_TEST_ROLE";

/// What the child process runs; in the parent it does nothing.
#[tokio::test]
async fn role() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let signal = terminate();
    let handling = role.clone();
    let server = StreamServer::bind("127.0.0.1:0")
        .start(with(handling, async |handling, mut conn: Connection| match &*handling {
            "stubborn" => std::future::pending().await,
            "patient" => drop(conn.read_to_end(&mut Vec::new()).await),
            _ => while let Ok(Some(_)) = conn.lines().next().await {},
        }))
        .await
        .unwrap();
    println!("listening on {}", server.local_addrs()[0]);
    let stopping = server.stop_when(signal);
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
}

struct Process {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    address: String,
}

impl Process {
    async fn start(role: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "role", "--nocapture"])
            .env(ROLE, role)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = line_after(&mut lines, "listening on ").await;
        Self { child, lines, address }
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.id().unwrap().cast_signed()).unwrap();
        kill_process(pid, signal).unwrap();
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
        let mut client = TcpStream::connect(&process.address).await.unwrap();
        // Told before the server is: or its end would be that of a client never accepted.
        tokio::io::AsyncWriteExt::write_all(&mut client, b"hello\n").await.unwrap();
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
    assert!(status.success());
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
