//! Every chapter with Rust in it is compiled with the doc tests, and no Rust in it is left out.

use std::fs;

use crate::fences::fences;
use crate::page::{DOCS, assert_none, pages, root};

/// Where the chapters are put before rustdoc.
const COMPILED: &str = "crates/greenroom/src/book.rs";

fn complaints(name: &str, page: &str, compiled: &str) -> Vec<String> {
    let fences = fences(page);
    let mut complaints = Vec::new();
    if fences.iter().any(|fence| fence.is_rust())
        && !compiled.contains(&format!("include_str!(\"../../../{DOCS}/{name}\")"))
    {
        complaints.push(format!("{DOCS}/{name} has Rust in it, and is not in {COMPILED}"));
    }
    let left_out = fences.iter().filter(|fence| fence.is_rust() && fence.is_ignored());
    for fence in left_out.filter(|fence| !fence.code.iter().all(|line| line.starts_with("{{#"))) {
        complaints.push(format!(
            "{DOCS}/{name}:{}: nobody compiles this: let it run, say `no_run`, or include an example",
            fence.line
        ));
    }
    complaints
}

#[test]
fn all_the_rust_in_the_book_is_compiled() {
    let compiled = fs::read_to_string(root().join(COMPILED)).unwrap();
    let found: Vec<_> = pages().iter().flat_map(|(name, page)| complaints(name, page, &compiled)).collect();
    assert_none(&found);
}

#[test]
fn rust_that_nobody_compiles_is_found() {
    let compiled = "#[doc = include_str!(\"../../../docs/a.md\")]\nstruct A;";
    let rust = "```rust\nfn main() {}\n```";
    assert!(complaints("a.md", rust, compiled).is_empty());
    assert_eq!(complaints("b.md", rust, compiled).len(), 1);
    assert!(complaints("b.md", "```sh\ncargo test\n```", compiled).is_empty());
    assert_eq!(complaints("a.md", "```rust,ignore\nfn main() {}\n```", compiled).len(), 1);
    assert!(complaints("a.md", "```rust,ignore\n{{#include ../examples/echo.rs}}\n```", compiled).is_empty());
}
