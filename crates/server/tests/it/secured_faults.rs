//! TLS servers and clients that mean ill: slow, silent, gone in the middle, or there while the certificate changes.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use greenroom_server::{Deadlines, Limits, ServerHandle, StreamServer, Tls};
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use rustls::{ClientConfig, ClientConnection, RootCertStore, crypto};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

use crate::folder::Folder;
use crate::scripted::{Stagehand, server, settle};
use crate::secured::{certificate, echo, shake_hands};

const ILL: usize = 1000;
const GOOD: usize = 50;

/// What a client says first.
fn hello() -> Vec<u8> {
    let provider = Arc::new(crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let mut hello = Vec::new();
    ClientConnection::new(Arc::new(config), name).unwrap().write_tls(&mut hello).unwrap();
    hello
}

async fn tls_server(limits: Limits) -> (ServerHandle, Stagehand, TlsConnector) {
    let (tls, connector) = certificate();
    let (server, stagehand) = server([]);
    (server.limits(limits).tls(tls).start(echo).await.unwrap(), stagehand, connector)
}

/// So many clients that say this, and then nothing more.
async fn ill(stagehand: &Stagehand, number: usize, says: &[u8]) -> Vec<DuplexStream> {
    let mut clients = Vec::new();
    for _ in 0..number {
        let mut client = stagehand.connect(4096);
        client.write_all(says).await.unwrap();
        clients.push(client);
    }
    settle().await;
    clients
}

/// How many of the good clients are answered.
async fn answered(stagehand: &Stagehand, connector: &TlsConnector) -> usize {
    let mut good = JoinSet::new();
    for _ in 0..GOOD {
        let (io, connector) = (stagehand.connect(64 * 1024), connector.clone());
        good.spawn(async move {
            let mut client = shake_hands(&connector, io).await.unwrap();
            client.write_all(b"hello\n").await.unwrap();
            let mut line = [0; 6];
            client.read_exact(&mut line).await.unwrap();
            usize::from(&line == b"hello\n")
        });
    }
    good.join_all().await.into_iter().sum()
}

/// Nothing is left of anybody.
async fn assert_recovered(server: &ServerHandle, stagehand: &Stagehand, connector: &TlsConnector) {
    assert_eq!(answered(stagehand, connector).await, GOOD);
    settle().await;
    let (stats, limits) = (server.stats(), server.limits());
    assert_eq!((stats.active, limits.open_connections(), limits.open_handshakes()), (0, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn beside_a_thousand_half_hellos_good_clients_are_served_at_once() {
    let (server, stagehand, connector) = tls_server(Limits::new()).await;
    let hello = hello();
    for says in [&hello[..0], &hello[..1], &hello[..hello.len() / 2], &hello[..hello.len() - 1]] {
        let before = server.stats();
        let start = tokio::time::Instant::now();
        let ill = ill(&stagehand, ILL, says).await;
        assert_eq!(server.stats().active as usize, ILL, "accepting waits for no handshake");
        assert_eq!(server.limits().open_handshakes(), 0, "whose hello is not there takes no turn");
        assert_eq!(answered(&stagehand, &connector).await, GOOD);
        assert_eq!(server.stats().unprepared, before.unprepared, "nobody had to make way");
        // Their time is over, without anybody who waits.
        for mut client in ill {
            let _ = client.read_to_end(&mut Vec::new()).await;
        }
        assert!(start.elapsed().as_secs() >= 10);
        assert_recovered(&server, &stagehand, &connector).await;
    }
    assert_eq!(server.stats().unprepared["tls"] as usize, 4 * ILL);
}

#[tokio::test(start_paused = true)]
async fn beside_a_thousand_who_fall_silent_after_their_hello_good_clients_are_served() {
    let (server, stagehand, connector) = tls_server(Limits::new().handshakes(ILL)).await;
    let ill = ill(&stagehand, ILL, &hello()).await;
    assert_eq!(server.limits().open_handshakes(), ILL, "they have all the turns there are");
    assert_eq!(answered(&stagehand, &connector).await, GOOD);
    let made_way = server.stats().unprepared.get("tls").copied().unwrap_or(0) as usize;
    assert!(made_way < ILL, "not more than need be: {made_way}");
    for mut client in ill {
        let _ = client.read_to_end(&mut Vec::new()).await;
    }
    assert_recovered(&server, &stagehand, &connector).await;
    assert_eq!(server.stats().unprepared["tls"] as usize, ILL);
}

#[tokio::test(start_paused = true)]
async fn no_more_handshakes_are_in_progress_than_there_may_be() {
    let (server, stagehand, connector) = tls_server(Limits::new().handshakes(10)).await;
    let ill = ill(&stagehand, 30, &hello()).await;
    assert_eq!((server.stats().active, server.limits().open_handshakes()), (30, 10));
    drop(ill);
    settle().await;
    assert_recovered(&server, &stagehand, &connector).await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_goes_at_any_byte_of_its_hello_leaves_nothing() {
    let (server, stagehand, connector) = tls_server(Limits::new()).await;
    let hello = hello();
    for length in (0..hello.len()).step_by(7) {
        drop(ill(&stagehand, 1, &hello[..length]).await);
    }
    settle().await;
    assert_eq!(server.stats().unprepared["tls"] as usize, hello.len().div_ceil(7));
    assert_recovered(&server, &stagehand, &connector).await;
}

#[tokio::test(start_paused = true)]
async fn a_tls_client_at_a_plain_port_is_closed() {
    let (server, stagehand) = server([]);
    let due = Duration::from_secs(5);
    let server = server.deadlines(Deadlines::new().request(due)).start(echo).await.unwrap();
    let (_, connector) = certificate();
    assert!(shake_hands(&connector, stagehand.connect(64 * 1024)).await.is_err());
    settle().await;
    assert_eq!((server.stats().active, server.limits().open_connections()), (0, 0));
    let mut fresh = stagehand.connect(64);
    fresh.write_all(b"hello\n").await.unwrap();
    fresh.read_exact(&mut [0; 6]).await.unwrap();
}

/// A certificate and its key, and a client that trusts this one only.
fn pair() -> ([String; 2], TlsConnector) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let pem = made.cert.pem();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(crypto::aws_lc_rs::default_provider());
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    ([pem, made.signing_key.serialize_pem()], TlsConnector::from(Arc::new(client)))
}

fn write(files: &[impl AsRef<Path>; 2], contents: &[String; 2]) {
    for (file, text) in files.iter().zip(contents) {
        std::fs::write(file, text).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_connections_during_reloads_each_has_one_certificate_whole() {
    const CONNECTIONS: usize = 1000;
    let folder = Folder::new();
    let files = [folder.path("cert.pem"), folder.path("key.pem")];
    let states = [pair(), pair()];
    write(&files, &states[0].0);
    let tls = Tls::from_files(&files[0], &files[1]).unwrap();
    let server = StreamServer::bind("127.0.0.1:0").tls(tls.clone()).start(echo).await.unwrap();
    let address = server.local_addrs()[0].as_socket().unwrap();
    let over = Arc::new(AtomicBool::new(false));
    let contents = states.each_ref().map(|(contents, _)| contents.clone());
    let is_over = Arc::clone(&over);
    let reloader = tokio::spawn(async move {
        let mut reloads = 0;
        while !is_over.load(Ordering::Relaxed) {
            reloads += 1;
            write(&files, &contents[reloads % 2]);
            tls.reload().await.unwrap();
            tokio::task::yield_now().await;
        }
        reloads
    });
    // Each client trusts one of the two: it is served by that one, or meets the other.
    let mut served = [0, 0];
    for n in 0..CONNECTIONS {
        let io = tokio::net::TcpStream::connect(address).await.unwrap();
        let Ok(mut client) = shake_hands(&states[n % 2].1, io).await else { continue };
        client.write_all(b"hello\n").await.unwrap();
        client.read_exact(&mut [0; 6]).await.unwrap();
        served[n % 2] += 1;
    }
    over.store(true, Ordering::Relaxed);
    assert!(reloader.await.unwrap() > 1);
    assert!(served[0] > 0 && served[1] > 0, "{served:?}");
    while server.stats().active > 0 {
        tokio::task::yield_now().await;
    }
    // Nobody met a certificate without its key: all who failed, failed for want of trust.
    let refused = CONNECTIONS - served[0] - served[1];
    assert_eq!(server.stats().unprepared.get("tls").copied().unwrap_or(0) as usize, refused);
    assert_eq!((server.limits().open_connections(), server.limits().open_handshakes()), (0, 0));
}
