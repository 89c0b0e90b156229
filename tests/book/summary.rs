//! Every chapter is in the summary, and the summary names no other.

use std::collections::{BTreeMap, BTreeSet};

use crate::links::links;
use crate::page::{DOCS, SUMMARY, assert_none, pages};

fn complaints(pages: &BTreeMap<String, String>) -> Vec<String> {
    let Some(summary) = pages.get(SUMMARY) else { return vec![format!("there is no {DOCS}/{SUMMARY}")] };
    let named = links(summary);
    let once: BTreeSet<&str> = named.iter().map(String::as_str).collect();
    let mut complaints = Vec::new();
    for name in pages.keys().filter(|name| *name != SUMMARY && !once.contains(name.as_str())) {
        complaints.push(format!("{DOCS}/{name} is not in {SUMMARY}: no reader of the book finds it"));
    }
    for name in once {
        if !pages.contains_key(name) {
            complaints.push(format!("{SUMMARY} names {name}, and there is no {DOCS}/{name}"));
        }
        if named.iter().filter(|other| *other == name).count() > 1 {
            complaints.push(format!("{SUMMARY} names {name} more than once"));
        }
    }
    complaints
}

#[test]
fn the_summary_names_every_chapter_once_and_no_other() {
    assert_none(&complaints(&pages()));
}

#[test]
fn a_chapter_that_is_missing_and_one_that_is_not_named_are_found() {
    let summary = "# Summary\n- [A](a.md)\n- [B](b.md)\n- [Again](a.md)\n- [D]()";
    let pages = [(SUMMARY, summary), ("a.md", ""), ("c.md", "")];
    let found = complaints(&pages.map(|(name, text)| (name.to_owned(), text.to_owned())).into());
    // A draft, `[D]()`, has no page either.
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found[0].starts_with("docs/c.md is not in"));
}
