//! Which versions of TLS are spoken.

use rustls::SupportedProtocolVersion;
use rustls::version::{TLS12, TLS13};

static BOTH: [&SupportedProtocolVersion; 2] = [&TLS13, &TLS12];

/// Which versions of TLS are spoken. Older ones than 1.2 are never.
///
/// gevent takes one as `ssl_version`.
#[doc(alias = "ssl_version")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum TlsVersions {
    /// TLS 1.2 and 1.3. The default.
    #[default]
    From12,
    /// TLS 1.3 only.
    From13,
}

impl TlsVersions {
    pub(super) fn supported(self) -> &'static [&'static SupportedProtocolVersion] {
        match self {
            Self::From12 => &BOTH,
            Self::From13 => &BOTH[..1],
        }
    }
}
