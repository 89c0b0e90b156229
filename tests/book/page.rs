//! The pages of the book.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the book, from the root of the repository.
pub(crate) const DOCS: &str = "docs";
/// The page that is no chapter.
pub(crate) const SUMMARY: &str = "SUMMARY.md";

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of each page by its name, the summary included.
pub(crate) fn pages() -> BTreeMap<String, String> {
    let files = fs::read_dir(root().join(DOCS)).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "md")).map(read).collect()
}

fn read(path: PathBuf) -> (String, String) {
    let name = path.file_name().unwrap().to_str().unwrap().to_owned();
    let text = fs::read_to_string(path).unwrap();
    (name, text)
}

/// Fails with all of them, a line each.
#[track_caller]
pub(crate) fn assert_none(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}
