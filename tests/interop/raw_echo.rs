//! The `raw_echo` example: bytes come back as they are, also after the client has sent all.

use crate::example::Example;
use crate::foreign::{outcome, run, switched_on};

/// Every byte there is, and more than any buffer on the way holds.
fn bytes() -> Vec<u8> {
    (0..=255_u8).cycle().take(1 << 20).collect()
}

#[test]
fn nc_and_socat_get_a_megabyte_back_after_they_have_sent_all() {
    if !switched_on("raw_echo: nc_and_socat_get_a_megabyte_back_after_they_have_sent_all") {
        return;
    }
    let echo = Example::start("raw_echo");
    let (ip, port) = echo.ip_and_port();
    let sent = bytes();
    let target = format!("TCP:{}", echo.address());
    let clients: [(&str, &[&str]); 2] = [("nc", &["-N", &ip, &port]), ("socat", &["-t", "20", "-", &target])];
    for (program, arguments) in clients {
        let back = outcome(program, arguments, &sent).well();
        assert!(back == sent, "{program}: {} bytes came back, or others", back.len());
    }
    echo.ends_well();
}

const PYTHON: &str = r#"
import socket, sys
client = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=20)
for sent in (b"\0", b"no line", b"\r\n\xff\n"):
    client.sendall(sent)
    back = b""
    while len(back) < len(sent):
        back += client.recv(100)
    assert back == sent, back
client.shutdown(socket.SHUT_WR)
assert client.recv(100) == b""
print("ok")
"#;

#[test]
fn python_gets_its_bytes_back_at_once_line_or_not() {
    if !switched_on("raw_echo: python_gets_its_bytes_back_at_once_line_or_not") {
        return;
    }
    let echo = Example::start("raw_echo");
    let (ip, port) = echo.ip_and_port();
    assert_eq!(run("python3", &["-c", PYTHON, &ip, &port], ""), "ok\n");
    echo.ends_well();
}
