//! When an accept loop that waits for room should rather accept and close.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::time::Instant;

use crate::limit::state::State;

/// One for each accept loop, which tells it what came of each try to enter.
///
/// The budget counts as full from the first try in vain until the next that is not.
pub(crate) struct Shedding {
    state: Arc<State>,
    full_since: Option<Instant>,
    /// The wait until a moment, or for one to be set.
    wait: Option<(Option<Instant>, Wait)>,
}

type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Shedding {
    pub(super) const fn new(state: Arc<State>) -> Self {
        Self { state, full_since: None, wait: None }
    }

    /// The entrance gave a permit.
    pub(crate) const fn had_room(&mut self) {
        self.full_since = None;
    }

    /// The entrance gave none. Ready when this has been so for too long: accept without a permit, and close.
    pub(crate) fn poll_due(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let full_since = *self.full_since.get_or_insert_with(Instant::now);
        loop {
            let due_at = self.state.shed_after.due_at(full_since);
            if due_at.is_some_and(|due_at| due_at <= Instant::now()) {
                return Poll::Ready(());
            }
            // Where shedding is off the wait serves again and again: it is no allocation for each connection.
            let wait = match &mut self.wait {
                Some((until, wait)) if *until == due_at => wait,
                stale => {
                    let state = Arc::clone(&self.state);
                    let wait = async move { state.shed_after.wait(full_since, due_at).await };
                    &mut stale.insert((due_at, Box::pin(wait))).1
                }
            };
            ready!(wait.as_mut().poll(context));
            self.wait = None;
        }
    }
}
