//! The `echo_tls` example: other people's TLS.

use crate::example::Example;
use crate::folder::Folder;
use crate::foreign::{Outcome, outcome, run, switched_on};

/// An example with a certificate that OpenSSL has made.
fn start(folder: &Folder, more: &[&str]) -> Example {
    let (certificate, key) = (folder.path("cert.pem"), folder.path("key.pem"));
    let arguments = ["127.0.0.1:0", "--cert", &certificate, "--key", &key];
    Example::start_with("echo_tls", &[&arguments, more].concat())
}

/// A client that trusts that certificate and nothing else.
fn s_client(echo: &Example, folder: &Folder, more: &[&str], input: &str) -> Outcome {
    let (address, authority) = (echo.address().to_string(), folder.path("cert.pem"));
    let arguments = ["s_client", "-connect", &address, "-CAfile", &authority, "-verify_return_error"];
    outcome("openssl", &[&arguments, more].concat(), input.as_bytes())
}

#[test]
fn openssl_is_greeted_and_echoed_over_both_versions_with_and_without_a_name() {
    if !switched_on("echo_tls: openssl_is_greeted_and_echoed_over_both_versions_with_and_without_a_name") {
        return;
    }
    let folder = Folder::new().with_certificate();
    let echo = start(&folder, &[]);
    for (version, told) in [("-tls1_2", "TLSv1.2, TLS_ECDHE_ECDSA"), ("-tls1_3", "TLSv1.3, TLS13_")] {
        for name in [["-verify_hostname", "localhost"], ["-noservername", "-showcerts"]] {
            let more = [&["-quiet", version], &name[..]].concat();
            let printed = s_client(&echo, &folder, &more, "hello\r\nquit\r\n").well();
            let printed = String::from_utf8_lossy(&printed).into_owned();
            let lines: Vec<_> = printed.lines().collect();
            assert!(lines[0].starts_with(&format!("Welcome! This is {told}")), "{printed}");
            assert_eq!(lines[1..], ["hello"], "{version} {name:?}");
        }
    }
    assert!(echo.ends_well().contains("handshakes that failed: 0"));
}

#[test]
fn openssl_that_offers_a_protocol_nobody_asked_for_is_served_without_one() {
    if !switched_on("echo_tls: openssl_that_offers_a_protocol_nobody_asked_for_is_served_without_one") {
        return;
    }
    let folder = Folder::new().with_certificate();
    let echo = start(&folder, &[]);
    let printed = s_client(&echo, &folder, &["-alpn", "foo", "-ign_eof"], "quit\r\n").well();
    let printed = String::from_utf8_lossy(&printed).into_owned();
    assert!(printed.contains("No ALPN negotiated") && printed.contains("Welcome!"), "{printed}");
    echo.ends_well();
}

#[test]
fn openssl_with_an_old_version_is_turned_away_with_an_alert() {
    if !switched_on("echo_tls: openssl_with_an_old_version_is_turned_away_with_an_alert") {
        return;
    }
    let folder = Folder::new().with_certificate();
    let echo = start(&folder, &[]);
    for version in ["-tls1_1", "-tls1"] {
        // Without the level OpenSSL would not even ask.
        let more = [version, "-cipher", "DEFAULT:@SECLEVEL=0"];
        let said = s_client(&echo, &folder, &more, "hello\r\nquit\r\n").badly();
        // What rustls misses first is the list of signature schemes, which came with TLS 1.2.
        assert!(said.contains("alert handshake failure"), "{version}: {said}");
    }
    assert!(echo.ends_well().contains("handshakes that failed: 2"));
}

/// Made-up certificates are not trusted; what comes after is the same.
#[test]
fn without_files_it_makes_up_a_certificate_that_nobody_trusts() {
    if !switched_on("echo_tls: without_files_it_makes_up_a_certificate_that_nobody_trusts") {
        return;
    }
    let echo = Example::start("echo_tls");
    let address = echo.address().to_string();
    let said =
        outcome("openssl", &["s_client", "-connect", &address, "-verify_return_error"], b"quit\r\n").badly();
    assert!(said.contains("self-signed certificate") || said.contains("self signed certificate"), "{said}");
    let printed = run("openssl", &["s_client", "-quiet", "-connect", &address], "hello\r\nquit\r\n");
    assert_eq!(printed.lines().nth(1), Some("hello"), "{printed}");
    echo.ends_well();
}

/// Versions, a session that is taken up again, and ends that are TLS's own.
const PYTHON: &str = r#"
import socket, ssl, sys
address, authority = (sys.argv[1], int(sys.argv[2])), sys.argv[3]

def enter(version, session=None):
    context = contexts[version]
    plain = socket.create_connection(address, timeout=20)
    client = context.wrap_socket(plain, server_hostname="localhost", suppress_ragged_eofs=False, session=session)
    reader = client.makefile("rb")
    greeting = reader.readline().decode()
    assert client.version() == version and version in greeting, greeting
    return client, reader

contexts = {}
for name in ("TLSv1.2", "TLSv1.3"):
    contexts[name] = context = ssl.create_default_context(cafile=authority)
    context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, name.replace(".", "_"))
    client, reader = enter(name)
    for line in (b"hello\r\n", "grüß dich\r\n".encode(), b"x" * 60_000 + b"\r\n"):
        client.sendall(line)
        assert reader.readline().rstrip() == line.rstrip()
    session = client.session
    client.sendall(b"quit\r\n")
    # An end without a goodbye would raise.
    assert reader.read() == b""
    client, reader = enter(name, session)
    assert client.session_reused, name
    client.sendall(b"quit\r\n")
    assert reader.read() == b""
print("ok")
"#;

#[test]
fn python_is_served_over_both_versions_and_resumes() {
    if !switched_on("echo_tls: python_is_served_over_both_versions_and_resumes") {
        return;
    }
    let folder = Folder::new().with_certificate();
    let echo = start(&folder, &[]);
    let (ip, port) = echo.ip_and_port();
    assert_eq!(run("python3", &["-c", PYTHON, &ip, &port, &folder.path("cert.pem")], ""), "ok\n");
    echo.ends_well();
}

/// More than a record at a time, until its own goodbye is answered.
const PYTHON_RAW: &str = r#"
import os, socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[3])
plain = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=20)
client = context.wrap_socket(plain, server_hostname="localhost", suppress_ragged_eofs=False)
for length in (1, 16_384, 16_385, 100_000):
    sent, back = os.urandom(length), b""
    client.sendall(sent)
    while len(back) < length:
        back += client.recv(length - len(back))
    assert back == sent, length
client.unwrap()
print("ok")
"#;

#[test]
fn raw_python_gets_its_bytes_back_and_its_goodbye_is_answered() {
    if !switched_on("echo_tls: raw_python_gets_its_bytes_back_and_its_goodbye_is_answered") {
        return;
    }
    let folder = Folder::new().with_certificate();
    let echo = start(&folder, &["--raw"]);
    let (ip, port) = echo.ip_and_port();
    assert_eq!(run("python3", &["-c", PYTHON_RAW, &ip, &port, &folder.path("cert.pem")], ""), "ok\n");
    echo.ends_well();
}

#[test]
fn raw_socat_gets_a_megabyte_back_after_it_has_sent_all() {
    if !switched_on("echo_tls: raw_socat_gets_a_megabyte_back_after_it_has_sent_all") {
        return;
    }
    let folder = Folder::new().with_certificate();
    let echo = start(&folder, &["--raw"]);
    let sent: Vec<u8> = (0..=255_u8).cycle().take(1 << 20).collect();
    let authority = folder.path("cert.pem");
    let target = format!("OPENSSL:{},cafile={authority},commonname=localhost", echo.address());
    let back = outcome("socat", &["-t", "20", "-", &target], &sent).well();
    assert!(back == sent, "{} bytes came back, or others", back.len());
    assert!(echo.ends_well().contains("handshakes that failed: 0"));
}

/// Says that it is there, and waits for the end.
const PYTHON_IDLE: &str = r#"
import os, signal, socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[3])
plain = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=20)
client = context.wrap_socket(plain, server_hostname="localhost", suppress_ragged_eofs=False)
reader = client.makefile("rb")
reader.readline()
os.kill(int(sys.argv[4]), signal.SIGTERM)
assert reader.read() == b""
print("ok")
"#;

#[test]
fn sigterm_says_goodbye_to_an_idle_client() {
    if !switched_on("echo_tls: sigterm_says_goodbye_to_an_idle_client") {
        return;
    }
    let folder = Folder::new().with_certificate();
    let echo = start(&folder, &[]);
    let (ip, port) = echo.ip_and_port();
    let (authority, pid) = (folder.path("cert.pem"), echo.pid().to_string());
    assert_eq!(run("python3", &["-c", PYTHON_IDLE, &ip, &port, &authority, &pid], ""), "ok\n");
    assert!(echo.end().success());
}
