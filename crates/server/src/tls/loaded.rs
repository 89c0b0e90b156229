//! One state of a configuration, whole: what a handshake sees from beginning to end.

use std::sync::Arc;

use rustls::ServerConfig;

use crate::tls::by_name::ByName;
use crate::tls::certificate_info::{CertificateInfo, warn_of_dates};
use crate::tls::error::{TlsError, TlsErrorKind};
use crate::tls::pair::Pair;
use crate::tls::recipe::Recipe;
use crate::tls::resumption::Sessions;
use crate::tls::stamp::Stamps;

#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) config: Arc<ServerConfig>,
    /// Asked before rustls is; `None` for a ready-made configuration.
    pub(super) by_name: Option<Arc<ByName>>,
    pub(super) certificates: Vec<CertificateInfo>,
    pub(super) sessions: Sessions,
    /// Those of the files at the time they were read.
    pub(super) stamps: Stamps,
}

impl Loaded {
    /// Blocks while files are read. With the one before, sessions live on.
    pub(super) fn load(recipe: &Recipe, before: Option<&Self>) -> Result<Self, TlsError> {
        let stamps = Stamps::take(recipe.sources());
        let provider = recipe.algorithms.provider()?;
        let load = |pair: &Pair| pair.load(&provider);
        let pairs = recipe.pairs.iter().map(load).collect::<Result<Vec<_>, _>>()?;
        if pairs.is_empty() {
            let fault = "no certificate was given; call `certificate_files`";
            return Err(TlsError::new(TlsErrorKind::NoCertificate, fault));
        }
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(recipe.versions.supported())
            .map_err(|error| {
                let fault = "the versions, cipher suites and key exchange groups do not go together";
                TlsError::new(TlsErrorKind::Unusable, fault).because(error)
            })?;
        let builder = match &recipe.client_certificates {
            Some(clients) => builder.with_client_cert_verifier(clients.verifier(&provider)?),
            None => builder.with_no_client_auth(),
        };
        let by_name = Arc::new(ByName::new(&pairs, recipe.refuses_unknown));
        let mut config = builder.with_cert_resolver(Arc::<ByName>::clone(&by_name));
        config.alpn_protocols.clone_from(&recipe.alpn);
        // A session remembers that its client was trusted. Whom to trust may be what has changed.
        let sessions = match before.filter(|_| recipe.client_certificates.is_none()) {
            Some(before) => before.sessions.clone(),
            None => recipe.resumption.sessions()?,
        };
        recipe.resumption.apply(&sessions, &mut config);
        // Only now: a reload that fails is tried again and again, and would warn as often.
        for (pair, loaded) in recipe.pairs.iter().zip(&pairs) {
            warn_of_dates(&loaded.certified.cert, &pair.certificate);
        }
        let certificates = pairs.into_iter().map(|pair| pair.info).collect();
        Ok(Self { config: Arc::new(config), by_name: Some(by_name), certificates, sessions, stamps })
    }

    /// A configuration used as it is.
    pub(super) fn ready(config: Arc<ServerConfig>) -> Self {
        Self {
            config,
            by_name: None,
            certificates: Vec::new(),
            sessions: Sessions::Forgotten,
            stamps: Stamps::default(),
        }
    }

    pub(super) fn refuses(&self, name: Option<&str>) -> bool {
        self.by_name.as_ref().is_some_and(|by_name| by_name.refuses(name))
    }
}
