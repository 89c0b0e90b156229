//! A server that runs.

use std::any::Any;
use std::net::SocketAddr;

/// Where it is, and what keeps it alive.
pub struct Serving {
    pub address: SocketAddr,
    pub _kept: Box<dyn Any>,
}

impl Serving {
    pub fn new(address: SocketAddr, kept: impl Any) -> Self {
        Self { address, _kept: Box::new(kept) }
    }
}
