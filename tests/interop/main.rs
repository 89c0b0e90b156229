//! Foreign clients against the examples: what they speak was not written by us.
//!
//! Skipped, with a line that says so, unless `GREENROOM_INTEROP=1`. The examples must have been built; `just interop` and
//! `.ci/run` see to that, and to the clients.

mod example;
mod foreign;
mod process;

#[cfg(target_os = "linux")]
mod accept;
mod echo;
