//! What happens to a connection before its handler has it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::stream::connection::Cell;

/// A step between accept and handler: reading a PROXY header, shaking hands. It runs in the connection's own task.
pub(crate) trait Prepare: Send + Sync {
    fn prepare<'a>(&'a self, cell: &'a Arc<Cell>) -> Preparing<'a>;
}

pub(crate) type Preparing<'a> = Pin<Box<dyn Future<Output = Result<(), Unprepared>> + Send + 'a>>;

/// Why a connection does not come to its handler.
#[derive(Debug)]
pub(crate) enum Unprepared {
    /// A step failed.
    Failed {
        /// Its name in the counters.
        step: &'static str,
        fault: String,
    },
    /// There are too many connections from where it comes from, by its PROXY header.
    Refused,
}

impl fmt::Display for Unprepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed { fault, .. } => f.write_str(fault),
            Self::Refused => f.write_str("too many connections from this address"),
        }
    }
}
