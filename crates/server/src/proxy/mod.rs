//! The PROXY protocol: how a proxy tells whose connection it passes on. No socket, no clock.

mod bytes;
mod crc32c;
mod encode;
mod encode_error;
mod error;
mod field;
mod header;
mod network;
mod parse;
mod parsed;
mod protocol;
mod ssl;
mod v1;
mod v2;

pub use encode_error::ProxyEncodeError;
pub use error::ProxyHeaderError;
pub use header::ProxyHeader;
pub use network::ProxyNetworkError;
pub use parsed::ProxyParsed;
pub use protocol::ProxyProtocol;
pub use ssl::ProxySsl;
