//! As Unix numbers files.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;

pub(in crate::tls) fn inode(metadata: &Metadata) -> u64 {
    metadata.ino()
}
