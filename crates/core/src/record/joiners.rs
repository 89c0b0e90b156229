//! Those who wait for a task's end.

use std::task::Waker;

use crate::waiter::{Ticket, Waiters};

/// A place among those who wait.
#[derive(Debug)]
pub(crate) enum JoinTicket {
    /// Alone, without an allocation.
    First,
    /// In the line behind.
    Rest(Ticket),
}

/// Those who wait for a task's end, in order; most tasks have none or one.
#[derive(Debug, Default)]
pub(crate) struct Joiners {
    first: Option<Waker>,
    rest: Option<Box<Waiters>>,
}

impl Joiners {
    pub(crate) fn park(&mut self, waker: Waker) -> JoinTicket {
        if self.first.is_none() && self.rest.as_ref().is_none_or(|rest| rest.is_empty()) {
            self.first = Some(waker);
            return JoinTicket::First;
        }
        JoinTicket::Rest(self.rest.get_or_insert_default().park((), waker))
    }

    /// Keeps the waker of a place current; returns the replaced one, to be dropped after unlocking.
    pub(crate) fn refresh(&mut self, ticket: &JoinTicket, waker: &Waker) -> Option<Waker> {
        match (ticket, &mut self.first, &mut self.rest) {
            (JoinTicket::First, Some(kept), _) if !kept.will_wake(waker) => {
                Some(std::mem::replace(kept, waker.clone()))
            }
            (JoinTicket::Rest(ticket), _, Some(rest)) => rest.refresh(ticket, waker),
            _ => None,
        }
    }

    /// Gives a place back; returns its waker, to be dropped after unlocking.
    pub(crate) fn leave(&mut self, ticket: JoinTicket) -> Option<Waker> {
        match ticket {
            JoinTicket::First => self.first.take(),
            JoinTicket::Rest(ticket) => self.rest.as_mut()?.leave(ticket).map(|(waker, ())| waker),
        }
    }

    /// Wakes all, in order.
    #[inline]
    pub(crate) fn wake(self) {
        if let Some(waker) = self.first {
            waker.wake();
        }
        if let Some(mut rest) = self.rest {
            wake_all(&mut rest);
        }
    }
}

#[cold]
fn wake_all(rest: &mut Waiters) {
    while let Some((waker, ())) = rest.serve() {
        waker.wake();
    }
}
