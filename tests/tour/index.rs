//! The index of the tour, `examples/README.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The names of the tables' first cells, and how often each stands there.
fn listed(index: &str) -> BTreeMap<String, usize> {
    let mut names = BTreeMap::new();
    for line in index.lines() {
        let Some(cell) = line.strip_prefix("| ") else { continue };
        let name = cell.split('`').nth(1).filter(|_| cell.starts_with(['`', '[']));
        if let Some(name) = name {
            *names.entry(name.to_owned()).or_default() += 1;
        }
    }
    names
}

/// Files, and folders with a program in them.
fn examples(folder: &Path) -> BTreeMap<String, usize> {
    let mut names = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let is_one = match path.is_dir() {
            true => path.join("main.rs").exists() || path.join("Cargo.toml").exists(),
            false => path.extension().is_some_and(|it| it == "rs"),
        };
        if is_one {
            let name = path.file_stem().and_then(|name| name.to_str()).expect("a name");
            names.insert(name.to_owned(), 1);
        }
    }
    names
}

#[test]
fn every_example_stands_once_in_the_index_and_nothing_else_does() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let index = fs::read_to_string(folder.join("README.md")).expect("the index");
    assert_eq!(listed(&index), examples(&folder));
}
