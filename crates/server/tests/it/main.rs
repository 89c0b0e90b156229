//! The server crate through its public face.

mod accept;
mod closing;
mod handler;
mod lines;
mod scripted;
mod stop;
mod tcp;
