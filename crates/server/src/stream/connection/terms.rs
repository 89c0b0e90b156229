//! What all connections of a listener have in common.

use crate::address::SockAddr;
use crate::deadline::Deadlines;
use crate::limit::Limits;
use crate::stop::StopSignal;

pub(crate) struct Terms {
    /// Where the listener listens.
    pub(crate) local: SockAddr,
    pub(crate) deadlines: Deadlines,
    pub(crate) limits: Limits,
    /// Given when the server has been told to stop, before its listeners close.
    pub(crate) told: StopSignal,
    /// Only to be looked at; each connection listens to one of its own.
    pub(crate) stopping: StopSignal,
}
