//! The program, as a reader starts it; and with a client that is not ours.

use std::io::{BufRead, BufReader, Lines, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// Ends the program also when a test fails.
struct Program {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zeromq-example"));
        let mut child = command.args(arguments).stdout(Stdio::piped()).spawn().expect("it is built");
        let said = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        Self { child, said }
    }

    fn line(&mut self) -> String {
        self.said.next().expect("it goes on").expect("it is text")
    }

    fn rest(mut self) -> Vec<String> {
        let lines = self.said.by_ref().map(|line| line.expect("it is text")).collect();
        assert!(self.child.wait().expect("it is our child").success());
        lines
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn ten_requests_and_their_replies_take_turns() {
    let mut program = Program::start(&[]);
    assert!(program.line().starts_with("listening on tcp://127.0.0.1:"));
    let turns = (1..=10).flat_map(|n| {
        [format!(r#"the server hears "hello {n}""#), format!(r#"the client hears "hello {n}, too""#)]
    });
    let expected: Vec<_> = turns.chain(["the server was killed".to_owned()]).collect();
    assert_eq!(program.rest(), expected);
}

const REQ: &str = "
import sys, zmq
socket = zmq.Context().socket(zmq.REQ)
socket.setsockopt(zmq.LINGER, 0)
socket.setsockopt(zmq.RCVTIMEO, 60000)
socket.connect(sys.argv[1])
for number in range(3):
    socket.send_string('guten Tag %d' % number)
    print(socket.recv_string())
";

#[cfg(unix)]
#[test]
fn a_client_that_is_not_ours_is_answered() {
    let python = match python_with("zmq", "pyzmq") {
        Ok(python) => python,
        Err(why) => {
            // Past the harness, which would keep it to itself.
            let _ = writeln!(std::io::stderr(), "skipped: Python's pyzmq ({why})");
            return;
        }
    };
    let mut program = Program::start(&["tcp://127.0.0.1:0"]);
    let line = program.line();
    let endpoint = line.strip_prefix("listening on ").expect("it says where");
    // One that speaks something else harms nobody.
    let address = endpoint.strip_prefix("tcp://").expect("it is TCP");
    let mut stranger = TcpStream::connect(address).expect("it listens");
    stranger.write_all(b"GET / HTTP/1.1\r\n\r\n").expect("it reads");
    // Two, one after the other: the second is served although the first has gone.
    for _ in 0..2 {
        let answers = run(Command::new(&python).args(["-c", REQ, endpoint])).expect("it is answered");
        assert_eq!(answers, "guten Tag 0, too\nguten Tag 1, too\nguten Tag 2, too\n");
        for number in 0..3 {
            assert_eq!(program.line(), format!("the server hears \"guten Tag {number}\""));
        }
    }
    run(Command::new("kill").args(["-TERM", &program.child.id().to_string()])).expect("it is there");
    assert_eq!(program.rest(), ["SIGTERM ends it", "the server was killed"]);
}

/// A Python with a package, in an environment of its own.
fn python_with(module: &str, package: &str) -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("venv");
    let python = folder.join("bin/python");
    let import = format!("import {module}");
    if run(Command::new(&python).args(["-c", &import])).is_ok() {
        return Ok(python);
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--retries", "1", package]))?;
    run(Command::new(&python).args(["-c", &import])).map(|_| python)
}

/// What it says, or its last complaint.
fn run(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default().to_owned())
}
