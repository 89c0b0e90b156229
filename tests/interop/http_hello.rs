//! The `http_hello` example: other people's HTTP.

use crate::example::Example;
use crate::foreign::{outcome, run, switched_on};

const HELLO: &str = "<b>hello world</b>";

/// The body, and behind it what `form` asks curl for.
fn curl(hello: &Example, arguments: &[&str], path: &str, form: &str) -> String {
    let url = format!("http://{}{path}", hello.address());
    run("curl", &[&["-sS", "--max-time", "60", "-w", form], arguments, &[&url]].concat(), "")
}

#[test]
fn curl_is_answered_in_every_version() {
    if !switched_on("http_hello: curl_is_answered_in_every_version") {
        return;
    }
    let hello = Example::start("http_hello");
    for (version, spoken) in [
        ("--http1.0", "1"),
        ("--http1.1", "1.1"),
        // It asks by an upgrade, which RFC 9113 has abolished, and is answered without one.
        ("--http2", "1.1"),
        ("--http2-prior-knowledge", "2"),
    ] {
        let form = " %{http_code} %{http_version}";
        assert_eq!(curl(&hello, &[version], "/", form), format!("{HELLO} 200 {spoken}"), "{version}");
        let missing = curl(&hello, &[version], "/x", form);
        assert_eq!(missing, format!("<h1>Not Found</h1> 404 {spoken}"), "{version}");
        // With -I curl waits for no body; it would complain of one.
        let head = curl(&hello, &[version, "-I"], "/", form);
        assert!(head.to_lowercase().contains("content-length: 18\r\n"), "{version}: {head}");
        assert!(!head.contains(HELLO), "{version}: {head}");
    }
    assert!(hello.ends_well().contains("0 killed, 0 cut off"));
}

#[test]
fn curl_asks_twice_on_one_connection() {
    if !switched_on("http_hello: curl_asks_twice_on_one_connection") {
        return;
    }
    let hello = Example::start("http_hello");
    let url = format!("http://{}/", hello.address());
    let said = curl(&hello, &["--http1.1", &url], "/", " %{num_connects} ");
    assert_eq!(said, format!("{HELLO} 1 {HELLO} 0 "));
    hello.ends_well();
}

/// Each word reaches the client, though it may not have sent all it wanted.
#[test]
fn curl_is_told_what_was_wrong() {
    if !switched_on("http_hello: curl_is_told_what_was_wrong") {
        return;
    }
    let hello = Example::start("http_hello");
    let (long_path, long_header) = (format!("/{}", "x".repeat(9000)), format!("a: {}", "x".repeat(40_000)));
    let large = "x".repeat(3 * 1024 * 1024);
    for (arguments, path, status, reason) in [
        (&["-H", "Host:"][..], "/", 400, "it has no host"),
        (&["-H", "Host: a b"], "/", 400, "its host is none"),
        (&["-H", "Transfer-Encoding: gzip, chunked", "-d", "x"], "/", 400, "transfer-encoding"),
        (&["-X", "G(T"], "/", 400, "no request that can be understood"),
        (&["--data-binary", "@-", "-H", "Expect:"], "/", 413, "more than 2097152 bytes"),
        (&["--data-binary", "@-"], "/", 413, "more than 2097152 bytes"),
        (&["-T", "-"], "/", 200, "hello world"),
        (&[], &long_path, 414, "more than 8192 bytes"),
        (&["-H", "Expect: wonders"], "/", 417, "100-continue"),
        (&["-H", &long_header], "/", 431, "too many or too long"),
    ] {
        let url = format!("http://{}{path}", hello.address());
        let all = ["-sS", "--max-time", "60", "-w", " %{http_code}", "--http1.1"];
        let all = [&all[..], arguments, &[&url]].concat();
        let outcome = outcome("curl", &all, large.as_bytes());
        let printed = String::from_utf8_lossy(&outcome.printed).into_owned();
        let complaint = &outcome.complaint;
        assert!(printed.ends_with(&format!(" {status}")), "{arguments:?}: {printed} {complaint}");
        assert!(printed.contains(reason), "{arguments:?}: {printed}");
    }
    hello.ends_well();
}

#[test]
fn nghttp_is_answered_on_several_streams() {
    if !switched_on("http_hello: nghttp_is_answered_on_several_streams") {
        return;
    }
    let hello = Example::start("http_hello");
    let url = format!("http://{}/", hello.address());
    let told = run("nghttp", &["--null-out", "--stat", "--multiply=20", &url], "");
    assert_eq!(told.matches(" 200   18 /").count(), 20, "{told}");
    let said = run("nghttp", &["--verbose", &url], "");
    assert!(said.contains(":status: 200") && said.contains(HELLO), "{said}");
    assert!(!said.contains("RST_STREAM"), "{said}");
    hello.ends_well();
}

/// Many requests on one connection, in pieces, at once, and in the wrong order of things.
const PYTHON: &str = r#"
import http.client, socket, sys
host, port = sys.argv[1], int(sys.argv[2])
client = http.client.HTTPConnection(host, port, timeout=60)
client.connect()
kept = client.sock
for n in range(50):
    method = ("GET", "HEAD", "POST", "OPTIONS")[n % 4]
    client.request(method, "/" if n % 3 else "/missing", body=b"x" * 1000 if method == "POST" else None)
    answer = client.getresponse()
    body = answer.read()
    assert answer.status == (200 if n % 3 else 404), answer.status
    assert answer.version == 11 and answer.getheader("date"), answer.getheaders()
    assert len(body) == (0 if method == "HEAD" else int(answer.getheader("content-length")))
    assert client.sock is kept, "another connection"
client.close()

def raw(*pieces):
    with socket.create_connection((host, port), timeout=60) as plain:
        for piece in pieces:
            plain.sendall(piece)
        plain.shutdown(socket.SHUT_WR)
        return plain.makefile("rb").read()

request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
assert raw(request * 3).count(b"<b>hello world</b>") == 3
assert raw(*[bytes([byte]) for byte in request]).endswith(b"<b>hello world</b>")
old = raw(b"GET / HTTP/1.0\r\n\r\n")
assert old.startswith(b"HTTP/1.0 200") and old.endswith(b"<b>hello world</b>"), old
kept = raw(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" * 2)
assert kept.lower().count(b"connection: keep-alive") == 2, kept
assert raw(b"GET / HTTP/9.9\r\n\r\n").startswith(b"HTTP/1.1 400")
assert raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").startswith(b"HTTP/1.1 400")
assert raw(b"") == b""
print("ok")
"#;

#[test]
fn python_keeps_its_connection_and_pipelines() {
    if !switched_on("http_hello: python_keeps_its_connection_and_pipelines") {
        return;
    }
    let hello = Example::start("http_hello");
    let (ip, port) = hello.ip_and_port();
    assert_eq!(run("python3", &["-c", PYTHON, &ip, &port], ""), "ok\n");
    hello.ends_well();
}
