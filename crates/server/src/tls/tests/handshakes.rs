//! What is settled, and what cannot be.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use crate::limit::Limits;
use crate::tls::provider::provider;
use crate::tls::tests::authority::Authority;
use crate::tls::tests::shake::{facts, server_with, shake, trusting, two_sides};
use crate::tls::{HandshakeErrorKind, Tls, TlsClient, TlsErrorKind, TlsFacts, TlsVersions};

#[tokio::test]
async fn both_sides_learn_what_was_settled() {
    let (tls, client) = two_sides();
    let (server, client) = shake(&tls, &client, "localhost").await;
    let (server, client) = (server.unwrap(), client.unwrap());
    let facts = TlsFacts::of(server.get_ref().1);
    assert_eq!(facts.version(), "TLSv1.3");
    assert_eq!(facts.server_name(), Some("localhost"));
    assert!(facts.cipher_suite().starts_with("TLS13_"), "{facts:?}");
    assert!(facts.key_exchange_group().is_some());
    assert_eq!(facts.alpn(), None);
    assert!(facts.peer_certificates().is_empty());
    assert!(!facts.is_resumed());
    let seen = TlsFacts::of_client(client.get_ref().1, Some("localhost"));
    assert_eq!((seen.version(), seen.peer_certificates().len()), ("TLSv1.3", 1));
}

#[cfg(feature = "aws-lc-rs")]
#[tokio::test]
async fn the_post_quantum_hybrid_is_preferred() {
    let (tls, client) = two_sides();
    assert_eq!(facts(&tls, &client, "localhost").await.key_exchange_group(), Some("X25519MLKEM768"));
}

#[tokio::test]
async fn a_common_protocol_is_found_and_none_is_an_error_on_both_sides() {
    let authority = Authority::new();
    let shown = authority.server(&["localhost"]);
    let tls = Tls::builder().certificate_pem(&shown.certificate, &shown.key).alpn(["h2", "http/1.1"]);
    let tls = tls.build().unwrap();
    let client = trusting(&authority);
    let both = facts(&tls, &client.clone().alpn(["http/1.1"]), "localhost").await;
    assert_eq!(both.alpn(), Some(&b"http/1.1"[..]));
    assert_eq!(facts(&tls, &client, "localhost").await.alpn(), None, "a client without ALPN is served");
    let (server, client) = shake(&tls, &client.alpn(["spdy/3"]), "localhost").await;
    assert_eq!(server.unwrap_err().kind(), HandshakeErrorKind::NoCommonProtocol);
    let refused = client.unwrap_err();
    assert_eq!(refused.to_string(), "TLS handshake failed: the peer gave up: NoApplicationProtocol");
    assert_eq!(refused.kind(), HandshakeErrorKind::Refused);
}

#[tokio::test]
async fn versions_are_as_configured() {
    let authority = Authority::new();
    let shown = authority.server(&["localhost"]);
    let only_12 = rustls::ClientConfig::builder_with_provider(Arc::new(provider()))
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap();
    let roots = crate::tls::authorities::authorities(&crate::tls::source::Source::Given(
        authority.pem.as_bytes().into(),
    ));
    let only_12 = only_12.with_root_certificates(roots.unwrap()).with_no_client_auth();
    let only_12 = TlsClient::from_config(Arc::new(only_12));
    assert_eq!(facts(&server_with(&shown), &only_12, "localhost").await.version(), "TLSv1.2");

    let tls = Tls::builder().certificate_pem(&shown.certificate, &shown.key).versions(TlsVersions::From13);
    let tls = tls.build().unwrap();
    let (server, client) = shake(&tls, &only_12, "localhost").await;
    assert_eq!(server.unwrap_err().kind(), HandshakeErrorKind::NoCommonVersion);
    assert!(client.unwrap_err().to_string().contains("ProtocolVersion"));
}

#[tokio::test]
async fn cipher_suites_and_groups_are_chosen_by_name() {
    let authority = Authority::new();
    let shown = authority.server(&["localhost"]);
    let with = |cipher: &str, group: &str| {
        let tls = Tls::builder().certificate_pem(&shown.certificate, &shown.key);
        tls.ciphers([cipher]).key_exchange_groups([group]).build()
    };
    let client = trusting(&authority);
    for cipher in ["TLS13_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256", "tls_aes_128_gcm_sha256"] {
        let facts = facts(&with(cipher, "secp384r1").unwrap(), &client, "localhost").await;
        assert_eq!(facts.cipher_suite(), "TLS13_AES_128_GCM_SHA256");
        assert_eq!(facts.key_exchange_group(), Some("secp384r1"));
    }
    let error = with("RC4-MD5", "X25519").unwrap_err();
    assert_eq!(error.kind(), TlsErrorKind::UnknownCipher);
    let text = error.to_string();
    assert!(
        text.starts_with("cannot set up TLS: there is no cipher suite \"RC4-MD5\"; there are TLS13_AES_"),
        "{text}"
    );
    let error = with("TLS_AES_128_GCM_SHA256", "ffdhe2048").unwrap_err();
    assert_eq!(error.kind(), TlsErrorKind::UnknownGroup);
    assert!(error.to_string().contains("X25519"), "{error}");
    let old = Tls::builder().certificate_pem(&shown.certificate, &shown.key);
    let old = old.ciphers(["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"]).versions(TlsVersions::From13);
    assert_eq!(old.build().unwrap_err().kind(), TlsErrorKind::Unusable);
}

#[tokio::test]
async fn a_ready_made_configuration_is_used_as_it_is() {
    let (made, client) = two_sides();
    let tls = Tls::from_config(made.config());
    assert!(Arc::ptr_eq(&tls.config(), &made.config()));
    tls.reload().await.unwrap();
    assert!(Arc::ptr_eq(&tls.config(), &made.config()));
    assert!(tls.certificates().is_empty());
    assert_eq!(facts(&tls, &client, "localhost").await.version(), "TLSv1.3");
}

#[tokio::test]
async fn a_client_refuses_a_server_it_does_not_trust_and_one_can_tell_it_not_to_look() {
    let (tls, _) = two_sides();
    let (server, client) = shake(&tls, &trusting(&Authority::new()), "localhost").await;
    assert_eq!(server.unwrap_err().kind(), HandshakeErrorKind::Refused);
    assert_eq!(client.unwrap_err().kind(), HandshakeErrorKind::PeerCertificate);
    let careless = TlsClient::dangerous_accept_any_certificate().unwrap();
    assert_eq!(facts(&tls, &careless, "elsewhere.example").await.server_name(), Some("elsewhere.example"));
}

#[tokio::test]
async fn a_client_looks_for_the_name_it_was_told() {
    let authority = Authority::new();
    let tls = server_with(&authority.server(&["one.example"]));
    let client = trusting(&authority);
    let told = client.clone().server_name("one.example");
    assert_eq!(facts(&tls, &told, "127.0.0.1").await.server_name(), Some("one.example"));
    let (_, other) = shake(&tls, &client, "two.example").await;
    assert_eq!(other.unwrap_err().kind(), HandshakeErrorKind::PeerCertificate);
    let (_, none) = shake(&tls, &client, "no name").await;
    assert_eq!(none.unwrap_err().kind(), HandshakeErrorKind::InvalidName);
}

#[tokio::test]
async fn an_end_without_close_notify_is_an_error_and_one_with_it_is_an_end() {
    for says_goodbye in [false, true] {
        let (tls, client) = two_sides();
        let (near, far) = duplex(64 * 1024);
        let (server, client) =
            tokio::join!(tls.accept(near, Limits::new()), client.connect(far, "localhost"));
        let (mut server, mut client) = (server.unwrap(), client.unwrap());
        client.write_all(b"half a mess").await.unwrap();
        client.flush().await.unwrap();
        if says_goodbye {
            client.shutdown().await.unwrap();
        }
        drop(client);
        let mut read = Vec::new();
        let result = server.read_to_end(&mut read).await;
        assert_eq!(read, b"half a mess");
        let expected = (!says_goodbye).then_some(std::io::ErrorKind::UnexpectedEof);
        assert_eq!(result.err().map(|error| error.kind()), expected);
    }
}

#[tokio::test]
async fn key_updates_without_end_cost_no_memory() {
    let (tls, client) = two_sides();
    let (server, client) = shake(&tls, &client, "localhost").await;
    let (mut server, mut client) = (server.unwrap(), client.unwrap());
    let sender = async {
        for _ in 0..1000 {
            client.get_mut().1.refresh_traffic_keys().unwrap();
            client.write_all(b"x").await.unwrap();
            client.flush().await.unwrap();
        }
        client.shutdown().await.unwrap();
    };
    let receiver = async {
        let mut read = Vec::new();
        server.read_to_end(&mut read).await.unwrap();
        assert_eq!(read.len(), 1000);
        assert!(!server.get_ref().1.wants_write(), "nothing has piled up to be sent");
    };
    tokio::join!(sender, receiver);
}
