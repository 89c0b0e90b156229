//! How many connections there may be at once: a permit is taken before accept, and comes back when it is dropped.
//!
//! Permits of connections and of handshakes come through a [`door`] each. A connection's permit is counted under its
//! source address once that is known, and brings a slot of the pool where there is one.

mod addresses;
mod door;
mod entrance;
mod gate;
mod handshake_entrance;
mod handshake_permit;
mod limits;
mod nofile;
mod permit;
mod prefix;
mod rank;
mod refused;
mod shed_after;
mod shedding;
mod state;
#[cfg(test)]
mod stress;
#[cfg(test)]
mod tests;
mod turns;

pub(crate) use entrance::Entrance;
pub(crate) use handshake_entrance::HandshakeEntrance;
pub(crate) use handshake_permit::HandshakePermit;
pub use limits::Limits;
pub use nofile::raise_nofile;
pub(crate) use permit::Permit;
pub(crate) use rank::Rank;
pub(crate) use refused::Refused;
pub(crate) use shedding::Shedding;
