//! Servers beside the same work written by hand on tokio: each in a process of its own, loaded by a client in another.

mod certificate;
mod contender;
mod contest;
mod figures;
mod hello;
mod ours;
mod outcome;
mod process;
mod raw;
pub mod report;
mod serving;
pub mod works;

pub use contender::serve;
pub use outcome::Outcome;
