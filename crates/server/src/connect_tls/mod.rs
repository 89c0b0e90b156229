//! The client's side under TLS: from an address to a secured stream.

mod connect_tls;
mod error;
mod stream;

pub use connect_tls::connect_tls;
pub use error::ConnectTlsError;
pub use stream::TlsClientStream;
