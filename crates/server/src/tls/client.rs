//! The client's side of TLS.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::ServerCertVerifier;
use rustls::client::{ClientConfig, Resumption, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::sign::SingleCertAndKey;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::tls::any_certificate::AnyCertificate;
use crate::tls::authorities::authorities;
use crate::tls::error::{TlsError, TlsErrorKind};
use crate::tls::handshake_error::{HandshakeError, HandshakeErrorKind};
use crate::tls::pair::Pair;
use crate::tls::provider;
use crate::tls::source::Source;
use crate::tls::tls::HANDSHAKE_TIMEOUT;

/// How a client speaks TLS: whom it trusts, and what it shows of itself.
///
/// Clones share one configuration, and with it the sessions to resume. There is no list of the world's authorities
/// inside: a client is told which ones to trust.
///
/// Defaults: TLS 1.2 and 1.3, no ALPN, no certificate of its own, a handshake within 10 s.
///
/// # Examples
///
/// ```no_run
/// # fn example() -> Result<(), greenroom_server::TlsError> {
/// use greenroom_server::TlsClient;
///
/// let client = TlsClient::with_ca_file("authorities.pem")?
///     .alpn(["http/1.1"])
///     .client_certificate_files("me.pem", "me.key")?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct TlsClient {
    config: Arc<ClientConfig>,
    server_name: Option<Arc<str>>,
    handshake_timeout: Duration,
}

impl TlsClient {
    /// Trusts servers whose certificate comes from an authority in this PEM file. Blocks while it is read.
    ///
    /// gevent calls it `ca_certs`, with `cert_reqs=CERT_REQUIRED`.
    ///
    /// # Errors
    ///
    /// When the file is missing or garbled, or an authority in it cannot be used.
    #[doc(alias = "ca_certs")]
    pub fn with_ca_file(path: impl Into<PathBuf>) -> Result<Self, TlsError> {
        Self::with_authorities(&Source::File(path.into()))
    }

    /// Trusts servers whose certificate comes from an authority in this PEM.
    ///
    /// # Errors
    ///
    /// When it is garbled, or an authority in it cannot be used.
    pub fn with_ca_pem(pem: impl AsRef<[u8]>) -> Result<Self, TlsError> {
        Self::with_authorities(&Source::Given(pem.as_ref().into()))
    }

    /// A configuration made with rustls itself, used as it is.
    #[must_use]
    pub fn from_config(config: Arc<ClientConfig>) -> Self {
        Self { config, server_name: None, handshake_timeout: HANDSHAKE_TIMEOUT }
    }

    /// Trusts everybody. **Whoever is on the way can read and change everything.** For tests, and for looking at a server
    /// whose certificate is the very thing that is broken.
    ///
    /// gevent calls it `cert_reqs=CERT_NONE`, which is its default.
    ///
    /// # Errors
    ///
    /// When the provider of cryptography fails.
    pub fn dangerous_accept_any_certificate() -> Result<Self, TlsError> {
        let provider = Arc::new(provider::provider());
        Self::with_verifier(Arc::clone(&provider), Arc::new(AnyCertificate(provider)))
    }

    fn with_authorities(source: &Source) -> Result<Self, TlsError> {
        let (provider, roots) = (Arc::new(provider::provider()), Arc::new(authorities(source)?));
        let verifier = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider)).build();
        let verifier = verifier.map_err(|error| {
            TlsError::new(TlsErrorKind::BadAuthority, "its authorities cannot be used")
                .at(source)
                .because(error)
        })?;
        Self::with_verifier(provider, verifier)
    }

    fn with_verifier(
        provider: Arc<CryptoProvider>,
        verifier: Arc<dyn ServerCertVerifier>,
    ) -> Result<Self, TlsError> {
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| {
            TlsError::new(TlsErrorKind::Unusable, "the provider of cryptography has no version of TLS")
                .because(error)
        })?;
        let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
        Ok(Self::from_config(Arc::new(builder.with_no_client_auth())))
    }

    /// The protocols offered, the preferred first. Default: none.
    #[must_use]
    pub fn alpn<P: Into<Vec<u8>>>(mut self, protocols: impl IntoIterator<Item = P>) -> Self {
        let protocols = protocols.into_iter().map(Into::into).collect();
        self.change(|config| config.alpn_protocols = protocols);
        self
    }

    /// The certificate to show where a server asks for one, with its key, from PEM files. Default: none. Blocks while they
    /// are read.
    ///
    /// # Errors
    ///
    /// When a file is missing or garbled, or the two do not belong together.
    pub fn client_certificate_files(
        self,
        certificate: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
    ) -> Result<Self, TlsError> {
        self.client_certificate(Source::File(certificate.into()), Source::File(key.into()))
    }

    /// As [`client_certificate_files`](Self::client_certificate_files), from PEM that is at hand.
    ///
    /// # Errors
    ///
    /// When one is garbled, or the two do not belong together.
    pub fn client_certificate_pem(
        self,
        certificate: impl AsRef<[u8]>,
        key: impl AsRef<[u8]>,
    ) -> Result<Self, TlsError> {
        self.client_certificate(
            Source::Given(certificate.as_ref().into()),
            Source::Given(key.as_ref().into()),
        )
    }

    fn client_certificate(mut self, certificate: Source, key: Source) -> Result<Self, TlsError> {
        let pair = Pair { certificate, key, names: None }.load(self.config.crypto_provider())?;
        let resolver = Arc::new(SingleCertAndKey::from(pair.certified));
        self.change(|config| config.client_auth_cert_resolver = resolver);
        Ok(self)
    }

    /// The name to ask for, and to look for in the certificate. Default: the one that is connected to.
    ///
    /// gevent calls it `server_hostname`.
    #[must_use]
    #[doc(alias = "server_hostname")]
    pub fn server_name(mut self, name: impl AsRef<str>) -> Self {
        self.server_name = Some(name.as_ref().into());
        self
    }

    /// How long a handshake may take. Default: 10 s.
    #[must_use]
    pub const fn handshake_timeout(mut self, limit: Duration) -> Self {
        self.handshake_timeout = limit;
        self
    }

    /// Sessions of the configuration before do not belong to the one after.
    fn change(&mut self, change: impl FnOnce(&mut ClientConfig)) {
        let config = Arc::make_mut(&mut self.config);
        config.resumption = Resumption::default();
        change(config);
    }

    /// Shakes hands with a server of this name, within the limit.
    #[allow(dead_code, reason = "for connections")]
    pub(crate) async fn connect<IO>(&self, io: IO, name: &str) -> Result<TlsStream<IO>, HandshakeError>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let name = self.server_name.as_deref().unwrap_or(name);
        let name = ServerName::try_from(name.to_owned()).map_err(|_| {
            HandshakeError::new(HandshakeErrorKind::InvalidName, format!("{name:?} is no server name"))
        })?;
        let handshake = Box::pin(TlsConnector::from(Arc::clone(&self.config)).connect(name, io));
        match tokio::time::timeout(self.handshake_timeout, handshake).await {
            Ok(result) => result.map_err(HandshakeError::of_io),
            Err(_) => Err(HandshakeError::timed_out(self.handshake_timeout)),
        }
    }
}

impl fmt::Debug for TlsClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsClient")
            .field("server_name", &self.server_name)
            .field("handshake_timeout", &self.handshake_timeout)
            .finish_non_exhaustive()
    }
}
