//! Where connections come from.

mod any;
mod bind_error;
mod bound;
mod given;
mod listener;
mod listener_ext;
mod lookup;
mod map_io;
mod memory_connector;
mod memory_listener;
mod name;
mod open;
mod socket_options;
mod system;
mod tap_io;
mod tcp;
mod tokio_tcp;
#[cfg(unix)]
mod tokio_unix;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
mod unix_file;

pub(crate) use any::AnyListener;
pub use bind_error::BindError;
pub(crate) use bound::Bound;
pub use listener::Listener;
pub use listener_ext::ListenerExt;
pub use map_io::MapIo;
pub use memory_connector::MemoryConnector;
pub use memory_listener::MemoryListener;
pub(crate) use open::open;
pub use socket_options::SocketOptions;
pub use tap_io::TapIo;
use tcp::TcpDoor;
#[cfg(unix)]
use unix::UnixDoor;
