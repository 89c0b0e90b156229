//! What health checks ask.

mod readiness;

pub use readiness::readiness;
