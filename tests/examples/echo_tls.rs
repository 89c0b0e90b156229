//! The `echo_tls` example.

#[path = "../../examples/echo_tls.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod example;

use std::sync::Arc;

use greenroom::{ServerHandle, StreamServer, Tls};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion, version};

use crate::client::Client;

/// A server with a made-up certificate, and that certificate.
fn server() -> (StreamServer, String) {
    let (certificate, key) = example::self_signed().expect("one can be made");
    let tls = Tls::from_pem(&certificate, key).expect("they belong together");
    (StreamServer::bind("127.0.0.1:0").tls(tls), certificate)
}

/// A client that trusts this certificate alone, and speaks this version alone.
async fn connect(
    server: &ServerHandle,
    certificate: &str,
    version: &'static SupportedProtocolVersion,
) -> Client<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).expect("it is PEM");
    roots.add(certificate).expect("it can be trusted");
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[version])
        .expect("the provider has it")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let address = server.local_addrs()[0].as_socket().expect("it is TCP");
    let stream = TcpStream::connect(address).await.expect("the server accepts");
    let name = ServerName::try_from("localhost").expect("it is a name");
    Client::over(TlsConnector::from(Arc::new(config)).connect(name, stream).await.expect("a handshake"))
}

#[tokio::test]
async fn it_greets_with_version_and_cipher_echoes_and_says_goodbye() {
    let (server, certificate) = server();
    let server = server.start(example::echo_lines).await.expect("a free port");
    for (version, name) in [(&version::TLS12, "TLSv1.2"), (&version::TLS13, "TLSv1.3")] {
        let mut client = connect(&server, &certificate, version).await;
        let greeting = client.line().await.expect("a greeting");
        assert!(greeting.starts_with(&format!("Welcome! This is {name}, TLS")), "{greeting}");
        client.send("hello\r\nQuit\r\n").await;
        // Without TLS's own goodbye the end would be an error.
        assert_eq!(client.end().await, ["hello"]);
    }
    let mut idle = connect(&server, &certificate, &version::TLS13).await;
    idle.line_with("Welcome").await;
    server.stop().await;
    assert!(idle.end().await.is_empty());
}

#[tokio::test]
async fn raw_it_echoes_bytes() {
    let (server, certificate) = server();
    let server = server.start(example::echo_bytes).await.expect("a free port");
    let mut client = connect(&server, &certificate, &version::TLS13).await;
    client.send(b"\0\xffno line").await;
    assert_eq!(client.bytes(9).await, b"\0\xffno line");
    client.hang_up().await;
    assert!(client.end().await.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn plain_http_is_closed_and_counted() {
    let (server, _) = server();
    let server = server.start(example::echo_lines).await.expect("a free port");
    let mut client = Client::connect(&server).await;
    client.send("GET / HTTP/1.1\r\n\r\n").await;
    client.ended().await;
    server.stop().await;
    assert_eq!(server.stats().unprepared, [("tls", 1)].into());
}

#[test]
fn options_come_in_any_order_and_files_in_pairs() {
    let read = |written: &str| example::Options::read(written.split_whitespace().map(str::to_owned));
    let options = read("--key k --raw :7000 --cert c").expect("they are right");
    assert_eq!((options.address.as_str(), options.raw), (":7000", true));
    assert_eq!(options.files, Some(("c".to_owned(), "k".to_owned())));
    let options = read("").expect("none is needed");
    assert_eq!((options.address.as_str(), options.raw, options.files), ("127.0.0.1:16443", false, None));
    for wrong in ["--cert c", "--key k", "--cert c --key", "--help", ":1 :2"] {
        assert!(read(wrong).is_none(), "{wrong}");
    }
}
