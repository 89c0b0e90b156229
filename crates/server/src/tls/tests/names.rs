//! Certificates by the name asked for.

use std::sync::Arc;

use rcgen::{KeyPair, PKCS_ED25519};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use crate::limit::Limits;
use crate::tls::provider::provider;
use crate::tls::tests::authority::{Authority, Shown};
use crate::tls::tests::shake::{shake, trusting};
use crate::tls::{HandshakeErrorKind, Tls, TlsBuilder, TlsClient, TlsFacts};

fn with(shown: &[&Shown]) -> TlsBuilder {
    shown
        .iter()
        .fold(Tls::builder(), |builder, shown| builder.certificate_pem(&shown.certificate, &shown.key))
}

/// Which of the certificates a client is shown that asks for this name; an IP address is no name to ask for.
async fn shown_to(tls: &Tls, name: &str, all: &[&Shown]) -> usize {
    let careless = TlsClient::dangerous_accept_any_certificate().unwrap();
    let (server, client) = shake(tls, &careless, name).await;
    server.unwrap();
    let client = client.unwrap();
    let seen = TlsFacts::of_client(client.get_ref().1, None).peer_certificates()[0].clone();
    let der = |shown: &&Shown| {
        use rustls_pki_types::pem::PemObject;
        rustls_pki_types::CertificateDer::from_pem_slice(shown.certificate.as_bytes()).unwrap()
    };
    all.iter().position(|shown| der(shown).as_ref() == &seen[..]).unwrap()
}

#[tokio::test]
async fn the_name_decides_and_the_first_certificate_serves_all_others() {
    let authority = Authority::new();
    let one = authority.server(&["one.example", "www.one.example"]);
    let two = authority.server(&["Two.Example", "*.two.example"]);
    let all = [&one, &two];
    let tls = with(&all).build().unwrap();
    let table = [
        ("one.example", 0),
        ("www.one.example", 0),
        ("two.example", 1),
        ("TWO.example", 1),
        ("a.two.example", 1),
        ("A.TWO.EXAMPLE", 1),
        ("a.b.two.example", 0),
        ("three.example", 0),
        ("127.0.0.1", 0),
        ("::1", 0),
    ];
    for (name, expected) in table {
        assert_eq!(shown_to(&tls, name, &all).await, expected, "{name}");
    }
}

#[tokio::test]
async fn a_certificate_can_be_for_a_name_that_is_not_in_it() {
    let authority = Authority::new();
    let (one, two) = (authority.server(&["one.example"]), authority.server(&["two.example"]));
    let tls = with(&[&one]).sni_pem("*.Old.example", &two.certificate, &two.key).build().unwrap();
    assert_eq!(shown_to(&tls, "a.old.example", &[&one, &two]).await, 1);
    assert_eq!(shown_to(&tls, "two.example", &[&one, &two]).await, 0);
}

#[tokio::test]
async fn unknown_names_and_none_are_refused_where_told() {
    let authority = Authority::new();
    let one = authority.server(&["one.example"]);
    let tls = with(&[&one]).refuse_unknown_names().build().unwrap();
    let client = trusting(&authority);
    let (server, _) = shake(&tls, &client, "ONE.example").await;
    server.unwrap();
    for (name, fault) in [
        ("two.example", r#"there is no certificate for "two.example""#),
        ("127.0.0.1", "the client names no server"),
    ] {
        let (server, client) = shake(&tls, &client, name).await;
        let error = server.unwrap_err();
        assert_eq!(error.kind(), HandshakeErrorKind::UnknownName);
        assert_eq!(error.to_string(), format!("TLS handshake failed: {fault}"));
        let told = client.unwrap_err().to_string();
        assert!(told.contains("UnrecognisedName"), "{told}");
    }
}

#[tokio::test]
async fn of_two_certificates_for_one_name_a_client_gets_the_one_it_can_verify() {
    let authority = Authority::new();
    let modern = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let modern = authority.issue_for(modern, &["one.example"], |_| {});
    let plain = authority.server(&["one.example"]);
    let tls = with(&[&modern, &plain]).build().unwrap();
    assert_eq!(shown_to(&tls, "one.example", &[&modern, &plain]).await, 0);

    let mut ecdsa_only = provider();
    ecdsa_only.signature_verification_algorithms.mapping = &[];
    let mapping = provider().signature_verification_algorithms.mapping;
    let ecdsa: Vec<_> = mapping
        .iter()
        .filter(|(scheme, _)| *scheme == rustls::SignatureScheme::ECDSA_NISTP256_SHA256)
        .copied()
        .collect();
    ecdsa_only.signature_verification_algorithms.mapping = Box::leak(ecdsa.into_boxed_slice());
    let ecdsa_only = Arc::new(ecdsa_only);
    let config = rustls::ClientConfig::builder_with_provider(Arc::clone(&ecdsa_only))
        .with_safe_default_protocol_versions()
        .unwrap();
    let verifier = Arc::new(crate::tls::any_certificate::AnyCertificate(ecdsa_only));
    let config = config.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    let client = TlsClient::from_config(Arc::new(config));
    for name in ["one.example", "unknown.example"] {
        let (near, far) = duplex(64 * 1024);
        let server = async { tls.accept(near, Limits::new()).await.unwrap().write_all(b"x").await.unwrap() };
        let client = async { client.connect(far, name).await.unwrap().read_u8().await.unwrap() };
        assert_eq!(tokio::join!(server, client).1, b'x', "{name}");
    }
}
