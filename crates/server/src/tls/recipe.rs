//! Everything from which a configuration is made, as plain values.

use crate::tls::algorithms::Algorithms;
use crate::tls::client_certificates::ClientCertificates;
use crate::tls::pair::Pair;
use crate::tls::resumption::Resumption;
use crate::tls::source::Source;
use crate::tls::versions::TlsVersions;

#[derive(Debug, Clone, Default)]
pub(super) struct Recipe {
    pub(super) pairs: Vec<Pair>,
    pub(super) refuses_unknown: bool,
    pub(super) client_certificates: Option<ClientCertificates>,
    pub(super) alpn: Vec<Vec<u8>>,
    pub(super) versions: TlsVersions,
    pub(super) algorithms: Algorithms,
    pub(super) resumption: Resumption,
}

impl Recipe {
    /// Everything that is read from somewhere.
    pub(super) fn sources(&self) -> impl Iterator<Item = &Source> {
        let clients = self.client_certificates.iter().flat_map(ClientCertificates::sources);
        self.pairs.iter().flat_map(Pair::sources).chain(clients)
    }
}
