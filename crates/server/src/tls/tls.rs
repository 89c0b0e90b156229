//! The server's side of TLS, as a handle.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::server::TlsStream;

use crate::limit::Limits;
use crate::tls::certificate_info::CertificateInfo;
use crate::tls::error::TlsError;
use crate::tls::handshake::accept;
use crate::tls::handshake_error::HandshakeError;
use crate::tls::loaded::Loaded;
use crate::tls::recipe::Recipe;
use crate::tls::shared::Shared;

/// How long a handshake may take unless said otherwise.
pub(super) const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// How a server speaks TLS: its certificates, and what it asks of clients.
///
/// A handle: clones share one configuration, and all see a [`reload`](Tls::reload). A handshake that has begun goes on
/// with the configuration it began with; connections that stand are not touched.
///
/// Defaults: TLS 1.2 and 1.3, the provider's own cipher suites and key exchange groups (with the post-quantum hybrid
/// preferred, on aws-lc-rs), one ticket for resumption, no early data (0-RTT), no client certificates, a handshake
/// within 10 s.
///
/// gevent takes `keyfile`, `certfile` and their kin as arguments of `StreamServer`, or an `ssl_context`.
///
/// # Examples
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use greenroom_server::Tls;
///
/// let tls = Tls::from_files("cert.pem", "key.pem")?;
/// // Later, when there are new files:
/// tls.reload().await?;
/// # Ok(())
/// # }
/// ```
#[doc(alias = "SSLContext")]
#[derive(Clone)]
pub struct Tls {
    pub(super) shared: Arc<Shared>,
    handshake_timeout: Duration,
    /// Spoken where the configuration names no protocols.
    alpn: Arc<[Vec<u8>]>,
}

impl Tls {
    /// A configuration made with rustls itself, used as it is. There is nothing to reload in it.
    ///
    /// gevent calls it `ssl_context`.
    #[must_use]
    #[doc(alias = "ssl_context")]
    pub fn from_config(config: Arc<ServerConfig>) -> Self {
        Self::new(Shared::new(None, Loaded::ready(config)), HANDSHAKE_TIMEOUT)
    }

    /// Reads and checks everything the recipe names.
    pub(super) fn make(recipe: Recipe, handshake_timeout: Duration) -> Result<Self, TlsError> {
        let loaded = Loaded::load(&recipe, None)?;
        Ok(Self::new(Shared::new(Some(recipe), loaded), handshake_timeout))
    }

    fn new(shared: Shared, handshake_timeout: Duration) -> Self {
        Self { shared: Arc::new(shared), handshake_timeout, alpn: Arc::default() }
    }

    /// This handle with another limit for handshakes; other handles keep theirs. Default: 10 s.
    #[must_use]
    pub fn with_handshake_timeout(self, limit: Duration) -> Self {
        Self { handshake_timeout: limit, ..self }
    }

    /// This handle with these protocols spoken inside, the preferred first, unless the configuration names its own; other
    /// handles keep theirs. A client that offers only others is turned away. Default: none.
    ///
    /// What serves a protocol calls it: HTTP, for one, to have its versions agreed on.
    #[must_use]
    pub fn with_alpn<P: Into<Vec<u8>>>(self, protocols: impl IntoIterator<Item = P>) -> Self {
        Self { alpn: protocols.into_iter().map(Into::into).collect(), ..self }
    }

    /// How long a handshake may take in all, also if the client only dribbles.
    #[must_use]
    pub const fn handshake_timeout(&self) -> Duration {
        self.handshake_timeout
    }

    /// The configuration that handshakes begin with now.
    #[must_use]
    pub fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.shared.current().config)
    }

    /// The certificates shown now: the first of each chain, in the order they were given. None for a ready-made
    /// configuration, which does not tell.
    #[must_use]
    pub fn certificates(&self) -> Vec<CertificateInfo> {
        self.shared.current().certificates.clone()
    }

    /// Reads all files again: certificates, keys, authorities, revocation lists. They are swapped as one.
    ///
    /// Handshakes that begin after it see the new files, and only those. When anything is wrong with them, everything
    /// stays as it was. The files are read on a thread that may block. Sessions live on, except where clients show
    /// certificates: whether those are still trusted is asked anew. What was given as PEM, or ready-made, stays.
    ///
    /// # Errors
    ///
    /// As when the handle was made: a file is missing, half-written, or does not fit the others.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is over, it changes nothing.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub async fn reload(&self) -> Result<(), TlsError> {
        self.shared.reload().await
    }

    /// Shakes hands with a client, in its time, and among as many as the limits let in.
    pub(crate) fn accept<IO>(
        &self,
        io: IO,
        limits: Limits,
    ) -> impl Future<Output = Result<TlsStream<IO>, HandshakeError>> + use<IO>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let loaded = self.shared.current();
        let mut config = Arc::clone(&loaded.config);
        if config.alpn_protocols.is_empty() && !self.alpn.is_empty() {
            Arc::make_mut(&mut config).alpn_protocols = self.alpn.to_vec();
        }
        accept(loaded, config, self.handshake_timeout, limits, io)
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("certificates", &self.shared.current().certificates)
            .field("handshake_timeout", &self.handshake_timeout)
            .finish_non_exhaustive()
    }
}
