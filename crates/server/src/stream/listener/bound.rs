//! A listener that is bound, whatever it listens on.

use std::io;

use crate::address::SockAddr;
use crate::stream::connection::Io;
#[cfg(unix)]
use crate::stream::listener::UnixDoor;
use crate::stream::listener::{AnyListener, Listener, TcpDoor};

/// Those of this crate lie inline, so that accepting boxes nothing; those of users are boxed.
#[derive(Debug)]
pub(crate) enum Bound {
    Tcp(TcpDoor),
    #[cfg(unix)]
    Unix(UnixDoor),
    Foreign(AnyListener),
}

impl Bound {
    /// Whether accepting from it opens a file.
    pub(crate) const fn opens_files(&self) -> bool {
        !matches!(self, Self::Foreign(_))
    }
}

impl Listener for Bound {
    type Io = Io;

    async fn accept(&mut self) -> io::Result<(Io, SockAddr)> {
        match self {
            Self::Tcp(door) => door.accept().await.map(|(tcp, peer)| (Io::from_stream(tcp), peer)),
            #[cfg(unix)]
            Self::Unix(door) => door.accept().await.map(|(unix, peer)| (Io::from_stream(unix), peer)),
            Self::Foreign(listener) => listener.accept().await,
        }
    }

    fn local_addr(&self) -> io::Result<SockAddr> {
        match self {
            Self::Tcp(door) => door.local_addr(),
            #[cfg(unix)]
            Self::Unix(door) => door.local_addr(),
            Self::Foreign(listener) => listener.local_addr(),
        }
    }
}
