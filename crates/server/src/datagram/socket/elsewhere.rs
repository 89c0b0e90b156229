//! Datagrams one by one, where the system says nothing of those it cuts.

use std::io;

use tokio::net::UdpSocket;

use crate::datagram::socket::inbox::{BATCH, Inbox};

/// Fills the inbox with what is there.
pub(super) fn receive_udp(socket: &UdpSocket, inbox: &mut Inbox) -> io::Result<()> {
    for n in 0..BATCH {
        let Some(slot) = inbox.slots().nth(n) else { break };
        match socket.try_recv_from(slot) {
            Ok((length, peer)) => inbox.arrived(peer.into(), length, false),
            Err(_) if n > 0 => break,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
