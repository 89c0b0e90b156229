//! Clients that others wrote.

use std::io::Write;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;

use crate::process::{PATIENCE, signal};

/// Whether interop tests are switched on. If not, it says so past the test harness, which would swallow a plain print.
pub(crate) fn switched_on(test: &str) -> bool {
    let on = std::env::var_os("GREENROOM_INTEROP").is_some_and(|value| value == "1");
    if !on {
        let _ = writeln!(std::io::stderr(), "skipped: {test} (interop tests run with GREENROOM_INTEROP=1)");
    }
    on
}

/// How a client ended, and what it printed.
#[derive(Debug)]
pub(crate) struct Outcome {
    program: String,
    pub(crate) status: ExitStatus,
    pub(crate) printed: Vec<u8>,
    pub(crate) complaint: String,
}

impl Outcome {
    /// What it printed, given that it ended well.
    #[track_caller]
    pub(crate) fn well(self) -> Vec<u8> {
        let Self { program, status, printed, complaint } = self;
        let shown = String::from_utf8_lossy(&printed);
        assert!(status.success(), "{program}: {status}\nprinted: {shown:?}\n{complaint}");
        printed
    }

    /// All it had to say, given that it ended with an error of its own: neither killed nor content.
    #[track_caller]
    pub(crate) fn badly(self) -> String {
        let said = format!("{}{}", String::from_utf8_lossy(&self.printed), self.complaint);
        let own_error = self.status.code().is_some_and(|code| code != 0);
        assert!(own_error, "{}: {}\n{said}", self.program, self.status);
        said
    }
}

/// Runs a client with this on its stdin, waits for its end, and returns what it printed. It must end well.
#[track_caller]
pub(crate) fn run(program: &str, arguments: &[&str], input: &str) -> String {
    String::from_utf8_lossy(&outcome(program, arguments, input.as_bytes()).well()).into_owned()
}

/// Runs a client with this on its stdin, and waits for its end, whatever that is.
#[track_caller]
pub(crate) fn outcome(program: &str, arguments: &[&str], input: &[u8]) -> Outcome {
    let mut client = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("`{program}` does not start: {error}"));
    let mut stdin = client.stdin.take().expect("stdin is piped");
    let input = input.to_owned();
    // A client may end before it has read everything; what it printed tells.
    thread::spawn(move || drop(stdin.write_all(&input)));
    let pid = client.id();
    let (send, ended) = mpsc::channel();
    thread::spawn(move || send.send(client.wait_with_output()));
    let output = ended.recv_timeout(PATIENCE).unwrap_or_else(|_| {
        signal(pid, "KILL");
        panic!("`{program}` does not end: is the connection still open?")
    });
    let output = output.expect("what a client prints can be read");
    Outcome {
        program: program.to_owned(),
        status: output.status,
        printed: output.stdout,
        complaint: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
