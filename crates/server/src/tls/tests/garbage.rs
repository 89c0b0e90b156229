//! Clients that speak something else, or TLS of their own kind.

use std::sync::Arc;

use rustls::client::{ClientConfig, ClientConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use crate::limit::Limits;
use crate::tls::any_certificate::AnyCertificate;
use crate::tls::provider::provider;
use crate::tls::tests::shake::two_sides;
use crate::tls::{HandshakeError, HandshakeErrorKind};

const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;

/// What the server makes of these bytes, after which the client says nothing more; and what it answers.
async fn say(bytes: &[u8]) -> (HandshakeError, Vec<u8>) {
    let (tls, _) = two_sides();
    let (near, mut far) = duplex(bytes.len().max(64 * 1024));
    far.write_all(bytes).await.unwrap();
    // The client waits: it is the server that has to end this.
    let error = tls.accept(near, Limits::new()).await.unwrap_err();
    let mut answer = Vec::new();
    far.read_to_end(&mut answer).await.unwrap();
    (error, answer)
}

fn client_hello() -> Vec<u8> {
    let provider = Arc::new(provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
        .with_no_client_auth();
    let mut client = ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
    let mut hello = Vec::new();
    client.write_tls(&mut hello).unwrap();
    hello
}

fn record(kind: u8, contents: &[u8]) -> Vec<u8> {
    let mut record = vec![kind, 3, 1];
    record.extend(u16::try_from(contents.len()).unwrap().to_be_bytes());
    record.extend(contents);
    record
}

#[tokio::test]
async fn plain_http_is_told_apart_and_answered_with_an_alert() {
    for request in ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "POST /a HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\n"]
    {
        let (error, answer) = say(request.as_bytes()).await;
        assert_eq!(error.kind(), HandshakeErrorKind::PlainHttp, "{request}");
        assert_eq!(error.to_string(), "TLS handshake failed: the client speaks plain HTTP");
        assert_eq!(answer.first(), Some(&ALERT), "{request}");
    }
}

#[tokio::test]
async fn what_is_no_tls_is_turned_away_at_its_first_bytes() {
    for bytes in [&b"SSH-2.0-OpenSSH_9.2\r\n"[..], b"\0\0\0\0\0\0\0\0", &[0xff; 4096], b"EHLO example\r\n"] {
        let (error, _) = say(bytes).await;
        assert_eq!(error.kind(), HandshakeErrorKind::NotTls, "{bytes:?}: {error}");
    }
}

#[tokio::test]
async fn old_versions_are_refused_by_name() {
    // RC4-MD5 and AES-CBC, no extensions: what such clients send.
    let hello = |version: [u8; 2]| {
        let mut hello = version.to_vec();
        hello.extend([7; 32]);
        hello.extend([0, 0, 4, 0x00, 0x04, 0x00, 0x2f, 1, 0]);
        let mut message = vec![1, 0, 0, hello.len() as u8];
        message.extend(hello);
        let mut record = record(HANDSHAKE, &message);
        record[1..3].copy_from_slice(&version);
        record
    };
    for version in [[3, 0], [3, 1], [3, 2]] {
        let (error, answer) = say(&hello(version)).await;
        assert_eq!(error.kind(), HandshakeErrorKind::NoCommonVersion, "{version:?}: {error}");
        assert_eq!(answer.first(), Some(&ALERT), "{version:?}");
    }
    // SSL 2.0 has records of another kind.
    let (error, _) = say(&[0x80, 0x2e, 1, 0, 2, 0, 0x15, 0, 0, 0, 0x10]).await;
    assert_eq!(error.kind(), HandshakeErrorKind::NotTls);
}

#[tokio::test]
async fn a_client_hello_in_small_pieces_is_understood() {
    let hello = client_hello();
    let pieces: Vec<u8> = hello[5..].chunks(40).flat_map(|piece| record(HANDSHAKE, piece)).collect();
    let (tls, _) = two_sides();
    let (near, mut far) = duplex(64 * 1024);
    let client = async {
        // Byte by byte, too.
        for byte in pieces {
            far.write_all(&[byte]).await.unwrap();
        }
        let answer = far.read_u8().await.unwrap();
        drop(far);
        answer
    };
    let (server, answer) = tokio::join!(tls.accept(near, Limits::new()), client);
    assert_eq!(answer, HANDSHAKE, "a server hello");
    assert_eq!(server.unwrap_err().kind(), HandshakeErrorKind::Closed);
}

#[tokio::test]
async fn a_client_hello_without_end_is_refused_before_much_of_it_is_taken() {
    // 16 MiB are announced, and 1 MiB comes.
    let mut endless = record(HANDSHAKE, &[1, 0xff, 0xff, 0xff]);
    for _ in 0..64 {
        endless.extend(record(HANDSHAKE, &[0; 16_000]));
    }
    let (tls, _) = two_sides();
    let (near, mut far) = duplex(4096);
    let (server, sent) = tokio::join!(tls.accept(near, Limits::new()), async {
        let mut sent = 0;
        for chunk in endless.chunks(1024) {
            if far.write_all(chunk).await.is_err() {
                break;
            }
            sent += chunk.len();
        }
        sent
    });
    assert_eq!(server.unwrap_err().kind(), HandshakeErrorKind::Other);
    assert!(sent < 128 * 1024, "{sent} bytes were taken");
}

#[tokio::test]
async fn empty_records_and_change_cipher_specs_without_end_are_refused() {
    for record in [record(HANDSHAKE, &[]), record(20, &[1]), record(23, &[])] {
        let (error, _) = say(&record.repeat(10_000)).await;
        assert_eq!(error.kind(), HandshakeErrorKind::Other, "{record:?}: {error}");
    }
}

#[tokio::test]
async fn a_hello_with_a_thousand_unknown_extensions_is_served() {
    let hello = client_hello();
    // The extensions are the last thing in it: session id, cipher suites and compression come before.
    let mut body = hello[9..].to_vec();
    let mut at = 2 + 32;
    at += 1 + usize::from(body[at]);
    at += 2 + usize::from(u16::from_be_bytes([body[at], body[at + 1]]));
    at += 1 + usize::from(body[at]);
    let extra: Vec<u8> = (0..1000_u16)
        .flat_map(|n| {
            let [high, low] = (0x6000 + n).to_be_bytes();
            [high, low, 0, 0]
        })
        .collect();
    let len = u16::from_be_bytes([body[at], body[at + 1]]) + extra.len() as u16;
    body[at..at + 2].copy_from_slice(&len.to_be_bytes());
    body.splice(at + 2..at + 2, extra);
    let mut message = vec![1];
    message.extend(&(body.len() as u32).to_be_bytes()[1..]);
    message.extend(body);
    let (tls, _) = two_sides();
    let (near, mut far) = duplex(64 * 1024);
    far.write_all(&record(HANDSHAKE, &message)).await.unwrap();
    let (_, answer) = tokio::join!(tls.accept(near, Limits::new()), async {
        let answer = far.read_u8().await.unwrap();
        drop(far);
        answer
    });
    assert_eq!(answer, HANDSHAKE);
}
