//! Ours, datagram by datagram.

use greenroom::{DatagramServer, Packet, ReplyError};

use crate::line::serving::Serving;

pub async fn start() -> Serving {
    let server = DatagramServer::bind("127.0.0.1:0").start(echo).await.expect("started");
    Serving::new(&server.local_addrs()[0], server.clone())
}

async fn echo(packet: Packet) -> Result<(), ReplyError> {
    packet.reply(packet.payload().clone()).await
}
