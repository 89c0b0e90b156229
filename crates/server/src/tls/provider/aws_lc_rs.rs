//! aws-lc-rs.

use std::sync::Arc;

use rustls::crypto::aws_lc_rs::{ALL_KX_GROUPS, Ticketer, default_provider};
use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::server::ProducesTickets;

/// What it offers by default, in its order.
pub(in crate::tls) fn provider() -> CryptoProvider {
    default_provider()
}

/// Also the key exchange groups that are off by default.
pub(in crate::tls) fn all_groups() -> &'static [&'static dyn SupportedKxGroup] {
    ALL_KX_GROUPS
}

/// Encrypts tickets with keys that change by themselves.
pub(in crate::tls) fn ticketer() -> Result<Arc<dyn ProducesTickets>, rustls::Error> {
    Ticketer::new()
}
