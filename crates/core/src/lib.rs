//! Tasks on tokio that anybody may wait on, link to and kill; and what tasks wait on. No sockets.

mod sync;
mod waiter;
