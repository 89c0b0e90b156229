//! The tour: each of its examples runs as a process of its own, as a reader starts it, and prints what its header promises.
//!
//! `cargo test` builds the examples first; `cargo test --test tour` does not.

mod built;
mod data;
mod index;
mod program;
mod system;
mod tasks;
