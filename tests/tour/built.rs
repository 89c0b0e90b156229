//! Where the examples are once they are built.

use std::path::PathBuf;

/// An example's program, in the same profile as this test.
pub(crate) fn built(name: &str) -> PathBuf {
    profile().join("examples").join(name).with_extension(std::env::consts::EXE_EXTENSION)
}

/// The folder of all that is built in this profile.
pub(crate) fn profile() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows where it is");
    test.parent().and_then(|deps| deps.parent()).expect("a test lies in target/<profile>/deps").to_owned()
}
