//! Certificates, keys and revocation lists out of PEM.
//!
//! The parser's own errors quote the text they trip over, which may be a key: they are not passed on.

use rustls_pki_types::pem::{Error, PemObject};
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};

use crate::tls::error::{TlsError, TlsErrorKind};
use crate::tls::source::Source;

/// How encrypted keys begin, in PKCS#8 and in the older form.
const ENCRYPTED: [&[u8]; 2] = [b"-----BEGIN ENCRYPTED PRIVATE KEY-----", b"Proc-Type: 4,ENCRYPTED"];

/// The chain, in the order of the file; at least one certificate.
pub(super) fn certificates(source: &Source, bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let chain = sections::<CertificateDer<'static>>(source, bytes)?;
    if chain.is_empty() {
        let fault = format!("there is no certificate in it{}", advice(bytes, "CERTIFICATE"));
        return Err(TlsError::new(TlsErrorKind::NoCertificate, fault).at(source));
    }
    Ok(chain)
}

/// The one private key. Certificates beside it do not matter.
pub(super) fn private_key(source: &Source, bytes: &[u8]) -> Result<PrivateKeyDer<'static>, TlsError> {
    let fault = |kind, fault: String| Err(TlsError::new(kind, fault).at(source));
    if ENCRYPTED.iter().any(|mark| contains(bytes, mark)) {
        let fault_text = "the private key in it is encrypted; decrypt it first (openssl pkey -in … -out …)";
        return fault(TlsErrorKind::EncryptedKey, fault_text.to_owned());
    }
    let mut keys = sections::<PrivateKeyDer<'static>>(source, bytes)?;
    match (keys.pop(), keys.len()) {
        (Some(key), 0) => Ok(key),
        (Some(_), others) => fault(
            TlsErrorKind::SeveralKeys,
            format!(
                "there are {} private keys in it; leave the one that belongs to the certificate",
                others + 1
            ),
        ),
        (None, _) => fault(
            TlsErrorKind::NoKey,
            format!("there is no private key in it{}", advice(bytes, "PRIVATE KEY")),
        ),
    }
}

/// At least one list.
pub(super) fn revocation_lists(
    source: &Source,
    bytes: &[u8],
) -> Result<Vec<CertificateRevocationListDer<'static>>, TlsError> {
    let lists = sections::<CertificateRevocationListDer<'static>>(source, bytes)?;
    if lists.is_empty() {
        let fault = format!("there is no revocation list in it{}", advice(bytes, "X509 CRL"));
        return Err(TlsError::new(TlsErrorKind::BadRevocationList, fault).at(source));
    }
    Ok(lists)
}

fn sections<T: PemObject>(source: &Source, bytes: &[u8]) -> Result<Vec<T>, TlsError> {
    T::pem_slice_iter(bytes)
        .collect::<Result<_, _>>()
        .map_err(|error| TlsError::new(TlsErrorKind::BadPem, what_is_wrong(&error)).at(source))
}

const fn what_is_wrong(error: &Error) -> &'static str {
    match error {
        Error::MissingSectionEnd { .. } => "it breaks off in the middle: a line `-----END …-----` is missing",
        Error::IllegalSectionStart { .. } => "a line `-----BEGIN …` does not end in five dashes",
        Error::Base64Decode(_) => "between BEGIN and END stands what is no base64",
        _ => "it is no PEM",
    }
}

fn advice(bytes: &[u8], wanted: &str) -> String {
    match bytes {
        [] => "; it is empty".to_owned(),
        // Every DER certificate and key is a sequence.
        [0x30, ..] => "; it looks like DER, and PEM is wanted".to_owned(),
        _ => format!(", which would begin with `-----BEGIN {wanted}-----`"),
    }
}

fn contains(bytes: &[u8], mark: &[u8]) -> bool {
    bytes.windows(mark.len()).any(|window| window == mark)
}
