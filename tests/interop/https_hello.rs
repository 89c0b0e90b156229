//! The `https_hello` example: other people's HTTPS.

use crate::example::Example;
use crate::folder::Folder;
use crate::foreign::{run, switched_on};

/// An example with a certificate that OpenSSL has made.
fn start(folder: &Folder) -> Example {
    let (certificate, key) = (folder.path("cert.pem"), folder.path("key.pem"));
    Example::start_with("https_hello", &["127.0.0.1:0", &certificate, &key])
}

#[test]
fn curl_agrees_on_a_version_in_the_handshake() {
    if !switched_on("https_hello: curl_agrees_on_a_version_in_the_handshake") {
        return;
    }
    let folder = Folder::new().with_certificate();
    let hello = start(&folder);
    let (_, port) = hello.ip_and_port();
    let (url, authority) = (format!("https://localhost:{port}/"), folder.path("cert.pem"));
    for (how, version, tls) in [
        (&["--http2"][..], "HTTP/2.0", "TLSv1.3"),
        (&["--http2", "--tls-max", "1.2"], "HTTP/2.0", "TLSv1.2"),
        (&["--http1.1"], "HTTP/1.1", "TLSv1.3"),
        (&["--http1.0"], "HTTP/1.0", "TLSv1.3"),
        (&["--http1.1", "--no-alpn"], "HTTP/1.1", "TLSv1.3"),
        (&["--http2-prior-knowledge"], "HTTP/2.0", "TLSv1.3"),
    ] {
        let arguments = [&["-sS", "-4", "--max-time", "60", "--cacert", &authority], how, &[&url]].concat();
        let said = format!("<b>hello world</b>, over {version} and {tls}\n");
        assert_eq!(run("curl", &arguments, ""), said, "{how:?}");
    }
    // Twice on one connection. (By prior knowledge this curl fails at that with any server.)
    for version in ["--http1.1", "--http2"] {
        let form = "%{num_connects} %{http_code} ";
        let more = ["-o", "/dev/null", "-o", "/dev/null", &url, &url];
        let arguments = ["-sS", "-4", "--cacert", &authority, version, "-w", form];
        assert_eq!(run("curl", &[&arguments[..], &more].concat(), ""), "1 200 0 200 ", "{version}");
    }
    hello.ends_well();
}

#[test]
fn curl_that_trusts_nobody_is_served_by_a_made_up_certificate() {
    if !switched_on("https_hello: curl_that_trusts_nobody_is_served_by_a_made_up_certificate") {
        return;
    }
    let hello = Example::start("https_hello");
    let url = format!("https://{}/", hello.address());
    let printed = run("curl", &["-k", "-sS", "--max-time", "60", "-w", "%{http_version}", &url], "");
    assert_eq!(printed, "<b>hello world</b>, over HTTP/2.0 and TLSv1.3\n2");
    hello.ends_well();
}

#[test]
fn benchmarks_have_their_answers_under_tls() {
    if !switched_on("https_hello: benchmarks_have_their_answers_under_tls") {
        return;
    }
    let hello = Example::start("https_hello");
    let url = format!("https://{}/", hello.address());
    let printed = run("h2load", &["-n", "2000", "-c", "10", "-m", "10", &url], "");
    assert!(printed.contains("Application protocol: h2"), "{printed}");
    assert!(printed.contains("2000 succeeded, 0 failed, 0 errored, 0 timeout"), "{printed}");
    let printed = run("ab", &["-n", "2000", "-c", "20", "-k", "-q", &url], "");
    let said = |what: &str, n: &str| {
        printed.lines().any(|line| line.strip_prefix(what).is_some_and(|rest| rest.trim() == n))
    };
    assert!(said("Complete requests:", "2000") && said("Failed requests:", "0"), "{printed}");
    assert!(said("Keep-Alive requests:", "2000"), "{printed}");
    assert!(hello.ends_well().contains("0 killed, 0 cut off"));
}

/// What Python's own clients see, and the end of TLS at the end of the server.
const PYTHON: &str = r#"
import http.client, os, signal, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[2])
client = http.client.HTTPSConnection("localhost", int(sys.argv[1]), context=context, timeout=60)
for _ in range(3):
    client.request("GET", "/")
    answer = client.getresponse()
    assert answer.read() == b"<b>hello world</b>, over HTTP/1.1 and TLSv1.3\n"
kept = client.sock
os.kill(int(sys.argv[3]), signal.SIGTERM)
kept.suppress_ragged_eofs = False
# An end without TLS's own goodbye would raise.
assert kept.recv(1) == b""
print("ok")
"#;

#[test]
fn python_is_told_goodbye_by_tls() {
    if !switched_on("https_hello: python_is_told_goodbye_by_tls") {
        return;
    }
    let folder = Folder::new().with_certificate();
    let hello = start(&folder);
    let (_, port) = hello.ip_and_port();
    let (authority, pid) = (folder.path("cert.pem"), hello.pid().to_string());
    assert_eq!(run("python3", &["-c", PYTHON, &port, &authority, &pid], ""), "ok\n");
    assert!(hello.end().success());
}
