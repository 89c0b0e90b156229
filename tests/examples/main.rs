//! The server examples over real sockets: each test includes the example's own source, and runs its handler.

mod chat;
mod client;
mod echo;
mod udp_echo;
