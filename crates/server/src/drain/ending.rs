//! The last that happens to a server.

use std::sync::Arc;

use crate::drain::course::Course;
use crate::drain::phase::Phase;
use crate::drain::report::StopReport;

/// Says that the server is over when the supervisor ends, in whatever way: nobody waits for ever.
pub(super) struct Ending {
    pub(super) course: Arc<Course>,
    pub(super) report: StopReport,
}

impl Ending {
    pub(super) fn new(course: Arc<Course>) -> Self {
        let report = StopReport { noun: course.noun, ..StopReport::default() };
        Self { course, report }
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        // In the order of the phases; after a proper end only the last is news.
        self.course.reach(Phase::Killing);
        self.course.stopping.stop();
        self.course.guests.condemn(self.course.graces.kill_grace);
        let _ = self.course.report.set(std::mem::take(&mut self.report));
        self.course.reach(Phase::Done);
        self.course.over.stop();
    }
}
