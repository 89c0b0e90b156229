//! The `udp_echo` example: each datagram comes back as it was, an empty one too.

use crate::example::Example;
use crate::foreign::{outcome, run, switched_on};

const PYTHON: &str = r#"
import socket, sys
server = (sys.argv[1], int(sys.argv[2]))
ann = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
bob = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for client in (ann, bob):
    client.settimeout(20)
for sent in (b"", b"\0", b"a line\n", b"x" * 60_000):
    for client in (ann, bob):
        client.sendto(sent, server)
    for client in (ann, bob):
        back, peer = client.recvfrom(65_535)
        assert back == sent and peer == server, (len(back), peer)
# One that is gone before its answer comes harms nobody.
bob.sendto(b"anybody?", server)
bob.close()
ann.sendto(b"still there", server)
assert ann.recvfrom(100)[0] == b"still there"
print("ok")
"#;

#[test]
fn python_gets_every_datagram_back_whole() {
    if !switched_on("udp_echo: python_gets_every_datagram_back_whole") {
        return;
    }
    let echo = Example::start("udp_echo");
    let (ip, port) = echo.ip_and_port();
    assert_eq!(run("python3", &["-c", PYTHON, &ip, &port], ""), "ok\n");
    echo.ends_well();
}

#[test]
fn socat_gets_its_datagram_back() {
    if !switched_on("udp_echo: socat_gets_its_datagram_back") {
        return;
    }
    let echo = Example::start("udp_echo");
    let target = format!("UDP:{}", echo.address());
    // It waits so many seconds for an answer after the end of its input.
    let back = outcome("socat", &["-t", "3", "-", &target], b"hello\n").well();
    assert_eq!(back, b"hello\n");
    echo.ends_well();
}
