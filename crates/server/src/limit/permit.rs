//! Leave for one connection.

use std::net::IpAddr;
use std::sync::Arc;

use greenroom_core::PoolSlot;

use crate::limit::Refused;
use crate::limit::prefix::Prefix;
use crate::limit::state::State;

/// Leave for one connection to be open. It comes back by being dropped, which must be after the connection is closed.
pub(crate) struct Permit {
    /// Taken by `give_back`.
    state: Option<Arc<State>>,
    /// Where there is a pool, until the connection has its task. Boxed, because every connection keeps a permit.
    slot: Option<Box<PoolSlot>>,
    /// What it is counted under, if it is.
    counted: Option<Arc<Prefix>>,
}

impl Permit {
    pub(super) fn new(state: Arc<State>, slot: Option<PoolSlot>) -> Self {
        Self { state: Some(state), slot: slot.map(Box::new), counted: None }
    }

    /// The slot for the connection's task, if these limits have a pool. The task's end frees it, not the permit.
    pub(crate) fn take_slot(&mut self) -> Option<PoolSlot> {
        self.slot.take().map(|slot| *slot)
    }

    /// Counts the connection under the address it comes from. Told another one later, as by a PROXY header, the count
    /// moves; it stays where it was if that is refused. Limits that were refused tell how often.
    pub(crate) fn admit(&mut self, source: IpAddr) -> Result<(), Refused> {
        match &self.state {
            Some(state) => state.addresses.admit(source, &mut self.counted),
            None => Ok(()),
        }
    }

    /// Gives it back unused: there is no connection yet.
    pub(crate) fn give_back(mut self) {
        self.leave(false);
    }

    fn leave(&mut self, closed: bool) {
        let Some(state) = self.state.take() else { return };
        if let Some(prefix) = self.counted.take() {
            state.addresses.leave(&prefix);
        }
        drop(self.slot.take());
        state.leave(closed);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.leave(true);
    }
}

#[cfg(test)]
mod tests {
    use super::Permit;

    #[test]
    fn a_permit_is_small_because_every_connection_keeps_one() {
        assert!(size_of::<Permit>() <= 24, "{}", size_of::<Permit>());
    }
}
