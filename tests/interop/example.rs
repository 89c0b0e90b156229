//! An example that runs as a process of its own, as a user starts it.

use std::io::{self, BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use crate::built::built;
use crate::process::{PATIENCE, signal};

/// A running example, or whatever else says where it listens. Killed when dropped.
#[derive(Debug)]
pub(crate) struct Example {
    name: String,
    pid: u32,
    place: String,
    ended: Receiver<ExitStatus>,
    complaint: Receiver<String>,
    over: bool,
}

impl Example {
    /// Starts an example on a port that the system chooses, and waits until it says where it listens.
    pub(crate) fn start(name: &str) -> Self {
        Self::start_with(name, &["127.0.0.1:0"])
    }

    /// The same, with these arguments.
    pub(crate) fn start_with(name: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new(built(name));
        command.args(arguments);
        Self::run(name, command)
    }

    /// The same as [`start`](Self::start), with a program and its arguments in front of it. That program must leave the
    /// example this process's child.
    pub(crate) fn start_under(name: &str, program: &str, arguments: &[String]) -> Self {
        let mut command = Command::new(program);
        command.args(arguments).arg(built(name)).arg("127.0.0.1:0");
        Self::run(name, command)
    }

    /// Starts a program that says where it listens as the examples do.
    pub(crate) fn run(name: &str, mut command: Command) -> Self {
        let program = command.get_program().to_owned();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| {
            panic!("{} does not start ({error}): has `cargo build --examples` been run?", program.display())
        });
        let pid = child.id();
        let said = listening(child.stdout.take().expect("stdout is piped"));
        let complaint = complaint(child.stderr.take().expect("stderr is piped"));
        let ended = end_of(child);
        let place = said.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            signal(pid, "KILL");
            panic!("`{name}` did not say `listening on ADDR`")
        });
        Self { name: name.to_owned(), pid, place, ended, complaint, over: false }
    }

    /// Where it listens, as it says it: `127.0.0.1:7000`, `unix:/run/app.sock`.
    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// Where it listens, of one that listens on TCP.
    #[track_caller]
    pub(crate) fn address(&self) -> SocketAddr {
        self.place.parse().expect("it listens on TCP")
    }

    /// Its IP address and its port, for clients that take them apart.
    #[track_caller]
    pub(crate) fn ip_and_port(&self) -> (String, String) {
        (self.address().ip().to_string(), self.address().port().to_string())
    }

    /// For whoever else is to send it a signal.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Sends SIGTERM and waits for the end.
    pub(crate) fn terminate(self) -> ExitStatus {
        signal(self.pid, "TERM");
        self.end()
    }

    /// Sends SIGKILL and waits for the end: nothing is tidied up.
    pub(crate) fn crash(self) {
        signal(self.pid, "KILL");
        self.end();
    }

    /// Waits for the end.
    pub(crate) fn end(mut self) -> ExitStatus {
        self.wait()
    }

    /// What every test ends with: the example is still there, and SIGTERM ends it well. Returns what it has written to stderr.
    #[track_caller]
    pub(crate) fn ends_well(mut self) -> String {
        signal(self.pid, "TERM");
        let status = self.wait();
        let complaint = self.complaint.recv_timeout(PATIENCE).expect("its stderr ends with it");
        assert_eq!(status.code(), Some(0), "SIGTERM: {status}\n{complaint}");
        assert!(complaint.contains("drained"), "a report of the drain: {complaint}");
        complaint
    }

    fn wait(&mut self) -> ExitStatus {
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

/// The address in the line `listening on ADDR`. All of stdout is read, so that the process never blocks on a full pipe.
fn listening(stdout: ChildStdout) -> Receiver<String> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if let Some(place) = line.strip_prefix("listening on ") {
                // Whoever gave up waiting needs no answer.
                let _ = send.send(place.to_owned());
            }
        }
    });
    receive
}

/// All of stderr, at its end. It is passed on as it comes, for whoever looks for what went wrong.
fn complaint(stderr: ChildStderr) -> Receiver<String> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut all = String::new();
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            let _ = writeln!(io::stderr(), "{line}");
            all += &line;
            all.push('\n');
        }
        send.send(all)
    });
    receive
}

fn end_of(mut child: Child) -> Receiver<ExitStatus> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || child.wait().map(|status| send.send(status)));
    receive
}
