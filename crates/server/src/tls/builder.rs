//! How a configuration is put together.

use std::path::PathBuf;
use std::time::Duration;

use crate::tls::client_certificates::ClientCertificates;
use crate::tls::error::TlsError;
use crate::tls::pair::Pair;
use crate::tls::recipe::Recipe;
use crate::tls::source::Source;
use crate::tls::tls::{HANDSHAKE_TIMEOUT, Tls};
use crate::tls::versions::TlsVersions;

impl Tls {
    /// One certificate with its key, from PEM files. The first of the chain is the server's own. Both may be one file.
    ///
    /// Blocks while the files are read, which is meant for the start of a program.
    ///
    /// gevent calls them `certfile` and `keyfile`.
    ///
    /// # Errors
    ///
    /// When a file is missing or garbled, or the two do not belong together. A certificate that has run out is none: it is
    /// used, with a warning in the log.
    #[doc(alias = "certfile")]
    #[doc(alias = "keyfile")]
    pub fn from_files(certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Result<Self, TlsError> {
        Self::builder().certificate_files(certificate, key).build()
    }

    /// One certificate with its key, from PEM that is at hand. There is nothing to reload in it.
    ///
    /// # Errors
    ///
    /// When one is garbled, or the two do not belong together.
    pub fn from_pem(certificate: impl AsRef<[u8]>, key: impl AsRef<[u8]>) -> Result<Self, TlsError> {
        Self::builder().certificate_pem(certificate, key).build()
    }

    /// Everything else: several certificates, client certificates, ALPN, versions.
    pub fn builder() -> TlsBuilder {
        TlsBuilder { recipe: Recipe::default(), handshake_timeout: HANDSHAKE_TIMEOUT }
    }
}

/// A TLS configuration before it is made: plain values. Nothing is read before [`build`](TlsBuilder::build).
///
/// # Examples
///
/// ```no_run
/// # fn example() -> Result<(), greenroom_server::TlsError> {
/// use greenroom_server::{Tls, TlsVersions};
///
/// let tls = Tls::builder()
///     .certificate_files("example.org.pem", "example.org.key")
///     .certificate_files("example.net.pem", "example.net.key")
///     .alpn(["h2", "http/1.1"])
///     .versions(TlsVersions::From13)
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is read before `build`"]
pub struct TlsBuilder {
    recipe: Recipe,
    handshake_timeout: Duration,
}

impl TlsBuilder {
    /// Adds a certificate with its key, from PEM files, for the names that stand in it.
    ///
    /// A client is shown the one for the name it asks for, else the first that was given, here or by another method. Of
    /// several for one name, a client gets the first that it can verify, such as ECDSA before RSA.
    pub fn certificate_files(self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.pair(file(certificate), file(key), None)
    }

    /// As [`certificate_files`](Self::certificate_files), from PEM that is at hand.
    pub fn certificate_pem(self, certificate: impl AsRef<[u8]>, key: impl AsRef<[u8]>) -> Self {
        self.pair(given(certificate), given(key), None)
    }

    /// Adds a certificate with its key for this name, whatever names stand in it. `*.example.org` stands for one label;
    /// upper and lower case are the same.
    pub fn sni_files(
        self,
        name: impl Into<String>,
        certificate: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
    ) -> Self {
        self.pair(file(certificate), file(key), Some(vec![name.into()]))
    }

    /// As [`sni_files`](Self::sni_files), from PEM that is at hand.
    pub fn sni_pem(
        self,
        name: impl Into<String>,
        certificate: impl AsRef<[u8]>,
        key: impl AsRef<[u8]>,
    ) -> Self {
        self.pair(given(certificate), given(key), Some(vec![name.into()]))
    }

    fn pair(mut self, certificate: Source, key: Source, names: Option<Vec<String>>) -> Self {
        self.recipe.pairs.push(Pair { certificate, key, names });
        self
    }

    /// Turns away clients that ask for a name without a certificate, or for none, with the alert `unrecognized_name`.
    /// Default: they are shown the first certificate.
    pub fn refuse_unknown_names(mut self) -> Self {
        self.recipe.refuses_unknown = true;
        self
    }

    /// Asks clients for certificates. Default: they are not asked.
    pub fn client_certificates(mut self, clients: ClientCertificates) -> Self {
        self.recipe.client_certificates = Some(clients);
        self
    }

    /// The protocols spoken inside, the preferred first, such as `["h2", "http/1.1"]`. A client that offers others only is
    /// turned away; one that offers none is served. Default: none, and what clients offer is passed over.
    pub fn alpn<P: Into<Vec<u8>>>(mut self, protocols: impl IntoIterator<Item = P>) -> Self {
        self.recipe.alpn = protocols.into_iter().map(Into::into).collect();
        self
    }

    /// The versions spoken. Default: TLS 1.2 and 1.3.
    pub const fn versions(mut self, versions: TlsVersions) -> Self {
        self.recipe.versions = versions;
        self
    }

    /// The cipher suites allowed, by their registered names, such as `TLS_AES_128_GCM_SHA256`. Default: all that the
    /// provider recommends. An unknown name is an error of [`build`](Self::build), which lists the known ones. These are no
    /// OpenSSL cipher strings.
    pub fn ciphers<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.recipe.algorithms.ciphers = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// The key exchange groups allowed, the preferred first, such as `["X25519MLKEM768", "X25519"]`. Default: those of the
    /// provider; with aws-lc-rs the post-quantum hybrid X25519MLKEM768 comes first. An unknown name is an error of
    /// [`build`](Self::build), which lists the known ones.
    pub fn key_exchange_groups<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.recipe.algorithms.groups = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// How many tickets a handshake of TLS 1.3 hands out, each good for one resumption. Default: 1. A client that opens
    /// several connections at once can use 2; each costs some time of the handshake.
    ///
    /// Tickets hold the session, encrypted by keys that change every six hours; the server remembers nothing. With 0 there
    /// is no resumption, unless by a [`session_cache`](Self::session_cache) and TLS 1.2.
    pub const fn tickets(mut self, n: usize) -> Self {
        self.recipe.resumption.tickets = n;
        self
    }

    /// Keeps up to `n` sessions in the server's memory, in place of tickets that hold them. Default: off.
    pub const fn session_cache(mut self, n: usize) -> Self {
        self.recipe.resumption.cache = Some(n);
        self
    }

    /// Every handshake is a full one. Default: clients may resume.
    pub const fn no_resumption(mut self) -> Self {
        self.recipe.resumption.tickets = 0;
        self.recipe.resumption.cache = None;
        self
    }

    /// How long a handshake may take. Default: 10 s.
    pub const fn handshake_timeout(mut self, limit: Duration) -> Self {
        self.handshake_timeout = limit;
        self
    }

    /// Reads all files, checks them, and makes the configuration. Blocks meanwhile.
    ///
    /// Certificates that have run out, or whose time has not come, are used all the same, with a warning in the log.
    ///
    /// # Errors
    ///
    /// When there is no certificate; when a file is missing, garbled or does not fit its fellow; when a name is unknown.
    pub fn build(self) -> Result<Tls, TlsError> {
        Tls::make(self.recipe, self.handshake_timeout)
    }
}

fn file(path: impl Into<PathBuf>) -> Source {
    Source::File(path.into())
}

fn given(pem: impl AsRef<[u8]>) -> Source {
    Source::Given(pem.as_ref().into())
}
