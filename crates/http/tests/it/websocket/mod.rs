//! WebSockets: raw frames over memory, and tungstenite's client as a peer.

mod closing;
mod drain_stress;
mod faulty;
mod frames;
mod handshake;
mod outbox;
pub(crate) mod peer;
mod silence;
mod stopping;
mod tungstenite;
