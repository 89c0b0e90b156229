//! An example as a process of its own.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::built::built;

/// It decides only how long a broken example is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running example. Killed when dropped.
#[derive(Debug)]
pub(crate) struct Program {
    name: String,
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
}

impl Program {
    #[track_caller]
    pub(crate) fn start(name: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new(built(name))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| {
                panic!("`{name}` does not start ({error}): has `cargo build --examples` been run?")
            });
        let said = BufReader::new(child.stdout.take().expect("stdout is piped")).lines();
        Self { name: name.to_owned(), child, said }
    }

    /// Its next line, or `None` when it has closed its stdout.
    pub(crate) async fn line(&mut self) -> Option<String> {
        let line = timeout(PATIENCE, self.said.next_line()).await;
        line.unwrap_or_else(|_| panic!("`{}` says nothing more", self.name)).expect("it speaks UTF-8")
    }

    /// Sends it a signal by its short name, such as `TERM`.
    #[cfg(unix)]
    pub(crate) async fn signal(&self, signal: &str) {
        let pid = self.child.id().expect("it has not been waited for");
        let sent = Command::new("kill").arg(format!("-{signal}")).arg(pid.to_string()).status().await;
        assert!(sent.is_ok_and(|status| status.success()), "SIG{signal} could not be sent");
    }

    /// Waits for its end: how it ended, the lines that were not yet read, and its stderr.
    pub(crate) async fn end(mut self) -> (ExitStatus, Vec<String>, String) {
        let mut lines = Vec::new();
        while let Some(line) = self.line().await {
            lines.push(line);
        }
        let mut complaint = String::new();
        let mut stderr = self.child.stderr.take().expect("stderr is piped");
        let read = timeout(PATIENCE, stderr.read_to_string(&mut complaint)).await;
        read.unwrap_or_else(|_| panic!("`{}` goes on", self.name)).expect("it speaks UTF-8");
        let status = self.child.wait().await.expect("it is our child");
        (status, lines, complaint)
    }
}

/// Runs an example to its end, which must be a good one, and gives the lines that it printed.
pub(crate) async fn run(name: &str) -> Vec<String> {
    let (status, lines, complaint) = Program::start(name, &[]).end().await;
    assert!(status.success(), "`{name}`: {status}\n{}\n{complaint}", lines.join("\n"));
    lines
}
