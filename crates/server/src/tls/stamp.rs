//! Whether files have changed.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::tls::inode::inode;
use crate::tls::source::Source;

/// What tells one state of each file from another, without reading it. A missing file has none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Stamps(BTreeMap<PathBuf, Option<Stamp>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    len: u64,
    inode: u64,
}

impl Stamps {
    /// Blocks while the system is asked. To be taken before the files are read: then a change in between shows later.
    pub(super) fn take<'a>(sources: impl Iterator<Item = &'a Source>) -> Self {
        let stamp = |path: &Path| std::fs::metadata(path).ok().map(|metadata| Stamp::of(&metadata));
        Self(sources.filter_map(Source::path).map(|path| (path.to_owned(), stamp(path))).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self { modified: metadata.modified().ok(), len: metadata.len(), inode: inode(metadata) }
    }
}
