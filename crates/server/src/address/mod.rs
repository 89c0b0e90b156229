//! What a server listens on, as people write it.

mod address;
mod error;
mod sock_addr;

pub use address::Address;
pub(crate) use address::Form;
pub use error::AddressError;
pub use sock_addr::SockAddr;
