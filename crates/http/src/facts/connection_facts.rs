//! What all requests of a connection have in common.

#[cfg(feature = "tls")]
use greenroom_server::TlsFacts;
use greenroom_server::{Connection, ConnectionId, SockAddr, StopSignal};

#[derive(Debug)]
pub(crate) struct ConnectionFacts {
    pub(crate) id: ConnectionId,
    pub(crate) peer: SockAddr,
    pub(crate) local: SockAddr,
    pub(crate) stop: StopSignal,
    pub(crate) lame_duck: StopSignal,
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<TlsFacts>,
}

impl ConnectionFacts {
    pub(crate) fn of(conn: &Connection) -> Self {
        Self {
            id: conn.id(),
            peer: conn.peer_addr(),
            local: conn.local_addr(),
            stop: conn.stop_signal(),
            lame_duck: conn.lame_duck_signal(),
            #[cfg(feature = "tls")]
            tls: conn.tls().cloned(),
        }
    }

    /// What the handshake agreed on.
    pub(crate) fn alpn(&self) -> Option<&[u8]> {
        #[cfg(feature = "tls")]
        return self.tls.as_ref()?.alpn();
        #[cfg(not(feature = "tls"))]
        None
    }
}
