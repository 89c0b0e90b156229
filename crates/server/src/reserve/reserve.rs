//! A share in the spare file.

use tokio::time::Instant;

use crate::reserve::loan::Loan;
use crate::reserve::spare::{SPARE, Spare};
use crate::sync::Mutex;

/// Keeps the spare file open as long as it lives. All of a process share one.
#[derive(Debug)]
pub(crate) struct Reserve {
    spare: &'static Mutex<Spare>,
}

impl Reserve {
    pub(crate) fn new() -> Self {
        Self::of(&SPARE)
    }

    fn of(spare: &'static Mutex<Spare>) -> Self {
        let mut guard = spare.lock();
        guard.users += 1;
        guard.refill();
        drop(guard);
        Self { spare }
    }

    /// Closes the spare file until the loan is dropped. `None`: it is not there, or there have been so many loans in the last
    /// second, by whomever.
    pub(crate) fn lend(&self, most_per_second: u32, now: Instant) -> Option<Loan> {
        let mut spare = self.spare.lock();
        spare.refill();
        if spare.file.is_none() || !spare.loans.allows(most_per_second, now) {
            return None;
        }
        spare.lent = true;
        spare.file = None;
        Some(Loan::new(self.spare))
    }
}

impl Drop for Reserve {
    fn drop(&mut self) {
        let mut spare = self.spare.lock();
        spare.users -= 1;
        if spare.users == 0 {
            spare.file = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static OWN: Mutex<Spare> = Mutex::new(Spare::new());

    #[tokio::test(start_paused = true)]
    async fn one_file_is_open_while_somebody_may_want_it_and_closed_while_it_is_lent() {
        let is_open = || OWN.lock().file.is_some();
        let lend = |reserve: &Reserve| reserve.lend(2, Instant::now());
        let (one, two) = (Reserve::of(&OWN), Reserve::of(&OWN));
        assert!(is_open());
        let loan = lend(&one).unwrap();
        assert!(!is_open());
        assert!(lend(&two).is_none(), "there is only one");
        let late = Reserve::of(&OWN);
        assert!(!is_open(), "who comes meanwhile opens no second one");
        drop((late, loan));
        assert!(is_open());

        drop(lend(&two).unwrap());
        assert!(lend(&one).is_none(), "two in this second");
        assert!(is_open(), "and who is refused leaves it alone");
        tokio::time::advance(std::time::Duration::from_secs(1)).await;
        let loan = lend(&one);
        assert!(loan.is_some());

        drop((one, two));
        assert!(!is_open());
        drop(loan);
        assert!(!is_open(), "nobody wants it any more");
    }
}
