//! A client that runs while its test does something else.

use std::fmt::Write;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use crate::process::{PATIENCE, signal};

/// A client that is running. What it says, to stdout or stderr, comes line by line. Killed when dropped.
#[derive(Debug)]
pub(crate) struct Running {
    program: String,
    pid: u32,
    lines: Receiver<String>,
    said: String,
    ended: Receiver<ExitStatus>,
    over: bool,
}

impl Running {
    #[track_caller]
    pub(crate) fn start(program: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("`{program}` does not start: {error}"));
        let (send, lines) = mpsc::channel();
        pass_on(child.stdout.take().expect("stdout is piped"), send.clone());
        pass_on(child.stderr.take().expect("stderr is piped"), send);
        let pid = child.id();
        let (send, ended) = mpsc::channel();
        thread::spawn(move || child.wait().map(|status| send.send(status)));
        Self { program: program.to_owned(), pid, lines, said: String::new(), ended, over: false }
    }

    /// Waits for a line that contains this, or for the client's end.
    pub(crate) fn wait_for(&mut self, part: &str) {
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            let _ = writeln!(self.said, "{line}");
            if line.contains(part) {
                return;
            }
        }
    }

    /// Waits for the end: how it ended, and all that it has said.
    #[track_caller]
    pub(crate) fn end(mut self) -> (ExitStatus, String) {
        let status = self.ended.recv_timeout(PATIENCE);
        self.over = status.is_ok();
        let status = status.unwrap_or_else(|_| panic!("`{}` does not end:\n{}", self.program, self.said));
        self.wait_for("\0 is in no line");
        (status, std::mem::take(&mut self.said))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Once it has been waited for, its id may belong to another.
        if !self.over && self.ended.try_recv().is_err() {
            signal(self.pid, "KILL");
        }
    }
}

fn pass_on(output: impl Read + Send + 'static, lines: Sender<String>) {
    thread::spawn(move || {
        BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| lines.send(line))
    });
}
