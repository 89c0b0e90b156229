//! A clean-up that no scope can adopt.

use std::panic::Location;

use tokio::runtime::Handle;

use super::builder::TaskBuilder;
use crate::scope::Cleanup;

/// Runs a clean-up whose scope was dropped outside of any task, as a task of its own. Without a runtime nothing can
/// run: that is logged.
#[track_caller]
pub(crate) fn rehome(cleanup: Option<Cleanup>) {
    let Some(cleanup) = cleanup else { return };
    if Handle::try_current().is_ok() {
        TaskBuilder::new().name("clean-up").launch_cleanup(cleanup, Location::caller());
    } else {
        tracing::error!("a clean-up could not run: its scope was dropped outside of a runtime");
    }
}
