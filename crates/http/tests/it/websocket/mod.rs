//! WebSockets: raw frames over memory, and tungstenite's client as a peer.

mod cancelled;
mod closing;
mod faulty;
mod frames;
mod handshake;
mod outbox;
mod peer;
mod silence;
mod stopping;
mod tungstenite;
