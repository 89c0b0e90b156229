//! Who waits in the line for a slot.

use std::fmt;
use std::sync::Arc;
use std::task::Waker;

use super::Slot;
use crate::exit::Reason;
use crate::waiter::Ticket;

/// Somebody who waits for a slot without a future of its own to be polled: work that wants one more worker.
pub(crate) trait Applicant: Send + Sync {
    /// The slot is there.
    fn granted(self: Arc<Self>, slot: Slot);

    /// There will be none: the pool was killed.
    fn refused(self: Arc<Self>, reason: &Reason);
}

/// A place in the line.
pub(super) enum Claim {
    /// Of a future, which finds the slot when it is woken.
    Future,
    /// Of somebody who is called.
    Applicant(Arc<dyn Applicant>),
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Future => "Future",
            Self::Applicant(_) => "Applicant",
        })
    }
}

/// What an applicant gets at once.
pub(crate) enum Claimed {
    Slot(Slot),
    /// A place in the line; and somebody with a slot to spare, to be woken after unlocking.
    Queued(Ticket, Option<Waker>),
    /// Nothing, ever.
    Closed(Reason),
}
