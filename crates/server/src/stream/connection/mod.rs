//! One connection: what its handler has of it, and what it shares with the task that serves it.

mod beside;
mod both;
mod cell;
mod close;
mod connection;
mod extras;
mod frames;
mod half;
mod id;
mod input;
mod io;
mod line;
mod lines;
mod output;
mod relay;
mod terms;
mod wire;

pub(crate) use cell::Cell;
pub(crate) use close::Closer;
pub use connection::Connection;
pub(crate) use extras::Proxied;
pub use frames::{Frames, ReadFrames, WriteFrames};
pub use half::{ReadHalf, WriteHalf};
pub use id::ConnectionId;
pub(crate) use io::Io;
pub use line::{Line, LineError};
pub use lines::{Lines, ReadLines};
pub(crate) use terms::Terms;
pub(crate) use wire::Trunk;
