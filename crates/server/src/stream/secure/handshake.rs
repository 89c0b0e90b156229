//! Putting TLS between a connection and its io.

use std::io;

use crate::stream::connection::{Cell, Io, Trunk};
use crate::stream::secure::read_ahead::ReadAhead;
use crate::tls::{HandshakeError, Tls, TlsFacts};

/// Shakes hands over the io of the connection. What was read ahead of it is part of the handshake. If it fails, the
/// connection is closed.
pub(super) async fn secure(tls: &Tls, cell: &Cell) -> Result<(), HandshakeError> {
    let Some((Trunk { io, permit }, ahead)) = cell.take_for_handshake() else {
        return Err(HandshakeError::of_io(io::ErrorKind::NotConnected.into()));
    };
    let io = ReadAhead::new(io, ahead);
    let stream = tls.accept(io, cell.limits().clone()).await?;
    cell.set_secured(Box::new(TlsFacts::of(stream.get_ref().1)));
    cell.put_back(Trunk { io: Io::from_stream(stream), permit });
    Ok(())
}
