//! Ours, datagram by datagram.

use greenroom::{DatagramServer, Packet};

use crate::line::serving::Serving;

pub async fn start() -> Serving {
    let server = DatagramServer::bind("127.0.0.1:0").start(echo).await.expect("started");
    Serving::new(server.local_addrs()[0], server)
}

async fn echo(packet: Packet) -> std::io::Result<()> {
    packet.reply(packet.bytes()).await
}
