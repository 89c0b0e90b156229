//! The rules of the house that a program can check, read from the sources under `crates/*/src`.
//!
//! `plan.rs` holds the tables (floors, arrows between crates, named exceptions): a new room or crate gets its line there.
//! Each rule is a file with a pure function from sources to findings; beside it stand three kinds of tests: the house
//! keeps the rule, a bad fixture breaks it, and a good one that looks bad to a careless reader passes.
//!
//! It is a reading of text, not of types: macros are not expanded, `#[path]` is not followed.

// How sources are read.
mod house;
mod items;
mod lexer;
mod paths;
mod rooms;
mod signatures;
mod test_code;

// What is wanted, and what is reported.
mod finding;
mod plan;

// One file a rule.
mod cancel_safety;
mod circles;
mod crate_arrows;
mod doors;
mod floors;
mod gated;
mod nouns;
mod one_path;
mod unsafety;
mod wall;
