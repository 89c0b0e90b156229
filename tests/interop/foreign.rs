//! Clients that others wrote.

use std::io::Write;
use std::process::{Command, Stdio};
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

/// Runs a client with this on its stdin, waits for its end, and returns what it printed. It must end well.
pub(crate) fn run(program: &str, arguments: &[&str], input: &str) -> String {
    let mut client = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("`{program}` does not start: {error}"));
    let mut stdin = client.stdin.take().expect("stdin is piped");
    // A client may end before it has read everything; what it printed tells.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let pid = client.id();
    let (send, ended) = mpsc::channel();
    thread::spawn(move || send.send(client.wait_with_output()));
    let output = ended.recv_timeout(PATIENCE).unwrap_or_else(|_| {
        signal(pid, "KILL");
        panic!("`{program}` does not end: is the connection still open?")
    });
    let output = output.expect("what a client prints can be read");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {}\nprinted: {printed:?}\n{complaint}", output.status);
    printed
}
