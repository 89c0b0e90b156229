//! An example that runs as a process of its own, as a user starts it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use crate::process::{PATIENCE, signal};

/// A running example. Killed when dropped.
#[derive(Debug)]
pub(crate) struct Example {
    name: &'static str,
    pid: u32,
    address: SocketAddr,
    ended: Receiver<ExitStatus>,
    over: bool,
}

impl Example {
    /// Starts an example on a port that the system chooses, and waits until it says where it listens.
    pub(crate) fn start(name: &'static str) -> Self {
        Self::run(name, Command::new(path(name)))
    }

    /// The same, with a program and its arguments in front of it. That program must leave the example this process's child.
    pub(crate) fn start_under(name: &'static str, program: &str, arguments: &[String]) -> Self {
        let mut command = Command::new(program);
        command.args(arguments).arg(path(name));
        Self::run(name, command)
    }

    fn run(name: &'static str, mut command: Command) -> Self {
        let program = path(name);
        let mut child =
            command.arg("127.0.0.1:0").stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap_or_else(
                |error| {
                    panic!(
                        "{} does not start ({error}): has `cargo build --examples` been run?",
                        program.display()
                    )
                },
            );
        let pid = child.id();
        let said = listening(child.stdout.take().expect("stdout is piped"));
        let ended = end_of(child);
        let address = said.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            signal(pid, "KILL");
            panic!("`{name}` did not say `listening on ADDR`")
        });
        Self { name, pid, address, ended, over: false }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends SIGTERM and waits for the end.
    pub(crate) fn terminate(self) -> ExitStatus {
        signal(self.pid, "TERM");
        self.end()
    }

    /// Waits for the end.
    pub(crate) fn end(mut self) -> ExitStatus {
        let status = self.ended.recv_timeout(PATIENCE);
        self.over = status.is_ok();
        status.unwrap_or_else(|_| panic!("`{}` goes on", self.name))
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        // Once it has been waited for, its id may belong to another.
        if !self.over && self.ended.try_recv().is_err() {
            signal(self.pid, "KILL");
        }
    }
}

/// Examples lie beside the folder of this test's own binary, in the same profile.
fn path(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows where it is");
    let profile = test.parent().and_then(|deps| deps.parent()).expect("a test lies in target/<profile>/deps");
    profile.join("examples").join(name).with_extension(std::env::consts::EXE_EXTENSION)
}

/// The address in the line `listening on ADDR`. All of stdout is read, so that the process never blocks on a full pipe.
fn listening(stdout: ChildStdout) -> Receiver<SocketAddr> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let address = line.strip_prefix("listening on ").and_then(|address| address.parse().ok());
            if let Some(address) = address {
                // Whoever gave up waiting needs no answer.
                let _ = send.send(address);
            }
        }
    });
    receive
}

fn end_of(mut child: Child) -> Receiver<ExitStatus> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || child.wait().map(|status| send.send(status)));
    receive
}
