//! What a server listens on, as people write it.

mod address;
mod error;

pub use address::Address;
pub(crate) use address::Form;
pub use error::AddressError;
