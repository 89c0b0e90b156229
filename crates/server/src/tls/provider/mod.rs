//! Who does the cryptography. Where both providers are compiled in, aws-lc-rs is used.
//!
//! It is passed along explicitly everywhere: a process may hold both, and rustls then has no default.

#[cfg(feature = "aws-lc-rs")]
mod aws_lc_rs;
#[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
mod ring;

#[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
compile_error!("the feature `tls` needs a provider of cryptography: turn on `aws-lc-rs` or `ring`");

#[cfg(feature = "aws-lc-rs")]
pub(super) use aws_lc_rs::{all_groups, provider, ticketer};
#[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
pub(super) use ring::{all_groups, provider, ticketer};
