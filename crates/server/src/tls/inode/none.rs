//! Elsewhere the time and the length must do.

use std::fs::Metadata;

pub(in crate::tls) const fn inode(_: &Metadata) -> u64 {
    0
}
