//! TLS by rustls: configurations that can be reloaded, and handshakes that end.
//!
//! Invariants:
//!
//! 1. A handshake sees one state of the configuration, from its first byte to its last.
//! 2. A state is put in place whole, or not at all: certificates, keys, authorities and revocation lists as one.
//! 3. No handshake outlives its limit.
//! 4. What is in a key file never appears in an error, in a log or in `Debug`.

mod algorithms;
mod any_certificate;
mod authorities;
mod builder;
mod by_name;
mod certificate_info;
mod client;
mod client_certificates;
mod error;
mod facts;
mod first_bytes;
mod handshake;
mod handshake_error;
mod inode;
mod loaded;
mod pair;
mod pem;
mod provider;
mod recipe;
mod resumption;
mod shared;
mod source;
mod stamp;
#[cfg(test)]
mod tests;
mod tls;
mod versions;
mod watch;

pub use builder::TlsBuilder;
pub use certificate_info::CertificateInfo;
pub use client::TlsClient;
pub use client_certificates::ClientCertificates;
pub use error::{TlsError, TlsErrorKind};
pub use facts::TlsFacts;
pub use handshake_error::{HandshakeError, HandshakeErrorKind};
pub use tls::Tls;
pub use versions::TlsVersions;
pub use watch::TlsWatch;
