//! The room that the spare file leaves while it is closed.

use crate::reserve::spare::Spare;
use crate::sync::Mutex;

/// Room for one file. Dropped, it takes the spare file back, whatever became of the room.
#[derive(Debug)]
#[must_use = "dropped at once, it is no loan"]
pub(crate) struct Loan {
    spare: &'static Mutex<Spare>,
}

impl Loan {
    pub(super) const fn new(spare: &'static Mutex<Spare>) -> Self {
        Self { spare }
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        let mut spare = self.spare.lock();
        spare.lent = false;
        spare.refill();
    }
}
