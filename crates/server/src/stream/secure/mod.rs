//! Connections under TLS: from their first byte, or from some point on.

mod door;
mod handshake;
mod read_ahead;
mod start_tls;
mod start_tls_error;

pub use start_tls_error::StartTlsError;
