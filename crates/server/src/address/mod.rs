//! What a server listens on and a client connects to, as people write it.

mod address;
mod error;
mod form;
mod given;
mod parse;
mod sock_addr;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
mod unix_path;

pub use address::Address;
pub use error::AddressError;
pub(crate) use form::Form;
pub use sock_addr::SockAddr;
#[cfg(unix)]
pub(crate) use unix_path::UnixPath;
