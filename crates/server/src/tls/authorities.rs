//! Whom to trust.

use rustls::RootCertStore;

use crate::tls::error::{TlsError, TlsErrorKind};
use crate::tls::pem;
use crate::tls::source::Source;

/// The certificates of authorities in this source; each must be usable. Blocks while a file is read.
pub(super) fn authorities(source: &Source) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in pem::certificates(source, &source.read()?)? {
        roots.add(certificate).map_err(|error| {
            TlsError::new(TlsErrorKind::BadAuthority, "an authority in it cannot be used")
                .at(source)
                .because(error)
        })?;
    }
    Ok(roots)
}
