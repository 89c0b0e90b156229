//! The facts that come with a request.

use std::sync::Arc;

#[cfg(feature = "tls")]
use greenroom_server::TlsFacts;
use greenroom_server::{ConnectionId, SockAddr, StopSignal};

use crate::facts::{ConnectionFacts, RequestId};

/// What is known of a request besides what it says: where it came from, by what connection, and whether the server is stopping.
///
/// It is in the extensions of every request, for handlers, layers and extractors alike. Cheap to clone.
///
/// gevent: `REMOTE_ADDR`, `REMOTE_PORT` and the rest of the `environ` that are not the request's own.
///
/// # Examples
///
/// ```
/// use greenroom_http::{Request, RequestFacts, Response};
///
/// async fn who(request: Request) -> Response {
///     let facts = RequestFacts::of(&request).expect("every request has them");
///     Response::new(format!("you are {}\n", facts.peer_addr()).into())
/// }
/// ```
#[derive(Debug, Clone)]
#[doc(alias = "environ")]
pub struct RequestFacts {
    connection: Arc<ConnectionFacts>,
    number: u32,
}

impl RequestFacts {
    pub(crate) const fn new(connection: Arc<ConnectionFacts>, number: u32) -> Self {
        Self { connection, number }
    }

    /// Those of this request; `None` of one that no Greenroom server has received.
    #[must_use]
    pub fn of<B>(request: &http::Request<B>) -> Option<&Self> {
        request.extensions().get()
    }

    /// Its name in logs.
    #[must_use]
    pub fn id(&self) -> RequestId {
        RequestId { connection: self.connection.id, number: self.number }
    }

    /// The connection that it came on.
    #[must_use]
    pub fn connection_id(&self) -> ConnectionId {
        self.connection.id
    }

    /// The client's address, as accept told it, or as a trusted proxy did by a PROXY header. Headers such as `Forwarded` are not
    /// looked at.
    #[must_use]
    #[doc(alias("REMOTE_ADDR", "REMOTE_PORT", "client_address"))]
    pub fn peer_addr(&self) -> &SockAddr {
        &self.connection.peer
    }

    /// The address that the client connected to.
    #[must_use]
    #[doc(alias("SERVER_NAME", "SERVER_PORT"))]
    pub fn local_addr(&self) -> &SockAddr {
        &self.connection.local
    }

    /// What the TLS handshake settled; `None` on a plain connection.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(&self) -> Option<&TlsFacts> {
        self.connection.tls.as_ref()
    }

    /// Tells when the server is stopping: what would go on for long is to come to its end then.
    #[must_use]
    pub fn stop_signal(&self) -> StopSignal {
        self.connection.stop.clone()
    }

    /// Whether the server is stopping.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.connection.stop.is_stopped()
    }

    /// Whether the server has been told to stop, though it may still serve for its
    /// [lame duck time](greenroom_server::StreamServer::lame_duck): then it is no longer ready, see
    /// [`readiness`](crate::readiness).
    #[must_use]
    pub fn is_lame_duck(&self) -> bool {
        self.connection.lame_duck.is_stopped()
    }
}
