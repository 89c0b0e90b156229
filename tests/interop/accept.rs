//! Accept fails by order of strace: the system call itself answers with an error, in a program that knows nothing of it.
//!
//! What is counted are calls, between one event and another. strace counts by thread, and the loop may change threads, so
//! an order to fail N times may fail N times on each. A machine without strace, or where it may not trace, skips these.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;

use crate::example::Example;
use crate::foreign::switched_on;
use crate::process::PATIENCE;

/// Errors of single clients.
const RETRIED: [&str; 7] =
    ["ECONNABORTED", "EPROTO", "EPERM", "EINTR", "ENETDOWN", "EHOSTUNREACH", "ETIMEDOUT"];
/// Of exhaustion, and one that nobody knows from accept.
const BACKED_OFF_FROM: [&str; 5] = ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EIO"];
const FATAL: [&str; 4] = ["EBADF", "EINVAL", "ENOTSOCK", "EFAULT"];

/// The echo example, whose accept fails by order.
struct Traced {
    example: Example,
    output: PathBuf,
}

/// One call of accept, by what strace wrote.
#[derive(Debug)]
struct Call {
    /// In seconds.
    at: f64,
    injected: bool,
}

impl Traced {
    /// `when`: which of the calls of a thread fail, as strace has it: `1..6`, `1+`.
    fn start(error: &str, when: &str) -> Self {
        let name =
            format!("greenroom-accept-{}-{error}-{}.strace", std::process::id(), when.replace('.', "-"));
        let output = std::env::temp_dir().join(name);
        let inject = format!("inject=accept4:error={error}:when={when}");
        // -D: the tracer goes elsewhere, and the example stays our child.
        let arguments = ["-D", "-f", "-qq", "-ttt", "-e", "trace=accept4", "-e", &inject, "-o"];
        let mut arguments: Vec<_> = arguments.map(str::to_owned).into();
        arguments.push(output.display().to_string());
        Self { example: Example::start_under("echo", "strace", &arguments), output }
    }

    fn calls(&self) -> Vec<Call> {
        calls(&fs::read_to_string(&self.output).expect("strace writes"))
    }

    fn connect(&self) -> TcpStream {
        let client = TcpStream::connect(self.example.address()).expect("the kernel's backlog takes it");
        client.set_read_timeout(Some(PATIENCE)).expect("a limit can be set");
        client
    }

    /// SIGTERM, a good end, and all that was called.
    fn terminate(self) -> Vec<Call> {
        let Self { example, output } = self;
        let status = example.terminate();
        assert!(status.success(), "{status}");
        read_and_remove(&output)
    }
}

/// `4711 1700000000.123456 accept4(9, ...) = -1 EMFILE (Too many open files) (INJECTED)`. A call that another thread's came in
/// between takes two lines, of which the second says `<... accept4 resumed>`.
fn calls(text: &str) -> Vec<Call> {
    let lines = text.lines().filter(|line| line.contains("accept4") && !line.contains("unfinished"));
    lines
        .map(|line| {
            let at = line.split_whitespace().find_map(|word| word.parse().ok().filter(|at| *at > 1e9));
            Call {
                at: at.unwrap_or_else(|| panic!("no time in {line}")),
                injected: line.contains("INJECTED"),
            }
        })
        .collect()
}

/// The tracer may write a moment longer than the example lives.
fn read_and_remove(output: &PathBuf) -> Vec<Call> {
    let text = fs::read_to_string(output).expect("strace writes");
    let _ = fs::remove_file(output);
    calls(&text)
}

/// The last line that the server sends back for one.
fn echo(mut client: TcpStream) -> String {
    client.write_all(b"hello\n").expect("a client may write");
    client.shutdown(Shutdown::Write).expect("and say that it has done so");
    let mut answer = String::new();
    client.read_to_string(&mut answer).expect("the server answers");
    answer.lines().last().unwrap_or_default().to_owned()
}

fn can_trace(test: &str) -> bool {
    if !switched_on(test) {
        return false;
    }
    let tried = Command::new("strace")
        .args(["-D", "-f", "-qq", "-e", "inject=accept4:error=EMFILE:when=1..2", "-o", "/dev/null", "true"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let can = tried.is_ok_and(|status| status.success());
    if !can {
        let _ = writeln!(std::io::stderr(), "skipped: {test} (strace is missing, or may not trace here)");
    }
    can
}

/// No second, wherever it begins, has more calls than this.
fn assert_calls_per_second(calls: &[Call], most: usize, what: &str) {
    for (n, call) in calls.iter().enumerate() {
        let in_this_second = calls[n..].iter().take_while(|later| later.at < call.at + 1.0).count();
        assert!(in_this_second <= most, "{what}: {in_this_second} calls in a second: {calls:?}");
    }
}

#[test]
fn errors_of_single_clients_from_the_system_are_retried_and_the_client_is_served() {
    if !can_trace("accept, errors of clients") {
        return;
    }
    for error in RETRIED {
        let traced = Traced::start(error, "1..6");
        assert_eq!(echo(traced.connect()), "hello", "{error}");
        let calls = traced.terminate();
        let failed = calls.iter().filter(|call| call.injected).count();
        assert!(failed >= 6, "{error}: {calls:?}");
        // Besides the failed: one that took the client, and those that found nobody.
        assert!(calls.len() - failed <= 4, "{error}: {calls:?}");
    }
}

#[test]
fn exhaustion_from_the_system_is_waited_out_and_the_client_is_served() {
    if !can_trace("accept, exhaustion") {
        return;
    }
    for error in BACKED_OFF_FROM {
        let traced = Traced::start(error, "1..4");
        assert_eq!(echo(traced.connect()), "hello", "{error}");
        let calls = traced.terminate();
        let failed = calls.iter().filter(|call| call.injected).count();
        assert!(failed >= 4, "{error}: {calls:?}");
        assert!(calls.len() - failed <= 4, "{error}: {calls:?}");
        assert_calls_per_second(&calls, 24, error);
    }
}

#[test]
fn an_accept_that_fails_for_ever_is_called_seldom_and_a_stop_is_heard_meanwhile() {
    if !can_trace("accept, for ever") {
        return;
    }
    let all = ["EMFILE", "ENFILE", "ENOMEM", "EACCES"].map(|error| {
        let traced = Traced::start(error, "1+");
        let waiting = traced.connect();
        (error, traced, waiting)
    });
    for (error, traced, waiting) in all {
        // At EMFILE each try is two: the second while the spare file is closed.
        let enough = if error == "EMFILE" { 18 } else { 9 };
        while traced.calls().len() < enough {
            thread::yield_now();
        }
        let calls = traced.terminate();
        // Six or seven delays fit into the first second, two into each that follows.
        assert_calls_per_second(&calls, if error == "EMFILE" { 2 * 9 } else { 9 }, error);
        drop(waiting);
    }
}

#[test]
fn a_listener_that_the_system_calls_finished_ends_the_server_by_itself() {
    if !can_trace("accept, finished listeners") {
        return;
    }
    for error in FATAL {
        let traced = Traced::start(error, "1+");
        let _waiting = traced.connect();
        let status = traced.example.end();
        assert!(status.success(), "it has drained: {error}, {status}");
        let calls = read_and_remove(&traced.output);
        assert_eq!(calls.len(), 1, "{error}: {calls:?}");
    }
}
