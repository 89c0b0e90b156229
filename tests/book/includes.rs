//! What a page includes by mdBook's `{{#include ../examples/echo.rs:anchor}}` is there.

use std::fs;

use crate::page::{DOCS, assert_none, pages, root};

/// What stands in the braces, behind the word: `../examples/echo.rs:anchor`.
fn includes(page: &str) -> impl Iterator<Item = &str> {
    ["{{#include ", "{{#rustdoc_include "].into_iter().flat_map(|opening| {
        page.split(opening)
            .skip(1)
            .filter_map(|rest| rest.split_once("}}"))
            .map(|(include, _)| include.trim())
    })
}

fn complaints(name: &str, page: &str, read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let wrong = |include: &str| {
        let (file, part) = include.split_once(':').map_or((include, None), |(file, part)| (file, Some(part)));
        let Some(text) = read(file) else { return Some(format!("there is no {file}")) };
        match part {
            // Lines move, and nobody looks here when they do.
            Some(part) if part.contains(':') || part.parse::<usize>().is_ok() => {
                Some("name an anchor in place of lines".to_owned())
            }
            Some(anchor) if !is_marked(&text, anchor) => Some(format!("{file} has no anchor `{anchor}`")),
            _ => None,
        }
    };
    includes(page)
        .filter_map(|include| wrong(include).map(|wrong| format!("{DOCS}/{name}: `{include}`: {wrong}")))
        .collect()
}

/// Whether it has a line for the beginning, and one for the end after it.
fn is_marked(text: &str, anchor: &str) -> bool {
    let at = |mark: &str| {
        text.lines().position(|line| line.split_once(mark).is_some_and(|(_, name)| name.trim() == anchor))
    };
    matches!((at("ANCHOR: "), at("ANCHOR_END: ")), (Some(start), Some(end)) if start < end)
}

#[test]
fn everything_that_the_book_includes_is_there() {
    let read = |file: &str| fs::read_to_string(root().join(DOCS).join(file)).ok();
    let found: Vec<_> = pages().iter().flat_map(|(name, page)| complaints(name, page, read)).collect();
    assert_none(&found);
}

#[test]
fn an_include_of_what_is_not_there_is_found() {
    let echo = "// ANCHOR: handler\nasync fn echo() {}\n// ANCHOR_END: handler\n// ANCHOR: open\n";
    let page = "{{#include echo.rs}} {{#include echo.rs:handler}} {{#include echo.rs:open}} {{#include echo.rs:main}} \
                {{#rustdoc_include echo.rs:1:2}} {{#include gone.rs}}";
    let found = complaints("a.md", page, |file| (file == "echo.rs").then(|| echo.to_owned()));
    assert_eq!(found.len(), 4, "{found:?}");
}
