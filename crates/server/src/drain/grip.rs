//! What the handles of a server hold, and nobody else: when it is dropped, nobody controls the server any more.

use std::sync::Arc;
use std::time::Duration;

use crate::drain::course::Course;

pub(crate) struct Grip {
    course: Arc<Course>,
}

impl Grip {
    pub(super) const fn new(course: Arc<Course>) -> Self {
        Self { course }
    }

    pub(crate) fn course(&self) -> &Course {
        &self.course
    }
}

impl Drop for Grip {
    fn drop(&mut self) {
        self.course.order(Duration::ZERO);
    }
}
