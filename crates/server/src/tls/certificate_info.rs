//! What a certificate says about itself.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rustls_pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;
use x509_parser::time::ASN1Time;

use crate::tls::error::{TlsError, TlsErrorKind};
use crate::tls::source::Source;

/// A certificate that a server shows: whose it is, and until when it is good. For metrics and alarms.
///
/// # Examples
///
/// ```no_run
/// # fn example() -> Result<(), greenroom_server::TlsError> {
/// use std::time::{Duration, SystemTime};
/// use greenroom_server::Tls;
///
/// let tls = Tls::from_files("cert.pem", "key.pem")?;
/// let in_two_weeks = SystemTime::now() + Duration::from_secs(14 * 86_400);
/// for certificate in tls.certificates() {
///     if !certificate.is_valid_at(in_two_weeks) {
///         println!("{:?} runs out soon", certificate.names());
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateInfo {
    subject: String,
    names: Vec<String>,
    not_before: SystemTime,
    not_after: SystemTime,
    file: Option<PathBuf>,
}

impl CertificateInfo {
    /// The first certificate of a chain, of which all can be read.
    pub(super) fn of_chain(chain: &[CertificateDer<'_>], source: &Source) -> Result<Self, TlsError> {
        let mut first = None;
        for der in chain {
            let (_, certificate) = X509Certificate::from_der(der).map_err(|_| {
                TlsError::new(TlsErrorKind::BadCertificate, "a certificate in it cannot be read").at(source)
            })?;
            first.get_or_insert_with(|| Self::of(&certificate, source));
        }
        first.ok_or_else(|| {
            TlsError::new(TlsErrorKind::NoCertificate, "there is no certificate in it").at(source)
        })
    }

    fn of(certificate: &X509Certificate<'_>, source: &Source) -> Self {
        let names = certificate.subject_alternative_name().ok().flatten();
        let names = names.iter().flat_map(|names| &names.value.general_names).filter_map(name).collect();
        Self {
            subject: certificate.subject().to_string(),
            names,
            not_before: time(certificate.validity().not_before),
            not_after: time(certificate.validity().not_after),
            file: source.path().map(Path::to_owned),
        }
    }

    /// Whose it is, as a distinguished name. Often empty; clients look at the names.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The host names and IP addresses that it is for.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// From when it is good.
    #[must_use]
    pub const fn not_before(&self) -> SystemTime {
        self.not_before
    }

    /// Until when it is good.
    #[must_use]
    pub const fn not_after(&self) -> SystemTime {
        self.not_after
    }

    /// The file it was read from, if it was.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Whether it is good at this time.
    #[must_use]
    pub fn is_valid_at(&self, time: SystemTime) -> bool {
        (self.not_before..=self.not_after).contains(&time)
    }
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => ip(bytes).map(|ip| ip.to_string()),
        _ => None,
    }
}

fn ip(bytes: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(bytes).map(|four| Ipv4Addr::from(four).into());
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(|sixteen| Ipv6Addr::from(sixteen).into())).ok()
}

fn time(time: ASN1Time) -> SystemTime {
    let seconds = Duration::from_secs(time.timestamp().unsigned_abs());
    let found = if time.timestamp() < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(seconds)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(seconds)
    };
    found.unwrap_or(SystemTime::UNIX_EPOCH)
}

/// Warns of every certificate of a chain whose time has not come, or is over.
///
/// A server with such a certificate starts all the same: it may serve clients that do not look, and it can be
/// given a new one while it runs.
pub(super) fn warn_of_dates(chain: &[CertificateDer<'_>], source: &Source) {
    let now = ASN1Time::now();
    for (_, certificate) in chain.iter().filter_map(|der| X509Certificate::from_der(der).ok()) {
        let validity = certificate.validity();
        let fault = if now > validity.not_after {
            "expired"
        } else if now < validity.not_before {
            "not valid yet"
        } else {
            continue;
        };
        tracing::warn!(
            file = %source,
            subject = %certificate.subject(),
            not_before = %validity.not_before,
            not_after = %validity.not_after,
            "a TLS certificate is {fault}: clients that check it will refuse"
        );
    }
}
