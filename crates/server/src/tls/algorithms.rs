//! Cipher suites and key exchange groups by name.

use std::sync::Arc;

use rustls::SupportedCipherSuite;
use rustls::crypto::{CryptoProvider, SupportedKxGroup};

use crate::tls::error::{TlsError, TlsErrorKind};
use crate::tls::provider;

/// The names of what may be used, in the order of preference. `None`: what the provider prefers.
#[derive(Debug, Clone, Default)]
pub(super) struct Algorithms {
    pub(super) ciphers: Option<Vec<String>>,
    pub(super) groups: Option<Vec<String>>,
}

impl Algorithms {
    /// The provider, cut down to them.
    pub(super) fn provider(&self) -> Result<Arc<CryptoProvider>, TlsError> {
        let mut provider = provider::provider();
        if let Some(names) = &self.ciphers {
            let known = |name: &str| provider.cipher_suites.iter().find(|suite| is_cipher(suite, name));
            let list = || provider.cipher_suites.iter().filter_map(cipher_name).collect();
            let named = |name| known(name).copied().ok_or_else(|| unknown_cipher(name, list()));
            provider.cipher_suites = names.iter().map(|name| named(name)).collect::<Result<_, _>>()?;
        }
        if let Some(names) = &self.groups {
            let named = |name: &String| group(name).ok_or_else(|| unknown_group(name));
            provider.kx_groups = names.iter().map(named).collect::<Result<_, _>>()?;
        }
        Ok(Arc::new(provider))
    }
}

pub(super) fn cipher_name(suite: &SupportedCipherSuite) -> Option<&'static str> {
    suite.suite().as_str()
}

/// rustls says `TLS13_AES_128_GCM_SHA256` where everybody else says `TLS_AES_128_GCM_SHA256`.
fn is_cipher(suite: &SupportedCipherSuite, name: &str) -> bool {
    let own = cipher_name(suite).unwrap_or_default();
    let registered = own.strip_prefix("TLS13_").unwrap_or_default();
    let short = name.get(..4).filter(|head| head.eq_ignore_ascii_case("TLS_")).map(|_| &name[4..]);
    own.eq_ignore_ascii_case(name) || short.is_some_and(|short| short.eq_ignore_ascii_case(registered))
}

fn group(name: &str) -> Option<&'static dyn SupportedKxGroup> {
    provider::all_groups().iter().copied().find(|group| group_name(*group).eq_ignore_ascii_case(name))
}

pub(super) fn group_name(group: &dyn SupportedKxGroup) -> &'static str {
    group.name().as_str().unwrap_or("unknown")
}

fn unknown_cipher(name: &str, known: Vec<&str>) -> TlsError {
    let fault = format!("there is no cipher suite {name:?}; there are {}", known.join(", "));
    TlsError::new(TlsErrorKind::UnknownCipher, fault)
}

fn unknown_group(name: &str) -> TlsError {
    let known: Vec<_> = provider::all_groups().iter().map(|group| group_name(*group)).collect();
    let fault = format!("there is no key exchange group {name:?}; there are {}", known.join(", "));
    TlsError::new(TlsErrorKind::UnknownGroup, fault)
}
