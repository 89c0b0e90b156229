//! The system: processes, pipes, threads, signals, sockets and files; the third part of the tour.

mod dns;
#[cfg(unix)]
mod pipes;
#[cfg(unix)]
mod send_file;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod subprocess;
mod thread_pool;
mod udp;
#[cfg(unix)]
mod unix_sockets;
