//! A datagram server with sessions, before it runs.

use std::future::{Future, pending};

use crate::datagram::builder::error::{DatagramServeError, DatagramStartError};
use crate::datagram::builder::settings::{Settings, Source, serve_until};
use crate::datagram::server::DatagramHandle;
use crate::datagram::session::{SessionHandler, Sessions};
use crate::drain::StopReport;

/// A [`DatagramServer`](crate::DatagramServer) that serves peers rather than datagrams. From
/// [`DatagramServer::sessions`](crate::DatagramServer::sessions).
///
/// A [`Session`](crate::Session) begins with the first datagram of a peer, and has a task, a queue and an end.
///
/// # Examples
///
/// ```no_run
/// # async fn example() -> std::io::Result<()> {
/// use greenroom_server::{DatagramServer, ReplyError, Session, Sessions, terminate};
///
/// async fn echo(mut session: Session) -> Result<(), ReplyError> {
///     while let Some(packet) = session.recv().await {
///         session.send(packet).await?;
///     }
///     Ok(())
/// }
///
/// let server = DatagramServer::bind(":9000").sessions(Sessions::new().most(500));
/// println!("{}", server.serve_until(terminate(), echo).await?);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing happens until it is started"]
pub struct SessionServer {
    source: Source,
    settings: Settings,
    sessions: Sessions,
}

impl SessionServer {
    pub(super) const fn new(source: Source, settings: Settings, sessions: Sessions) -> Self {
        Self { source, settings, sessions }
    }

    /// Binds, and begins to receive.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future starts nothing; sockets that were bound are closed.
    ///
    /// # Errors
    ///
    /// As [`DatagramServer::start`](crate::DatagramServer::start).
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with io and time enabled.
    pub async fn start<H: SessionHandler>(self, handler: H) -> Result<DatagramHandle, DatagramStartError> {
        let sockets = self.settings.open(self.source).await?;
        self.settings.run_sessions(sockets, self.sessions, handler)
    }

    /// Starts, and serves until there is no socket left to receive from.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the server: sessions are killed without a grace.
    ///
    /// # Errors
    ///
    /// When it cannot start, and when its last socket is finished.
    pub async fn serve_forever<H: SessionHandler>(
        self,
        handler: H,
    ) -> Result<StopReport, DatagramServeError> {
        self.serve_until(pending::<()>(), handler).await
    }

    /// Starts, serves until `until` is ready, and stops with the grace.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the server: sessions are killed without a grace.
    ///
    /// # Errors
    ///
    /// When it cannot start, and when its last socket is finished before `until` is ready.
    pub async fn serve_until<H: SessionHandler>(
        self,
        until: impl Future,
        handler: H,
    ) -> Result<StopReport, DatagramServeError> {
        serve_until(self.start(handler).await?, until).await
    }
}
