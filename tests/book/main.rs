//! The book under `docs`: its chapters are all in the summary, its links lead somewhere, what it includes is there, and its
//! Rust is compiled.
//!
//! mdBook is not needed for that, and is not asked: each check is a function from text to complaints, and beside it stand a
//! test on the book itself and one on a page that is wrong.

#![allow(clippy::unwrap_used, reason = "in a test it is the assertion")]

// How pages are read.
mod anchors;
mod fences;
mod page;

// One file a rule.
mod compiled;
mod includes;
mod links;
mod summary;
