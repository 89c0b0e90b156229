//! Mutual TLS: who is let in, and why others are not.

use rcgen::{ExtendedKeyUsagePurpose, SerialNumber, date_time_ymd};

use crate::tls::tests::authority::{Authority, Shown};
use crate::tls::tests::shake::{facts, shake, trusting};
use crate::tls::{ClientCertificates, HandshakeErrorKind, Tls, TlsClient};

struct House {
    servers: Authority,
    shown: Shown,
    clients: Authority,
}

impl House {
    fn new() -> Self {
        let servers = Authority::new();
        let shown = servers.server(&["localhost"]);
        Self { servers, shown, clients: Authority::new() }
    }

    fn tls(&self, clients: ClientCertificates) -> Tls {
        let tls = Tls::builder().certificate_pem(&self.shown.certificate, &self.shown.key);
        tls.client_certificates(clients).build().unwrap()
    }

    fn required(&self) -> ClientCertificates {
        ClientCertificates::required_from_pem(&self.clients.pem)
    }

    fn client(&self, shown: &Shown) -> TlsClient {
        trusting(&self.servers).client_certificate_pem(&shown.certificate, &shown.key).unwrap()
    }
}

#[tokio::test]
async fn a_good_certificate_is_let_in_and_known() {
    let house = House::new();
    let shown = house.clients.client(|_| {});
    let facts = facts(&house.tls(house.required()), &house.client(&shown), "localhost").await;
    assert_eq!(facts.peer_certificates().len(), 1);
}

#[tokio::test]
async fn every_kind_of_bad_certificate_is_rejected_with_its_reason() {
    let house = House::new();
    let revoked = house.clients.revoke(&[7]);
    let tls = house.tls(house.required().revocation_pem(&revoked));
    let good = house.clients.client(|params| params.serial_number = Some(SerialNumber::from(8)));
    facts(&tls, &house.client(&good), "localhost").await;

    let strange = Authority::new().client(|_| {});
    let expired = house.clients.client(|params| params.not_after = date_time_ymd(2001, 1, 1));
    let early = house.clients.client(|params| params.not_before = date_time_ymd(3000, 1, 1));
    let for_servers =
        house.clients.client(|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth]);
    let revoked = house.clients.client(|params| params.serial_number = Some(SerialNumber::from(7)));
    let table = [
        (None, "the client showed no certificate"),
        (Some(strange), "the peer's certificate was rejected: UnknownIssuer"),
        (Some(expired), "the peer's certificate was rejected: certificate expired"),
        (Some(early), "the peer's certificate was rejected: certificate not valid yet"),
        (
            Some(for_servers),
            "the peer's certificate was rejected: certificate does not allow extended key usage for client authentication",
        ),
        (Some(revoked), "the peer's certificate was rejected: Revoked"),
    ];
    for (shown, fault) in table {
        let client = shown.map_or_else(|| trusting(&house.servers), |shown| house.client(&shown));
        let (server, _) = shake(&tls, &client, "localhost").await;
        let error = server.unwrap_err();
        assert_eq!(error.kind(), HandshakeErrorKind::PeerCertificate, "{fault}");
        let text = error.to_string();
        assert!(text.starts_with(&format!("TLS handshake failed: {fault}")), "{text} / {fault}");
        assert_eq!(text.lines().count(), 1);
    }
}

#[tokio::test]
async fn where_it_is_optional_none_will_do_and_a_bad_one_will_not() {
    let house = House::new();
    let tls = house.tls(ClientCertificates::optional_from_pem(&house.clients.pem));
    let none = facts(&tls, &trusting(&house.servers), "localhost").await;
    assert!(none.peer_certificates().is_empty());
    let good = house.clients.client(|_| {});
    assert_eq!(facts(&tls, &house.client(&good), "localhost").await.peer_certificates().len(), 1);
    let strange = Authority::new().client(|_| {});
    let (server, _) = shake(&tls, &house.client(&strange), "localhost").await;
    assert_eq!(server.unwrap_err().kind(), HandshakeErrorKind::PeerCertificate);
}
