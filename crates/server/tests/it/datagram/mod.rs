//! Datagram servers, over real sockets.

mod client;
mod faults;
mod forms;
mod overflow;
mod replies;
mod sessions;
mod stop;
