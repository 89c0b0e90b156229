//! A client, and waiting for what a server has counted.

use std::future::Future;
use std::net::SocketAddr;

use greenroom_server::{DatagramHandle, Packet, ReplyError};
use tokio::net::UdpSocket;

pub(super) async fn echo(packet: Packet) -> Result<(), ReplyError> {
    packet.reply(packet.payload().clone()).await
}

pub(super) fn address(server: &DatagramHandle) -> SocketAddr {
    server.local_addrs()[0].as_socket().unwrap()
}

/// A socket that speaks to one server.
pub(super) struct Client(pub(super) UdpSocket);

impl Client {
    pub(super) async fn new(server: &DatagramHandle) -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), address(server)).await
    }

    pub(super) async fn at(local: SocketAddr, server: SocketAddr) -> Self {
        let socket = UdpSocket::bind(local).await.unwrap();
        socket.connect(server).await.unwrap();
        // tokio has to hear so before `push` may be called.
        socket.writable().await.unwrap();
        Self(socket)
    }

    /// Sends without giving anybody else a turn.
    pub(super) fn push(&self, payload: impl AsRef<[u8]>) {
        self.0.try_send(payload.as_ref()).unwrap();
    }

    pub(super) async fn send(&self, payload: impl AsRef<[u8]>) {
        self.0.send(payload.as_ref()).await.unwrap();
    }

    pub(super) async fn recv(&self) -> Vec<u8> {
        let mut buffer = vec![0; 65_536];
        let n = self.0.recv(&mut buffer).await.unwrap();
        buffer.truncate(n);
        buffer
    }

    pub(super) async fn text(&self) -> String {
        String::from_utf8(self.recv().await).unwrap()
    }

    pub(super) async fn exchange(&self, payload: impl AsRef<[u8]>) -> Vec<u8> {
        self.send(payload).await;
        self.recv().await
    }
}

/// A peer that is heard once, and without any time passing. It has its address as long as it is kept.
pub(super) fn stranger(server: &DatagramHandle) -> std::net::UdpSocket {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.send_to(b"hello", address(server)).unwrap();
    socket
}

/// Lets everything else run until this is so.
pub(super) async fn until(mut so: impl FnMut() -> bool) {
    while !so() {
        tokio::task::yield_now().await;
    }
}

/// A handler whose state is cloned for each packet.
pub(super) fn with<S, F, Fut>(state: S, handle: F) -> impl Fn(Packet) -> Fut + Send + Sync + 'static
where
    S: Clone + Send + Sync + 'static,
    F: Fn(S, Packet) -> Fut + Send + Sync + 'static,
    Fut: Future,
{
    move |packet| handle(state.clone(), packet)
}
