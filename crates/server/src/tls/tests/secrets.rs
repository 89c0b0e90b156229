//! Keys do not show.

use greenroom_testkit::LogCapture;
use std::fmt::Write;

use crate::tls::pem;
use crate::tls::source::Source;
use crate::tls::tests::authority::Authority;
use crate::tls::tests::folder::Folder;
use crate::tls::tests::shake::shake;
use crate::tls::{ClientCertificates, Tls, TlsClient, TlsFacts};

#[tokio::test]
async fn no_byte_of_a_key_is_in_debug_display_or_a_log_line() {
    let log = LogCapture::of("greenroom");
    let authority = Authority::new();
    let shown = authority.issue(&["localhost"], |params| params.not_after = rcgen::date_time_ymd(2001, 1, 1));
    let folder = Folder::new();
    let (certificate, key) = (folder.write("c.pem", &shown.certificate), folder.write("k.pem", &shown.key));
    let mut said = String::new();
    let mut say = |what: &dyn std::fmt::Debug| writeln!(said, "{what:?} {what:#?}").unwrap();

    let builder = Tls::builder()
        .certificate_files(&certificate, &key)
        .certificate_pem(&shown.certificate, &shown.key)
        .sni_pem("a.example", &shown.certificate, &shown.key)
        .client_certificates(ClientCertificates::optional_from_pem(authority.pem.clone() + &shown.key));
    say(&builder);
    let tls = builder.build().unwrap();
    say(&tls);
    say(&tls.shared);
    say(&tls.config());
    say(&tls.watch());
    say(&tls.certificates());
    let client = TlsClient::dangerous_accept_any_certificate().unwrap();
    let client = client.client_certificate_pem(&shown.certificate, &shown.key).unwrap();
    say(&client);
    let (server, client) = shake(&tls, &client, "localhost").await;
    say(&server.unwrap_err());
    drop(client);
    let (server, _) = shake(&tls, &TlsClient::dangerous_accept_any_certificate().unwrap(), "localhost").await;
    let server = server.unwrap();
    say(&TlsFacts::of(server.get_ref().1));

    // Keys in every place where there should be something else, and in pieces.
    let pieces = [
        shown.key.clone(),
        shown.key[..shown.key.len() / 2].to_owned(),
        shown.key.replacen("-----\n", "\n", 1),
        shown.key.replacen("-----\n", "", 1),
        shown.key.replace("-----END", "--END"),
        shown.key.replace('M', "*"),
        shown.key.replace("PRIVATE KEY", "CERTIFICATE"),
        shown.key.replace("PRIVATE KEY", "X509 CRL"),
        shown.key.repeat(2),
        shown.certificate.replace("CERTIFICATE", "PRIVATE KEY"),
    ];
    for piece in &pieces {
        folder.write("k.pem", piece);
        if let Err(error) = tls.reload().await {
            say(&error);
            say(&error.to_string());
            say(&std::io::Error::from(error));
        }
        for result in [
            Tls::from_pem(piece, &shown.key).map(drop),
            Tls::from_pem(&shown.certificate, piece).map(drop),
            TlsClient::with_ca_pem(piece).map(drop),
            Tls::builder()
                .certificate_pem(&shown.certificate, &shown.key)
                .client_certificates(
                    ClientCertificates::required_from_pem(&authority.pem).revocation_pem(piece),
                )
                .build()
                .map(drop),
        ] {
            if let Err(error) = result {
                say(&error);
                say(&error.to_string());
            }
        }
    }

    let logged = log.take_text();
    said.push_str(&logged.join("\n"));
    assert!(said.len() > 10_000 && !logged.is_empty(), "much was said");
    let source = Source::Given(shown.key.as_bytes().into());
    let der = pem::private_key(&source, shown.key.as_bytes()).unwrap().secret_der().to_vec();
    let lines = shown.key.lines().filter(|line| !line.contains("-----"));
    for line in lines {
        for at in 0..line.len() - 8 {
            // Without the first line, which is the same in all keys of a kind and so in the certificate.
            let window = &line[at..at + 8];
            assert!(!said.contains(window), "{window:?} of the key was said");
        }
    }
    // The scalar of the key, as bytes in decimal and in hexadecimal. Before it comes what all such keys have.
    let scalar = &der[36..68];
    for window in scalar.windows(6) {
        let decimal = format!("{window:?}");
        let decimal = decimal.trim_matches(['[', ']']);
        let hex: String = window.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!said.contains(decimal) && !said.to_lowercase().contains(&hex), "{hex} of the key was said");
    }
}
