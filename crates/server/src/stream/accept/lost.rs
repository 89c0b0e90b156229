//! What an accept loop leaves behind when its listener is finished.

use crate::stream::accept::error::AcceptError;
use crate::stream::accept::on_fatal::OnFatal;

/// A listener that is finished, and what the policy wants done about it.
#[derive(Debug)]
pub(crate) struct Lost {
    pub(crate) error: AcceptError,
    pub(crate) then: OnFatal,
}
