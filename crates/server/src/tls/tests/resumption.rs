//! Clients that come back.

use std::sync::Arc;

use rustls::client::{ClientConfig, ClientConnection};

use crate::tls::any_certificate::AnyCertificate;
use crate::tls::provider::provider;
use crate::tls::tests::authority::Authority;
use crate::tls::tests::folder::Folder;
use crate::tls::tests::shake::{facts, two_sides};
use crate::tls::{ClientCertificates, Tls, TlsBuilder, TlsClient};

fn builder() -> TlsBuilder {
    let shown = Authority::new().server(&["localhost"]);
    Tls::builder().certificate_pem(shown.certificate, shown.key)
}

/// Whether the second of two connections takes up the session of the first.
async fn is_resumed(tls: &Tls) -> bool {
    let client = TlsClient::dangerous_accept_any_certificate().unwrap();
    assert!(!facts(tls, &client, "localhost").await.is_resumed());
    facts(tls, &client, "localhost").await.is_resumed()
}

#[tokio::test]
async fn sessions_are_taken_up_again_as_configured() {
    let table = [
        (builder(), true),
        (builder().tickets(2), true),
        (builder().session_cache(16), true),
        (builder().tickets(0), false),
        (builder().session_cache(0), false),
        (builder().no_resumption(), false),
    ];
    for (builder, expected) in table {
        let text = format!("{builder:?}");
        assert_eq!(is_resumed(&builder.build().unwrap()).await, expected, "{text}");
    }
}

#[tokio::test]
async fn one_ticket_is_sent_unless_said_otherwise() {
    assert_eq!(builder().build().unwrap().config().send_tls13_tickets, 1);
    assert_eq!(builder().tickets(2).build().unwrap().config().send_tls13_tickets, 2);
}

#[tokio::test]
async fn sessions_outlive_a_reload_unless_clients_show_certificates() {
    let client = TlsClient::dangerous_accept_any_certificate().unwrap();
    let (authority, folder) = (Authority::new(), Folder::new());
    for (asks, expected) in [(false, true), (true, false)] {
        let shown = authority.server(&["localhost"]);
        let certificate = folder.write("cert.pem", &shown.certificate);
        let mut builder = Tls::builder().certificate_files(certificate, folder.write("key.pem", &shown.key));
        if asks {
            builder = builder.client_certificates(ClientCertificates::optional_from_pem(&authority.pem));
        }
        let tls = builder.build().unwrap();
        facts(&tls, &client, "localhost").await;
        tls.reload().await.unwrap();
        assert_eq!(facts(&tls, &client, "localhost").await.is_resumed(), expected, "asks: {asks}");
    }
}

#[tokio::test]
async fn a_ticket_of_one_server_is_nothing_to_another() {
    let (one, two) = (builder().build().unwrap(), builder().build().unwrap());
    let client = TlsClient::dangerous_accept_any_certificate().unwrap();
    facts(&one, &client, "localhost").await;
    assert!(!facts(&two, &client, "localhost").await.is_resumed());
}

#[tokio::test]
async fn a_client_that_would_send_early_data_is_not_invited_to() {
    let provider = Arc::new(provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)));
    let mut config = config.with_no_client_auth();
    config.enable_early_data = true;
    let config = Arc::new(config);
    let (tls, _) = two_sides();
    let client = TlsClient::from_config(Arc::clone(&config));
    facts(&tls, &client, "localhost").await;
    assert!(facts(&tls, &client, "localhost").await.is_resumed(), "there was a ticket");
    // It holds the next one, and would offer early data if that allowed it.
    let mut next = ClientConnection::new(config, "localhost".try_into().unwrap()).unwrap();
    assert!(next.early_data().is_none());
}
