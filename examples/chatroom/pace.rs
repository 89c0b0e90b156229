//! How fast somebody may talk.

use std::time::Duration;

use tokio::time::Instant;

use super::refusal::Refusal;

/// So many messages in a row, and then one each so often.
const IN_A_ROW: u32 = 10;
const EACH: Duration = Duration::from_millis(500);

/// When all that was said so far has been paid for.
#[derive(Debug)]
pub(crate) struct Pace(Instant);

impl Default for Pace {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Pace {
    /// One message more.
    pub(crate) fn step(&mut self) -> Result<(), Refusal> {
        let now = Instant::now();
        let paid = self.0.max(now) + EACH;
        if paid > now + EACH * IN_A_ROW {
            return Err(Refusal::TooFast);
        }
        self.0 = paid;
        Ok(())
    }
}
