//! The last that happens to a server.

use std::io;
use std::sync::Arc;

use crate::address::SockAddr;
use crate::drain::course::Course;
use crate::drain::phase::Phase;
use crate::drain::report::StopReport;
use crate::fault::AcceptError;

/// Says that the server is over when the supervisor ends, in whatever way: nobody waits for ever.
pub(super) struct Ending {
    pub(super) course: Arc<Course>,
    pub(super) report: StopReport,
    /// Where it listens, until that is over.
    open: Vec<SockAddr>,
    /// The report is whole.
    pub(super) whole: bool,
}

impl Ending {
    pub(super) fn new(course: Arc<Course>, open: Vec<SockAddr>) -> Self {
        let report = StopReport { noun: course.noun, ..StopReport::default() };
        Self { course, report, open, whole: false }
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        let phase = self.course.phase();
        // In the order of the phases; after a proper end only the last is news.
        self.course.reach(Phase::Killing);
        self.course.stopping.stop();
        let (condemned, drained) = self.course.guests.condemn(self.course.graces.kill_grace);
        if !self.whole {
            if phase == Phase::Running {
                tracing::error!("the task that led a server is gone without having been told to stop");
            }
            self.report.drained = drained;
            // Nobody is left who could wait for them.
            self.report.killed = condemned.len();
            self.report.ended_by_itself |= phase == Phase::Running;
            if phase < Phase::Draining {
                let lost = |address: &SockAddr| {
                    AcceptError::new(
                        address.clone(),
                        io::Error::other("the task that led its server is gone"),
                    )
                };
                self.report.lost_listeners = self.open.iter().map(lost).collect();
            }
        }
        let _ = self.course.report.set(std::mem::take(&mut self.report));
        self.course.reach(Phase::Done);
        self.course.over.stop();
    }
}
