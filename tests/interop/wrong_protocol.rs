//! Clients that have come to the wrong door: they are told so, or at least see the end, and soon.

use crate::example::Example;
use crate::foreign::{outcome, switched_on};

/// Half of what a handshake may take: whoever is kept until that is over is kept longer. In seconds.
const SOON: &str = "5";
/// How curl ends when that is over.
const CURL_TIMED_OUT: &str = "(28)";

#[test]
fn row_95_openssl_at_a_plaintext_port_fails_and_does_not_hang() {
    if !switched_on("wrong_protocol: row_95_openssl_at_a_plaintext_port_fails_and_does_not_hang") {
        return;
    }
    for name in ["echo", "raw_echo", "proxy_protocol"] {
        let server = Example::start(name);
        let address = server.address().to_string();
        let said = outcome("openssl", &["s_client", "-connect", &address], b"").badly();
        assert!(said.contains("no peer certificate available"), "{name}: {said}");
        server.ends_well();
    }
}

#[test]
fn row_94_curl_with_plain_http_at_a_tls_port_fails_at_once_and_is_counted() {
    if !switched_on("wrong_protocol: row_94_curl_with_plain_http_at_a_tls_port_fails_at_once_and_is_counted")
    {
        return;
    }
    let server = Example::start("echo_tls");
    let url = format!("http://{}/", server.address());
    let said = outcome("curl", &["-sS", "--max-time", SOON, &url], b"").badly();
    assert!(said.starts_with("curl: (") && !said.contains(CURL_TIMED_OUT), "{said}");
    assert!(server.ends_well().contains("handshakes that failed: 1"));
}

#[test]
fn row_95_curl_with_https_at_a_plaintext_port_fails_at_once() {
    if !switched_on("wrong_protocol: row_95_curl_with_https_at_a_plaintext_port_fails_at_once") {
        return;
    }
    for name in ["echo", "raw_echo"] {
        let server = Example::start(name);
        let url = format!("https://{}/", server.address());
        let said = outcome("curl", &["-sSk", "--max-time", SOON, &url], b"").badly();
        assert!(said.starts_with("curl: (") && !said.contains(CURL_TIMED_OUT), "{name}: {said}");
        server.ends_well();
    }
}
