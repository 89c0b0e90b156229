//! HTTP under TLS, where the handshake says which.

use std::sync::Arc;

use greenroom_http::{Http, HttpServer, Request, RequestFacts, Response};
use greenroom_server::{MemoryConnector, MemoryListener, ServerHandle, Tls};
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use rustls::{ClientConfig, RootCertStore, crypto};
use tokio::io::DuplexStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::http2::{ask, connect, request};
use crate::raw::Client;

/// Says what TLS settled.
async fn facts(request: Request) -> Response {
    let facts = RequestFacts::of(&request).and_then(RequestFacts::tls).expect("it is secured");
    let alpn = facts.alpn().map(|it| String::from_utf8_lossy(it).into_owned());
    Response::new(format!("{alpn:?} {:?}", request.version()).into())
}

async fn stage(http: Http) -> (ServerHandle, MemoryConnector, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (pem, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let listener = MemoryListener::new();
    let connector = listener.connector();
    let tls = Tls::from_pem(&pem, &key).unwrap();
    let server = HttpServer::on(listener).http(http).tls(tls).start(facts).await.unwrap();
    (server, connector, CertificateDer::from_pem_slice(pem.as_bytes()).unwrap())
}

async fn shake_hands(
    connector: &MemoryConnector,
    certificate: &CertificateDer<'static>,
    alpn: &[&str],
) -> std::io::Result<TlsStream<DuplexStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|it| it.as_bytes().to_vec()).collect();
    let io = connector.connect().await.unwrap();
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), io).await
}

#[tokio::test]
async fn the_version_is_what_the_handshake_agreed_on() {
    let (server, connector, certificate) = stage(Http::new()).await;
    for (alpn, said) in [
        (&["http/1.1"][..], r#"Some("http/1.1") HTTP/1.1"#),
        (&["http/1.1", "h2"], r#"Some("h2") HTTP/2.0"#),
        (&["h2"], r#"Some("h2") HTTP/2.0"#),
        (&[], "None HTTP/1.1"),
    ] {
        let io = shake_hands(&connector, &certificate, alpn).await.unwrap();
        if said.ends_with("2.0") {
            let (mut sender, connection) = connect(io).await;
            let (status, body) = ask(&mut sender, request("GET", "/"), None).await.unwrap();
            assert_eq!((status.as_u16(), str::from_utf8(&body).unwrap()), (200, said));
            drop(sender);
            connection.await.unwrap().unwrap();
        } else {
            let mut client = Client::new(io);
            assert_eq!(client.get("/").await.text(), said, "{alpn:?}");
        }
    }
    assert!(server.stop().await.is_clean());
}

#[tokio::test]
async fn row_108_a_version_that_was_not_agreed_on_is_not_spoken() {
    let (server, connector, certificate) = stage(Http::new()).await;
    // The preface of HTTP/2 where HTTP/1.1 was agreed on.
    let mut client = Client::new(shake_hands(&connector, &certificate, &["http/1.1"]).await.unwrap());
    client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.says_close()), (505, true), "{answer:?}");
    client.rest().await.unwrap();
    // And the other way round.
    let mut client = Client::new(shake_hands(&connector, &certificate, &["h2"]).await.unwrap());
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let rest = client.rest().await.unwrap_or_default();
    assert!(!rest.starts_with(b"HTTP/1"), "{}", rest.escape_ascii());
    assert!(shake_hands(&connector, &certificate, &["foo"]).await.is_err());
    drop(client);
    assert!(server.stop().await.is_clean());
}

#[tokio::test]
async fn only_what_is_spoken_is_offered() {
    for (http, offered, other) in
        [(Http::new().http1_only(), "http/1.1", "h2"), (Http::new().http2_only(), "h2", "http/1.1")]
    {
        let (server, connector, certificate) = stage(http).await;
        assert!(shake_hands(&connector, &certificate, &[other]).await.is_err());
        let client = shake_hands(&connector, &certificate, &[other, offered]).await.unwrap();
        assert_eq!(client.get_ref().1.alpn_protocol(), Some(offered.as_bytes()));
        drop(client);
        assert!(server.stop().await.is_clean());
    }
}
