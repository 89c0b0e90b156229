//! Which certificate a client is shown.

use std::collections::HashMap;
use std::sync::Arc;

use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::tls::pair::LoadedPair;

/// Certificates by the name that the client asks for.
///
/// `*.example.org` stands for one label. Where several are for one name, the first that the client can verify is
/// taken: so an ECDSA and an RSA certificate can stand side by side.
#[derive(Debug)]
pub(super) struct ByName {
    exact: HashMap<String, Vec<Arc<CertifiedKey>>>,
    /// Under what comes after `*.`.
    wildcard: HashMap<String, Vec<Arc<CertifiedKey>>>,
    /// The first one that was given, and those for the same names.
    default: Vec<Arc<CertifiedKey>>,
    refuses_unknown: bool,
}

impl ByName {
    pub(super) fn new(pairs: &[LoadedPair], refuses_unknown: bool) -> Self {
        let mut by_name =
            Self { exact: HashMap::new(), wildcard: HashMap::new(), default: Vec::new(), refuses_unknown };
        for pair in pairs {
            for name in &pair.names {
                let name = name.to_ascii_lowercase();
                let certified = Arc::clone(&pair.certified);
                match name.strip_prefix("*.") {
                    Some(parent) => by_name.wildcard.entry(parent.to_owned()).or_default().push(certified),
                    None => by_name.exact.entry(name).or_default().push(certified),
                }
            }
        }
        let same_names = pairs.iter().filter(|pair| pair.names == pairs[0].names);
        by_name.default = same_names.map(|pair| Arc::clone(&pair.certified)).collect();
        by_name
    }

    /// Whether a client that asks for this name, or for none, is turned away.
    pub(super) fn refuses(&self, name: Option<&str>) -> bool {
        self.refuses_unknown && self.find(name).is_none()
    }

    fn find(&self, name: Option<&str>) -> Option<&[Arc<CertifiedKey>]> {
        // rustls has made it lower case, and has passed over one that is an IP address.
        let name = name?;
        let wildcard = || self.wildcard.get(name.split_once('.')?.1);
        self.exact.get(name).or_else(wildcard).map(Vec::as_slice)
    }
}

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let found = self.find(hello.server_name());
        let candidates = match found {
            Some(found) => found,
            None if self.refuses_unknown => return None,
            None => &self.default,
        };
        let schemes = hello.signature_schemes();
        let fitting = candidates.iter().find(|certified| certified.key.choose_scheme(schemes).is_some());
        fitting.or_else(|| candidates.first()).cloned()
    }
}
