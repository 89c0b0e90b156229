//! A certificate chain with its private key.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys};

use crate::tls::certificate_info::CertificateInfo;
use crate::tls::error::{TlsError, TlsErrorKind};
use crate::tls::pem;
use crate::tls::source::Source;

/// Where both come from, and for which names they are.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub(super) certificate: Source,
    pub(super) key: Source,
    /// `None`: those in the certificate.
    pub(super) names: Option<Vec<String>>,
}

/// Both, read and found to belong together.
#[derive(Debug)]
pub(super) struct LoadedPair {
    pub(super) certified: Arc<CertifiedKey>,
    pub(super) names: Vec<String>,
    pub(super) info: CertificateInfo,
}

impl Pair {
    /// Blocks while the files are read.
    pub(super) fn load(&self, provider: &CryptoProvider) -> Result<LoadedPair, TlsError> {
        let chain = pem::certificates(&self.certificate, &self.certificate.read()?)?;
        let key = pem::private_key(&self.key, &self.key.read()?)?;
        let certified = CertifiedKey::from_der(chain, key, provider).map_err(|error| self.refused(error))?;
        let info = CertificateInfo::of_chain(&certified.cert, &self.certificate)?;
        let names = self.names.clone().unwrap_or_else(|| info.names().to_vec());
        Ok(LoadedPair { certified: Arc::new(certified), names, info })
    }

    fn refused(&self, error: Error) -> TlsError {
        match error {
            Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                let fault = format!(
                    "the private key does not belong to the first certificate of {}; the server's own comes first",
                    self.certificate
                );
                TlsError::new(TlsErrorKind::KeyMismatch, fault).at(&self.key)
            }
            Error::InvalidCertificate(_) => {
                TlsError::new(TlsErrorKind::BadCertificate, "the first certificate in it cannot be used")
                    .at(&self.certificate)
                    .because(error)
            }
            // What rustls says of a key does not quote it.
            error => TlsError::new(TlsErrorKind::BadKey, "the private key in it cannot be used")
                .at(&self.key)
                .because(error),
        }
    }

    pub(super) fn sources(&self) -> [&Source; 2] {
        [&self.certificate, &self.key]
    }
}
