//! Connections under TLS, and behind proxies.

use std::io;
use std::sync::Arc;

use greenroom_server::{
    ConnectTlsError, Connection, HandshakeErrorKind, Limits, ProxyHeader, ProxyProtocol, ServerHandle,
    StartTlsError, StreamServer, Tls, TlsClient, connect_tls,
};
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use rustls::{ClientConfig, RootCertStore, crypto};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::scripted::{server, settle};

/// A certificate for `localhost`, and who trusts it.
pub(crate) fn certificate() -> (Tls, TlsConnector) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (pem, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(crypto::aws_lc_rs::default_provider());
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    (Tls::from_pem(pem, key).unwrap(), TlsConnector::from(Arc::new(client)))
}

pub(crate) async fn shake_hands<S>(connector: &TlsConnector, io: S) -> io::Result<TlsStream<S>>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    connector.connect(ServerName::try_from("localhost").unwrap(), io).await
}

pub(crate) async fn echo(mut conn: Connection) -> io::Result<()> {
    let mut lines = conn.lines();
    while let Some(line) = lines.next().await? {
        lines.send(line).await?;
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_tls_server_serves_its_handler_under_tls_and_says_goodbye() {
    let (tls, connector) = certificate();
    let (server, stagehand) = server([]);
    let server = server
        .tls(tls)
        .start(async |mut conn: Connection| {
            let facts = conn.tls().expect("it is secured");
            let name = facts.server_name().unwrap_or_default().to_owned();
            conn.send_line(format!("{} {}", facts.version(), name)).await?;
            echo(conn).await
        })
        .await
        .unwrap();
    let mut client = BufReader::new(shake_hands(&connector, stagehand.connect(64 * 1024)).await.unwrap());
    let mut line = String::new();
    client.read_line(&mut line).await.unwrap();
    assert_eq!(line, "TLSv1.3 localhost\n");
    client.write_all(b"hello\n").await.unwrap();
    line.clear();
    client.read_line(&mut line).await.unwrap();
    assert_eq!(line, "hello\n");
    let report = server.stop().await;
    assert_eq!(report.drained, 1);
    // Not an error of kind UnexpectedEof: the close_notify came.
    assert_eq!(client.read_line(&mut line).await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_speaks_no_tls_is_closed_and_counted() {
    let (tls, _connector) = certificate();
    let (server, stagehand) = server([]);
    let server = server.tls(tls).start(echo).await.unwrap();
    let mut client = stagehand.connect(64 * 1024);
    client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).await.unwrap();
    settle().await;
    assert_eq!(server.stats().unprepared, [("tls", 1)].into());
    assert_eq!((server.stats().active, server.limits().open_connections()), (0, 0));
    assert_eq!(server.limits().open_handshakes(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_handler_may_start_tls_itself_and_lines_go_on() {
    let (tls, connector) = certificate();
    let (server, stagehand) = server([]);
    let _server = server
        .start(move |mut conn: Connection| {
            let tls = tls.clone();
            async move {
                assert_eq!(conn.lines().next().await?.unwrap(), "STARTTLS");
                conn.send_line("220 ready").await?;
                conn.start_tls(&tls).await?;
                assert!(matches!(conn.start_tls(&tls).await, Err(StartTlsError::AlreadySecured)));
                echo(conn).await
            }
        })
        .await
        .unwrap();
    let mut plain = stagehand.connect(64 * 1024);
    plain.write_all(b"STARTTLS\n").await.unwrap();
    let mut ready = [0; 10];
    plain.read_exact(&mut ready).await.unwrap();
    assert_eq!(&ready, b"220 ready\n");
    let mut client = BufReader::new(shake_hands(&connector, plain).await.unwrap());
    client.write_all(b"secret\n").await.unwrap();
    let mut line = String::new();
    client.read_line(&mut line).await.unwrap();
    assert_eq!(line, "secret\n");
}

#[tokio::test(start_paused = true)]
async fn plain_text_ahead_of_the_handshake_is_refused() {
    let (tls, _connector) = certificate();
    let (server, stagehand) = server([]);
    let server = server
        .start(move |mut conn: Connection| {
            let tls = tls.clone();
            async move {
                assert_eq!(conn.lines().next().await?.unwrap(), "STARTTLS");
                let error = conn.start_tls(&tls).await.unwrap_err();
                assert!(matches!(error, StartTlsError::PlaintextAhead { bytes: 11 }), "{error}");
                conn.send_line(error.to_string()).await
            }
        })
        .await
        .unwrap();
    let mut client = stagehand.connect(64 * 1024);
    client.write_all(b"STARTTLS\ninjected: x").await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("11 bytes of plain text"), "{answer}");
    assert_eq!(server.stats().panicked, 0);
}

fn header() -> Vec<u8> {
    let (source, to) = ("203.0.113.9:4711".parse().unwrap(), "198.51.100.1:443".parse().unwrap());
    ProxyHeader::proxied(source, to).to_v1().unwrap()
}

async fn behind(proxies: ProxyProtocol, limits: Limits) -> (ServerHandle, crate::scripted::Stagehand) {
    let (server, stagehand) = server([]);
    let server = server
        .limits(limits)
        .proxy_protocol(proxies)
        .start(async |mut conn: Connection| {
            let version = conn.proxy_header().map(ProxyHeader::version);
            let (peer, local) = (conn.peer_addr(), conn.local_addr());
            conn.send_line(format!("{peer} to {local} by {version:?}")).await?;
            echo(conn).await
        })
        .await
        .unwrap();
    (server, stagehand)
}

fn trusting(networks: [&str; 1]) -> ProxyProtocol {
    ProxyProtocol::from_networks(networks).unwrap()
}

async fn say(client: &mut DuplexStream, bytes: &[u8]) -> String {
    client.write_all(bytes).await.unwrap();
    client.shutdown().await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test(start_paused = true)]
async fn a_header_names_the_ends_and_what_came_with_it_is_the_handlers() {
    // The scripted listener's peers come from 192.0.2.1.
    let (server, stagehand) = behind(trusting(["192.0.2.0/24"]), Limits::new()).await;
    for split in 0..header().len() {
        let mut client = stagehand.connect(64 * 1024);
        client.write_all(&header()[..split]).await.unwrap();
        settle().await;
        let rest = [&header()[split..], b"hello\n"].concat();
        assert_eq!(
            say(&mut client, &rest).await,
            "203.0.113.9:4711 to 198.51.100.1:443 by Some(1)\nhello\n",
            "split at {split}"
        );
    }
    assert!(server.stats().unprepared.is_empty());
}

#[tokio::test(start_paused = true)]
async fn who_is_no_trusted_proxy_or_sends_no_header_is_not_served() {
    let (server, stagehand) = behind(trusting(["10.0.0.0/8"]), Limits::new()).await;
    assert_eq!(say(&mut stagehand.connect(64 * 1024), &header()).await, "");
    settle().await;
    assert_eq!(server.stats().unprepared, [("proxy", 1)].into());

    let (server, stagehand) = behind(trusting(["192.0.2.1"]), Limits::new()).await;
    assert_eq!(say(&mut stagehand.connect(64 * 1024), b"hello\n").await, "");
    // One that says nothing is closed when its time is over.
    let mut silent = stagehand.connect(64 * 1024);
    let start = tokio::time::Instant::now();
    assert_eq!(silent.read(&mut [0]).await.unwrap(), 0);
    assert_eq!(start.elapsed().as_secs(), 5);
    settle().await;
    assert_eq!(server.stats().unprepared, [("proxy", 2)].into());
    assert_eq!(server.limits().open_connections(), 0);
}

#[tokio::test(start_paused = true)]
async fn whom_a_proxy_speaks_for_counts_and_not_the_proxy() {
    let (server, stagehand) = behind(trusting(["192.0.2.1"]), Limits::new().per_address(1)).await;
    let mut first = stagehand.connect(64 * 1024);
    first.write_all(&header()).await.unwrap();
    settle().await;
    assert_eq!(server.limits().connections_from("203.0.113.9".parse().unwrap()), 1);
    assert_eq!(server.limits().connections_from("192.0.2.1".parse().unwrap()), 0);
    // A second from there is one too many.
    assert_eq!(say(&mut stagehand.connect(64 * 1024), &header()).await, "");
    settle().await;
    assert_eq!(server.stats().refused_by_address, 1);
    drop(first);
    settle().await;
    assert_eq!(server.limits().connections_from("203.0.113.9".parse().unwrap()), 0);
}

#[tokio::test(start_paused = true)]
async fn tls_follows_a_header_that_came_in_the_same_breath() {
    let (tls, connector) = certificate();
    let (server, stagehand) = server([]);
    let _server = server.tls(tls).proxy_protocol(trusting(["192.0.2.1"])).start(echo).await.unwrap();
    let io = Ahead { io: stagehand.connect(64 * 1024), ahead: Some(header()) };
    let mut client = BufReader::new(shake_hands(&connector, io).await.unwrap());
    client.write_all(b"hello\n").await.unwrap();
    let mut line = String::new();
    client.read_line(&mut line).await.unwrap();
    assert_eq!(line, "hello\n");
}

#[tokio::test]
async fn a_tls_server_on_a_real_socket_is_stopped_well() {
    let (tls, connector) = certificate();
    let server = StreamServer::bind("127.0.0.1:0").tls(tls).start(echo).await.unwrap();
    let io = tokio::net::TcpStream::connect(server.local_addrs()[0].as_socket().unwrap()).await.unwrap();
    let mut client = BufReader::new(shake_hands(&connector, io).await.unwrap());
    let long = "x".repeat(60_000) + "\n";
    client.write_all(long.as_bytes()).await.unwrap();
    let mut line = String::new();
    client.read_line(&mut line).await.unwrap();
    assert_eq!(line, long);
    assert_eq!(server.stop().await.drained, 1);
    assert_eq!(client.read_line(&mut line).await.unwrap(), 0);
}

#[tokio::test]
async fn a_client_connects_under_tls_and_is_told_what_was_settled_or_what_failed() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let tls = Tls::from_pem(made.cert.pem(), made.signing_key.serialize_pem()).unwrap();
    let server = StreamServer::bind("127.0.0.1:0").tls(tls).start(echo).await.unwrap();
    let client = TlsClient::with_ca_pem(made.cert.pem()).unwrap();
    let here = &server.local_addrs()[0];

    let named = client.clone().server_name("localhost");
    let mut stream = BufReader::new(connect_tls(here, &named).await.unwrap());
    assert_eq!(stream.get_ref().tls().version(), "TLSv1.3");
    stream.write_all(b"hello\n").await.unwrap();
    let mut line = String::new();
    stream.read_line(&mut line).await.unwrap();
    assert_eq!(line, "hello\n");

    // Asked for by its address, which the certificate does not have.
    let error = connect_tls(here, &client).await.unwrap_err();
    assert!(
        matches!(&error, ConnectTlsError::Handshake(error) if error.kind() == HandshakeErrorKind::PeerCertificate),
        "{error}"
    );

    // Nobody is there.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = connect_tls(nobody, &client).await.unwrap_err();
    assert!(matches!(error, ConnectTlsError::Connect(_)), "{error}");
}

/// Writes a header with the first bytes that are written.
struct Ahead {
    io: DuplexStream,
    ahead: Option<Vec<u8>>,
}

impl tokio::io::AsyncRead for Ahead {
    fn poll_read(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<io::Result<()>> {
        std::pin::Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl tokio::io::AsyncWrite for Ahead {
    fn poll_write(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
        bytes: &[u8],
    ) -> std::task::Poll<io::Result<usize>> {
        let Some(mut ahead) = self.ahead.take() else {
            return std::pin::Pin::new(&mut self.io).poll_write(context, bytes);
        };
        // The stream has room for both: it is the first that is written.
        ahead.extend_from_slice(bytes);
        let poll = std::pin::Pin::new(&mut self.io).poll_write(context, &ahead);
        assert!(matches!(poll, std::task::Poll::Ready(Ok(n)) if n == ahead.len()));
        std::task::Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<io::Result<()>> {
        std::pin::Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<io::Result<()>> {
        std::pin::Pin::new(&mut self.io).poll_shutdown(context)
    }
}
