//! Where connections come from.

mod any;
mod bind_error;
mod bound;
mod given;
mod listener;
mod lookup;
mod name;
mod open;
mod socket_options;
mod system;
mod tcp;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
mod unix_file;

pub(crate) use any::AnyListener;
pub use bind_error::BindError;
pub(crate) use bound::Bound;
pub use listener::Listener;
pub(crate) use open::open;
pub use socket_options::SocketOptions;
use tcp::TcpDoor;
#[cfg(unix)]
use unix::UnixDoor;
