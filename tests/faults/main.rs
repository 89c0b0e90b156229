//! The catalogue of faults: its table, and those that are brought about here, through the facade.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod baseline;
mod crowd;
mod link;
mod reset;
mod silence;
mod slow_reader;
mod stampede;
mod table;
