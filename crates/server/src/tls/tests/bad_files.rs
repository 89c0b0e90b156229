//! Files that are missing, garbled, or of somebody else.

use std::path::Path;

use greenroom_testkit::LogCapture;
use rcgen::date_time_ymd;

use crate::tls::tests::authority::Authority;
use crate::tls::tests::folder::Folder;
use crate::tls::tests::shake::{facts, trusting};
use crate::tls::{ClientCertificates, Tls, TlsClient, TlsError, TlsErrorKind};

fn half(text: &str) -> &str {
    &text[..text.len() / 2]
}

#[test]
fn every_fault_of_a_file_is_told_with_its_name_and_without_its_contents() {
    use TlsErrorKind::{
        BadCertificate, BadKey, BadPem, EncryptedKey, KeyMismatch, NoCertificate, NoKey, SeveralKeys,
        Unreadable,
    };
    let authority = Authority::new();
    let (good, other) = (authority.server(&["localhost"]), authority.server(&["localhost"]));
    let (cert, key) = (&good.certificate[..], &good.key[..]);
    let begin_broken = key.replacen("-----BEGIN PRIVATE KEY-----", "-----BEGIN PRIVATE KEY--", 1);
    let no_base64 = key.replace('M', "*");
    let encrypted = key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let old_encrypted =
        "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END EC PRIVATE KEY-----\n";
    let no_key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let no_cert = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let two = format!("{key}{}", other.key);
    let swapped = format!("{}{cert}", authority.pem);
    let table: &[(Option<&str>, Option<&str>, TlsErrorKind, &str)] = &[
        (None, Some(key), Unreadable, "cert.pem"),
        (Some(cert), None, Unreadable, "key.pem"),
        (Some(""), Some(key), NoCertificate, "cert.pem"),
        (Some("no PEM at all"), Some(key), NoCertificate, "cert.pem"),
        (Some(key), Some(key), NoCertificate, "cert.pem"),
        (Some("0\u{1}\u{2}"), Some(key), NoCertificate, "cert.pem"),
        (Some(half(cert)), Some(key), BadPem, "cert.pem"),
        (Some(no_cert), Some(key), BadCertificate, "cert.pem"),
        (Some(cert), Some(""), NoKey, "key.pem"),
        (Some(cert), Some(cert), NoKey, "key.pem"),
        (Some(cert), Some(half(key)), BadPem, "key.pem"),
        (Some(cert), Some(&begin_broken), BadPem, "key.pem"),
        (Some(cert), Some(&no_base64), BadPem, "key.pem"),
        (Some(cert), Some(no_key), BadKey, "key.pem"),
        (Some(cert), Some(&two), SeveralKeys, "key.pem"),
        (Some(cert), Some(&encrypted), EncryptedKey, "key.pem"),
        (Some(cert), Some(old_encrypted), EncryptedKey, "key.pem"),
        (Some(cert), Some(&other.key), KeyMismatch, "key.pem"),
        (Some(&swapped), Some(key), KeyMismatch, "key.pem"),
    ];
    for (cert, key, kind, file) in table {
        let folder = Folder::new();
        let write = |name, contents: &Option<&str>| {
            contents.map_or_else(|| folder.path(name), |contents| folder.write(name, contents))
        };
        let error = Tls::from_files(write("cert.pem", cert), write("key.pem", key)).unwrap_err();
        assert_eq!(error.kind(), *kind, "{error}");
        assert_eq!(error.file(), Some(&*folder.path(file)), "{error}");
        let text = error.to_string();
        assert!(text.contains(file), "{text}");
        for secret in [&good, &other].map(|shown| &shown.key).iter().flat_map(|key| key.lines().skip(1)) {
            assert!(!format!("{text}{error:?}").contains(secret) || secret.contains("-----"), "{text}");
        }
    }
}

#[test]
fn both_may_be_in_one_file_and_a_chain_may_follow() {
    let authority = Authority::new();
    let shown = authority.server(&["localhost"]);
    let folder = Folder::new();
    let both = folder.write("both.pem", format!("{}{}{}", shown.key, shown.certificate, authority.pem));
    let tls = Tls::from_files(&both, &both).unwrap();
    let found = tls.certificates();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].names(), found[0].file()), (&["localhost".to_owned()][..], Some(&*both)));
}

#[test]
fn a_server_without_a_certificate_is_told_what_to_call() {
    let error = Tls::builder().build().unwrap_err();
    assert_eq!(error.to_string(), "cannot set up TLS: no certificate was given; call `certificate_files`");
    assert_eq!((error.kind(), error.file()), (TlsErrorKind::NoCertificate, None));
}

#[test]
fn bad_authorities_and_revocation_lists_name_their_file() {
    let authority = Authority::new();
    let shown = authority.server(&["localhost"]);
    let folder = Folder::new();
    let with = |clients| -> TlsError {
        let tls = Tls::builder().certificate_pem(&shown.certificate, &shown.key);
        tls.client_certificates(clients).build().unwrap_err()
    };
    let garbage = folder.write("garbage.pem", "garbage");
    let junk = "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n";
    let junk = folder.write("junk.pem", junk.to_owned() + &junk.replace("X509 CRL", "CERTIFICATE"));
    let ca = folder.write("ca.pem", &authority.pem);
    let is = |error: TlsError, kind, file: &Path| {
        assert_eq!((error.kind(), error.file()), (kind, Some(file)), "{error}")
    };
    is(with(ClientCertificates::required_from_file(&garbage)), TlsErrorKind::NoCertificate, &garbage);
    is(with(ClientCertificates::required_from_file(&junk)), TlsErrorKind::BadAuthority, &junk);
    let missing = folder.path("missing.pem");
    is(with(ClientCertificates::required_from_file(&missing)), TlsErrorKind::Unreadable, &missing);
    let with_list = |list| with(ClientCertificates::required_from_file(&ca).revocation_file(list));
    is(with_list(&garbage), TlsErrorKind::BadRevocationList, &garbage);
    is(with_list(&junk), TlsErrorKind::BadRevocationList, &junk);
    is(with_list(&missing), TlsErrorKind::Unreadable, &missing);
    let client = TlsClient::with_ca_file(&missing).unwrap_err();
    is(client, TlsErrorKind::Unreadable, &missing);
}

#[test]
fn an_error_becomes_one_of_io_and_keeps_what_the_system_said() {
    let error = Tls::from_files("no/such/file", "no/such/key").unwrap_err();
    assert_eq!(std::io::Error::from(error).kind(), std::io::ErrorKind::NotFound);
    let error = Tls::builder().build().unwrap_err();
    assert_eq!(std::io::Error::from(error).kind(), std::io::ErrorKind::InvalidInput);
}

#[tokio::test]
async fn a_certificate_out_of_its_time_serves_all_the_same_with_a_loud_warning() {
    let authority = Authority::new();
    let old = authority.issue(&["old.example"], |params| params.not_after = date_time_ymd(2001, 2, 3));
    let early = authority.issue(&["early.example"], |params| params.not_before = date_time_ymd(3000, 1, 1));
    let folder = Folder::new();
    let log = LogCapture::of("greenroom");
    let tls = Tls::builder()
        .certificate_files(folder.write("old.pem", &old.certificate), folder.write("old.key", &old.key))
        .certificate_files(
            folder.write("early.pem", &early.certificate),
            folder.write("early.key", &early.key),
        )
        .build()
        .unwrap();
    let lines = log.take_text();
    assert_eq!(lines.len(), 2, "{lines:?}");
    for (line, words) in
        lines.iter().zip([["old.pem", "expired", "2001"], ["early.pem", "not valid yet", "3000"]])
    {
        assert!(line.starts_with("WARN "), "{line}");
        assert!(words.iter().all(|word| line.contains(word)), "{line}");
    }
    let careless = TlsClient::dangerous_accept_any_certificate().unwrap();
    facts(&tls, &careless, "old.example").await;
    let now = std::time::SystemTime::now();
    let infos = tls.certificates();
    assert!(infos.iter().all(|info| !info.is_valid_at(now)));
    assert!(infos[0].not_after() < now && infos[1].not_before() > now);
    let (_, client) = crate::tls::tests::shake::shake(&tls, &trusting(&authority), "old.example").await;
    assert!(client.unwrap_err().to_string().contains("expired"));
}
