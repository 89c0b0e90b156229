//! The `echo` example: it greets, echoes lines, and ends at `quit` or at the end of input.

use crate::example::Example;
use crate::foreign::{run, switched_on};

const GREETING: &str = "Welcome to the echo server! Type quit to exit.\r\n";

/// Fails unless the greeting came to the letter, and then these lines, whatever ends a line.
#[track_caller]
fn assert_said(printed: &str, lines: &[&str]) {
    let echoed = printed.strip_prefix(GREETING);
    let echoed = echoed.unwrap_or_else(|| panic!("no greeting in {printed:?}"));
    assert_eq!(echoed.lines().collect::<Vec<_>>(), lines, "printed: {printed:?}");
}

#[test]
fn nc_is_greeted_and_echoed_until_it_quits() {
    if !switched_on("echo: nc_is_greeted_and_echoed_until_it_quits") {
        return;
    }
    let echo = Example::start("echo");
    let (ip, port) = echo.ip_and_port();
    // Without -N the client does not close: only the server's answer to `quit` ends it.
    let printed = run("nc", &[&ip, &port], "hello\r\nstill here\nquit\r\n");
    assert_said(&printed, &["hello", "still here"]);
    echo.ends_well();
}

#[test]
fn nc_that_ends_its_input_gets_every_echo_first() {
    if !switched_on("echo: nc_that_ends_its_input_gets_every_echo_first") {
        return;
    }
    let echo = Example::start("echo");
    let (ip, port) = echo.ip_and_port();
    let printed = run("nc", &["-N", &ip, &port], "one\ntwo\n");
    assert_said(&printed, &["one", "two"]);
    echo.ends_well();
}

/// Two clients at once; each step waits for its answer before the next, byte for byte where the protocol says so.
const PYTHON: &str = r#"
import socket, sys
address = (sys.argv[1], int(sys.argv[2]))
greeting = sys.argv[3].encode()

def enter():
    client = socket.create_connection(address, timeout=20)
    reader = client.makefile("rb")
    assert reader.readline() == greeting
    return client, reader

def echoes(client, reader, line):
    client.sendall(line + b"\r\n")
    answer = reader.readline().rstrip(b"\r\n")
    assert answer == line, (answer, line)

ann, ann_reader = enter()
bob, bob_reader = enter()
echoes(ann, ann_reader, b"hello")
echoes(bob, bob_reader, "grüß dich".encode())
# A line in pieces is one line.
for byte in b"slowly\r\n":
    ann.sendall(bytes([byte]))
assert ann_reader.readline().rstrip(b"\r\n") == b"slowly"
# Bob goes away without a word; Ann does not notice.
bob.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
bob_reader.close()
bob.close()
echoes(ann, ann_reader, b"x" * 10_000)
ann.sendall(b"quit\r\n")
rest = ann_reader.read()
assert rest == b"", rest
print("ok")
"#;

#[test]
fn python_clients_are_served_side_by_side() {
    if !switched_on("echo: python_clients_are_served_side_by_side") {
        return;
    }
    let echo = Example::start("echo");
    let (ip, port) = echo.ip_and_port();
    assert_eq!(run("python3", &["-c", PYTHON, &ip, &port, GREETING], ""), "ok\n");
    echo.ends_well();
}

#[test]
fn sigterm_ends_it_well_while_a_client_is_idle() {
    if !switched_on("echo: sigterm_ends_it_well_while_a_client_is_idle") {
        return;
    }
    let echo = Example::start("echo");
    let idle = std::net::TcpStream::connect(echo.address()).expect("the server accepts");
    let mut greeting = vec![0; GREETING.len()];
    std::io::Read::read_exact(&mut &idle, &mut greeting).expect("an idle client is greeted");
    assert_eq!(greeting, GREETING.as_bytes());
    echo.ends_well();
    drop(idle);
}
