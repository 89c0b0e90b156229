//! What the handles of a server hold, and nobody else: when it is dropped, nobody controls the server any more.

use std::sync::Arc;
use std::time::Duration;

use crate::address::SockAddr;
use crate::limit::Limits;
use crate::pause::Pause;
use crate::stream::server::supervise::Course;
use crate::stream::stats::Counters;

pub(crate) struct Grip {
    pub(crate) course: Arc<Course>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) limits: Limits,
    pub(crate) pause: Arc<Pause>,
    pub(crate) addresses: Vec<SockAddr>,
}

impl Drop for Grip {
    fn drop(&mut self) {
        self.course.order(Duration::ZERO);
    }
}
