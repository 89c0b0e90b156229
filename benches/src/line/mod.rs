//! Servers beside the same work written by hand on tokio: each in a process of its own, loaded by a client in another.

mod actix;
pub mod certificate;
mod contender;
mod contest;
pub mod figures;
mod hello;
mod ours;
mod outcome;
pub mod process;
mod raw;
pub mod report;
mod serving;
mod threads;
pub mod works;

pub use contender::serve;
pub use outcome::Outcome;
