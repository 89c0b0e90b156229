//! The files of the house, from the disk or from a fixture.

use std::path::Path;
use std::sync::LazyLock;
use std::{fs, io};

use crate::lexer::{Token, lex};
use crate::test_code::without_tests;

#[derive(Debug)]
pub(crate) struct Source {
    /// From the root of the repository, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    /// Every token.
    pub(crate) tokens: Vec<Token>,
    /// The tokens without what only tests compile; empty in a file that only tests compile.
    pub(crate) code: Vec<Token>,
    /// The folder under `crates`.
    pub(crate) krate: String,
    /// The module in its crate: `` for lib.rs, `queue` for queue/mod.rs, `queue/slot` for queue/slot.rs.
    pub(crate) module: String,
}

impl Source {
    fn new(path: &str, text: &str) -> (Self, Vec<String>) {
        let tokens = if path.ends_with(".rs") { lex(text) } else { Vec::new() };
        let (code, test_modules) = without_tests(&tokens);
        let krate = path.strip_prefix("crates/").and_then(|rest| rest.split('/').next()).unwrap_or_default();
        let inside = path.split_once("/src/").map_or("", |(_, inside)| inside).trim_end_matches(".rs");
        let module = match inside {
            "lib" | "main" => "",
            inside => inside.strip_suffix("/mod").unwrap_or(inside),
        };
        let (krate, module) = (krate.to_owned(), module.to_owned());
        let test_modules = test_modules.iter().map(|name| below(&module, name)).collect();
        (Self { path: path.to_owned(), text: text.to_owned(), tokens, code, krate, module }, test_modules)
    }

    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether it is a door: lib.rs or mod.rs.
    pub(crate) fn is_door(&self) -> bool {
        self.path.ends_with("/lib.rs") || self.path.ends_with("/mod.rs")
    }
}

/// The path of a module's child.
pub(crate) fn below(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}/{name}") }
}

/// Whether the first module is the second or lies in it.
pub(crate) fn lies_in(module: &str, outer: &str) -> bool {
    module
        .strip_prefix(outer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || outer.is_empty())
}

#[derive(Debug)]
pub(crate) struct House {
    pub(crate) files: Vec<Source>,
}

impl House {
    /// A house of these files: paths and texts.
    pub(crate) fn of<P: AsRef<str>, T: AsRef<str>>(files: &[(P, T)]) -> Self {
        let read: Vec<_> =
            files.iter().map(|(path, text)| Source::new(path.as_ref(), text.as_ref())).collect();
        let mut tests = Vec::new();
        let mut files = Vec::new();
        for (file, modules) in read {
            tests.extend(modules.into_iter().map(|module| (file.krate.clone(), module)));
            files.push(file);
        }
        for file in &mut files {
            if tests.iter().any(|(krate, module)| *krate == file.krate && lies_in(&file.module, module)) {
                file.code.clear();
            }
        }
        Self { files }
    }

    /// The house that this test belongs to; read once.
    pub(crate) fn ours() -> &'static Self {
        static OURS: LazyLock<House> = LazyLock::new(|| {
            let root = Path::new(env!("CARGO_MANIFEST_DIR"));
            let mut files = Vec::new();
            read(root, "Cargo.toml", &mut files).expect("the root manifest can be read");
            read(root, "crates", &mut files).expect("the crates can be read");
            files.sort();
            House::of(&files)
        });
        &OURS
    }

    pub(crate) fn rust(&self) -> impl Iterator<Item = &Source> {
        self.files.iter().filter(|file| file.is_rust())
    }

    /// The folders under `crates`, in order.
    pub(crate) fn crates(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.rust().map(|file| file.krate.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Collects manifests, and what lies in a folder `src`: Rust, and docs to be included.
fn read(root: &Path, path: &str, files: &mut Vec<(String, String)>) -> io::Result<()> {
    let full = root.join(path);
    if full.is_dir() {
        for entry in fs::read_dir(full)? {
            let name = entry?.file_name();
            let name = name.to_str().ok_or_else(|| io::Error::other("a file name that is no text"))?;
            if !name.starts_with('.') && name != "target" {
                read(root, &format!("{path}/{name}"), files)?;
            }
        }
    } else if path.ends_with("Cargo.toml")
        || path.contains("/src/") && (path.ends_with(".rs") || path.ends_with(".md"))
    {
        files.push((path.to_owned(), fs::read_to_string(full)?));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::House;

    #[test]
    fn the_sources_are_found() {
        let house = House::ours();
        for krate in ["core", "greenroom", "server", "testkit"] {
            assert!(house.crates().contains(&krate), "{krate} was not read");
        }
        for path in ["Cargo.toml", "crates/core/Cargo.toml", "crates/core/src/waiter/waiters.rs"] {
            assert!(house.files.iter().any(|file| file.path == path), "{path} was not read");
        }
        assert!(
            house.rust().all(|file| file.path.contains("/src/")),
            "a file outside of src was read as source"
        );
    }

    #[test]
    fn a_file_knows_its_module_and_whether_only_tests_compile_it() {
        let house = House::of(&[
            ("crates/core/src/lib.rs", "mod a;"),
            ("crates/core/src/a/mod.rs", "mod b; #[cfg(test)] mod tests;"),
            ("crates/core/src/a/b.rs", "fn f() {}"),
            ("crates/core/src/a/tests.rs", "mod deep;"),
            ("crates/core/src/a/tests/deep.rs", "fn g() {}"),
        ]);
        let seen: Vec<_> =
            house.files.iter().map(|file| (file.module.as_str(), file.code.is_empty())).collect();
        assert_eq!(
            seen,
            [("", false), ("a", false), ("a/b", false), ("a/tests", true), ("a/tests/deep", true)]
        );
    }
}
