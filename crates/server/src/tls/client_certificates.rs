//! Clients that show certificates, too.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;

use crate::tls::authorities::authorities;
use crate::tls::error::{TlsError, TlsErrorKind};
use crate::tls::pem;
use crate::tls::source::Source;

/// Which client certificates a server takes, and whether it does without one (mutual TLS).
///
/// A certificate must come from one of the authorities, be good today, and be meant for clients. Who fails that, or shows
/// none where one is required, is turned away in the handshake, before a handler runs.
///
/// With revocation lists, each certificate of a chain must be listed by its issuer as not revoked, so every authority
/// on the way needs its list. A list that is past its date still counts. Lists are read again with the other files, at
/// [`Tls::reload`](crate::Tls::reload); sessions from before a reload are not resumed.
///
/// gevent calls these `cert_reqs` and `ca_certs`.
///
/// # Examples
///
/// ```no_run
/// # fn example() -> Result<(), greenroom_server::TlsError> {
/// use greenroom_server::{ClientCertificates, Tls};
///
/// let tls = Tls::builder()
///     .certificate_files("cert.pem", "key.pem")
///     .client_certificates(ClientCertificates::required_from_file("clients.pem").revocation_file("revoked.pem"))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[doc(alias = "cert_reqs")]
#[doc(alias = "ca_certs")]
#[derive(Debug, Clone)]
pub struct ClientCertificates {
    authorities: Source,
    revocation: Vec<Source>,
    required: bool,
}

impl ClientCertificates {
    /// Every client must show a certificate of one of the authorities in this PEM file.
    pub fn required_from_file(path: impl Into<PathBuf>) -> Self {
        Self::new(Source::File(path.into()), true)
    }

    /// Every client must show a certificate of one of the authorities in this PEM.
    pub fn required_from_pem(pem: impl AsRef<[u8]>) -> Self {
        Self::new(Source::Given(pem.as_ref().into()), true)
    }

    /// A client may show a certificate, and then it must be of one of the authorities in this PEM file.
    pub fn optional_from_file(path: impl Into<PathBuf>) -> Self {
        Self::new(Source::File(path.into()), false)
    }

    /// A client may show a certificate, and then it must be of one of the authorities in this PEM.
    pub fn optional_from_pem(pem: impl AsRef<[u8]>) -> Self {
        Self::new(Source::Given(pem.as_ref().into()), false)
    }

    const fn new(authorities: Source, required: bool) -> Self {
        Self { authorities, revocation: Vec::new(), required }
    }

    /// Adds the revocation lists in this PEM file. Default: none, and no certificate is asked after.
    #[must_use]
    pub fn revocation_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.revocation.push(Source::File(path.into()));
        self
    }

    /// Adds the revocation lists in this PEM. Default: none, and no certificate is asked after.
    #[must_use]
    pub fn revocation_pem(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.revocation.push(Source::Given(pem.as_ref().into()));
        self
    }

    /// Blocks while the files are read.
    pub(super) fn verifier(
        &self,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
        let roots = Arc::new(authorities(&self.authorities)?);
        let start = || WebPkiClientVerifier::builder_with_provider(Arc::clone(&roots), Arc::clone(provider));
        let mut builder = start();
        for source in &self.revocation {
            let lists = pem::revocation_lists(source, &source.read()?)?;
            // Alone first, so that the error can name the file.
            start().with_crls(lists.clone()).build().map_err(|error| {
                TlsError::new(TlsErrorKind::BadRevocationList, "a revocation list in it cannot be used")
                    .at(source)
                    .because(error)
            })?;
            builder = builder.with_crls(lists);
        }
        if !self.required {
            builder = builder.allow_unauthenticated();
        }
        builder.build().map_err(|error| {
            TlsError::new(TlsErrorKind::BadAuthority, "its authorities cannot be used")
                .at(&self.authorities)
                .because(error)
        })
    }

    pub(super) fn sources(&self) -> impl Iterator<Item = &Source> {
        std::iter::once(&self.authorities).chain(&self.revocation)
    }
}
