//! What all that receive for a server have in common.

use std::sync::Arc;

use crate::datagram::packet::{Allowance, Outlet};
use crate::datagram::socket::Arrival;
use crate::datagram::stats::Counters;
use crate::drain::Guests;

/// It goes when the last that is at work has left, and then the sockets are closed.
pub(crate) struct Backstage {
    pub(crate) counters: Arc<Counters>,
    pub(crate) guests: Arc<Guests>,
    pub(crate) keep_truncated: bool,
    pub(crate) ratio: Option<u32>,
    pub(crate) outlets: Vec<Arc<Outlet>>,
}

impl Backstage {
    /// Whether it may be handled. If not, it is dropped, and counted here.
    pub(crate) fn wants(&self, arrival: &Arrival) -> bool {
        if !arrival.truncated {
            return true;
        }
        Counters::count(&self.counters.truncated);
        if !self.keep_truncated {
            Counters::count(&self.counters.dropped_truncated);
        }
        self.keep_truncated
    }

    /// What a peer may be sent, if that is limited.
    pub(crate) fn allowance(&self) -> Option<Arc<Allowance>> {
        self.ratio.map(|ratio| Arc::new(Allowance::new(ratio)))
    }
}

impl Drop for Backstage {
    fn drop(&mut self) {
        for outlet in &self.outlets {
            outlet.close();
        }
    }
}
