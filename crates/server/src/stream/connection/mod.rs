//! One connection: what its handler has of it, and what it shares with the task that serves it.

mod cell;
mod close;
mod connection;
mod detached;
mod half;
mod id;
mod io;
mod line;
mod lines;

pub(crate) use cell::Cell;
pub(crate) use close::close;
pub use connection::Connection;
pub use detached::Detached;
pub use half::{ReadHalf, WriteHalf};
pub use id::ConnectionId;
pub(crate) use io::Io;
pub use line::{Line, LineError};
pub use lines::{Lines, ReadLines};
