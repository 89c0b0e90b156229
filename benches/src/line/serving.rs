//! A server that runs.

use std::any::Any;

/// Where it is, and what keeps it alive.
pub struct Serving {
    pub address: String,
    pub _kept: Box<dyn Any>,
}

impl Serving {
    pub fn new(address: impl ToString, kept: impl Any) -> Self {
        Self { address: address.to_string(), _kept: Box::new(kept) }
    }
}
