//! The `limit_connections` example: what clients see at the limits.
//! Linux lets a client come from any address of 127.0.0.0/8; elsewhere they would have to be set up.

use crate::example::Example;
use crate::foreign::{run, switched_on};

const PYTHON: &str = r#"
import socket, sys
address = (sys.argv[1], int(sys.argv[2]))

class Client:
    def __init__(self, source):
        self.socket = socket.create_connection(address, timeout=20, source_address=(source, 0))
        self.reader = self.socket.makefile("rb")

    def is_served(self):
        try:
            return self.reader.readline().startswith(b"You have a place.")
        except ConnectionResetError:
            return False

    def is_closed(self):
        try:
            return self.reader.read() == b""
        except ConnectionResetError:
            return True

    def hears_nothing(self):
        self.socket.settimeout(0.2)
        try:
            return self.socket.recv(1) is None
        except TimeoutError:
            self.socket.settimeout(20)
            return True

    def quit(self):
        self.socket.sendall(b"quit\n")
        assert self.is_closed()
"#;

const THE_REST_WAITS: &str = r#"
ann, bob = Client("127.0.0.1"), Client("127.0.0.1")
assert ann.is_served() and bob.is_served()
assert Client("127.0.0.1").is_closed()
eve = Client("127.0.0.2")
assert eve.is_served()
fred = Client("127.0.0.3")
assert fred.hears_nothing()
ann.quit()
fred.reader = fred.socket.makefile("rb")
assert fred.is_served()
bob.quit()
assert Client("127.0.0.1").is_served()
print("ok")
"#;

const THE_REST_IS_SENT_AWAY: &str = r#"
ann = Client("127.0.0.1")
assert ann.is_served()
for _ in range(5):
    assert Client("127.0.0.2").is_closed()
ann.quit()
# Her place is free a moment after she has seen the end.
while True:
    bob = Client("127.0.0.2")
    if bob.is_served():
        break
bob.quit()
print("ok")
"#;

#[test]
fn an_address_has_its_share_and_who_finds_it_full_waits_for_a_place() {
    if !switched_on("limit_connections: an_address_has_its_share_and_who_finds_it_full_waits_for_a_place") {
        return;
    }
    // The patience is longer than the test.
    let server = Example::start_with("limit_connections", &["127.0.0.1:0", "3", "2", "600"]);
    let (ip, port) = server.ip_and_port();
    assert_eq!(run("python3", &["-c", &format!("{PYTHON}{THE_REST_WAITS}"), &ip, &port], ""), "ok\n");
    let said = server.ends_well();
    assert!(said.contains("too many from one address: 1; sent away: 0"), "{said}");
}

#[test]
fn without_patience_who_finds_it_full_is_sent_away_at_once() {
    if !switched_on("limit_connections: without_patience_who_finds_it_full_is_sent_away_at_once") {
        return;
    }
    let server = Example::start_with("limit_connections", &["127.0.0.1:0", "1", "1", "0"]);
    let (ip, port) = server.ip_and_port();
    assert_eq!(run("python3", &["-c", &format!("{PYTHON}{THE_REST_IS_SENT_AWAY}"), &ip, &port], ""), "ok\n");
    let said = server.ends_well();
    assert!(said.contains("too many from one address: 0; sent away: "), "{said}");
    assert!(!said.contains("sent away: 0"), "{said}");
}
