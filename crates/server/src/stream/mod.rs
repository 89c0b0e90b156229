//! Stream servers: from the address to the closed connection.

mod accept;
mod builder;
mod cell;
mod close;
mod connection;
mod connections;
mod digest;
mod errors;
mod half;
mod handler;
mod io;
mod line;
mod lines;
mod listener;
mod report;
mod running;
mod serve;
mod server;
mod server_end;
mod settings;
mod stats;
mod supervise;

pub use builder::StreamServer;
pub use connection::{Connection, ConnectionId};
pub use errors::{AcceptError, BindError, ServeError, StartError};
pub use half::{ReadHalf, WriteHalf};
pub use handler::{Handler, HandlerOutput, With, with};
pub use line::{Line, LineError};
pub use lines::{Lines, ReadLines};
pub use listener::Listener;
pub use report::StopReport;
pub use server::ServerHandle;
pub use server_end::ServerEnd;
pub use stats::Stats;
