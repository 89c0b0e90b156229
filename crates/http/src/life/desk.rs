//! What lies about a connection that only few have.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Waker;

use bytes::Bytes;
use greenroom_server::Connection;
use hyper::upgrade::OnUpgrade;

use crate::life::stream_beat::StreamBeat;

/// Left by those who served a request, for whoever drives the connection.
#[derive(Debug, Default)]
pub(super) struct Desk {
    /// A body that its service did not read to the end.
    pub(super) leftover: Option<hyper::body::Incoming>,
    pub(super) after: Option<AfterUpgrade>,
    /// Of the stream whose future the engine hands over next.
    pub(super) beat: Option<Arc<StreamBeat>>,
    /// The io has been closed, or is with somebody who has let it go.
    pub(super) released: bool,
    pub(super) driver: Option<Waker>,
}

/// What the connection becomes when the engine has handed it over.
pub(crate) struct AfterUpgrade {
    pub(crate) on: OnUpgrade,
    pub(crate) run: Box<dyn FnOnce(Connection, Bytes) -> Running + Send>,
}

pub(crate) type Running = Pin<Box<dyn Future<Output = ()> + Send>>;

impl fmt::Debug for AfterUpgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AfterUpgrade").finish_non_exhaustive()
    }
}
