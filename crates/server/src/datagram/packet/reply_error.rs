//! Why a reply was not sent.

use std::error::Error;
use std::fmt;
use std::io;

use bytes::Bytes;

use crate::address::SockAddr;

/// A reply that was not sent. It gives back the payload.
///
/// It concerns this reply alone: the next one may well be sent.
#[derive(Debug)]
pub struct ReplyError {
    peer: SockAddr,
    payload: Bytes,
    fault: Fault,
}

#[derive(Debug)]
pub(super) enum Fault {
    TooLong { longest: usize },
    NoAddress,
    OverRatio,
    Over,
    System(io::Error),
}

impl ReplyError {
    pub(super) const fn new(peer: SockAddr, payload: Bytes, fault: Fault) -> Self {
        Self { peer, payload, fault }
    }

    /// To whom it was to go.
    #[must_use]
    pub const fn peer(&self) -> &SockAddr {
        &self.peer
    }

    /// The payload that was not sent.
    #[must_use]
    pub fn into_payload(self) -> Bytes {
        self.payload
    }

    /// The kind of error: `InvalidInput` if it was too long, `PermissionDenied` if the peer had not earned it,
    /// `AddrNotAvailable` if it has no address, `NotConnected` if the server is over; else what the system said.
    #[must_use]
    pub fn kind(&self) -> io::ErrorKind {
        match &self.fault {
            Fault::TooLong { .. } => io::ErrorKind::InvalidInput,
            Fault::NoAddress => io::ErrorKind::AddrNotAvailable,
            Fault::OverRatio => io::ErrorKind::PermissionDenied,
            Fault::Over => io::ErrorKind::NotConnected,
            Fault::System(error) => error.kind(),
        }
    }
}

impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { peer, payload, fault } = self;
        write!(f, "no reply of {} bytes to {peer}: ", payload.len())?;
        match fault {
            Fault::TooLong { longest } => {
                write!(f, "a datagram there has at most {longest} bytes; send several")
            }
            Fault::NoAddress => f.write_str("its socket has no name; the client must bind it to one"),
            Fault::OverRatio => f.write_str("it has sent too little for that (the limit is reply_ratio)"),
            Fault::Over => f.write_str("the server is over"),
            Fault::System(error) => error.fmt(f),
        }
    }
}

impl Error for ReplyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.fault {
            Fault::System(error) => Some(error),
            _ => None,
        }
    }
}

impl From<ReplyError> for io::Error {
    fn from(error: ReplyError) -> Self {
        Self::new(error.kind(), error)
    }
}
