//! A client that says what it is told to, bytes as they are.

use std::future::Future;

use greenroom_http::{HttpServer, Request, WebSocket, WebSocketError, WebSocketUpgrade};
use greenroom_server::{HandlerOutput, MemoryConnector, MemoryListener, ServerHandle};
use greenroom_testkit::until_idle;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

pub(crate) const REQUEST: &str = "GET /socket HTTP/1.1\r\nHost: example.com\r\nConnection: keep-alive, Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

pub(crate) const TEXT: u8 = 0x81;
pub(crate) const BINARY: u8 = 0x82;
pub(crate) const CLOSE: u8 = 0x88;
pub(crate) const PING: u8 = 0x89;
pub(crate) const PONG: u8 = 0x8A;

/// A server of WebSockets only.
pub(crate) async fn serve<F, Fut>(upgrade: WebSocketUpgrade, handler: F) -> (ServerHandle, MemoryConnector)
where
    F: Fn(WebSocket) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output: HandlerOutput> + Send + 'static,
{
    let listener = MemoryListener::new();
    let connector = listener.connector();
    let service = move |request: Request| {
        let response = upgrade.on(request, handler.clone());
        async move { response }
    };
    (HttpServer::on(listener).start(service).await.unwrap(), connector)
}

/// That server, and a client for which it has opened a socket.
pub(crate) async fn open<F, Fut>(upgrade: WebSocketUpgrade, handler: F) -> (ServerHandle, Peer)
where
    F: Fn(WebSocket) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output: HandlerOutput> + Send + 'static,
{
    let (server, connector) = serve(upgrade, handler).await;
    let peer = Peer::open(&connector).await;
    (server, peer)
}

pub(crate) async fn echo(mut socket: WebSocket) -> Result<(), WebSocketError> {
    while let Some(message) = socket.next().await? {
        socket.send(message).await?;
    }
    Ok(())
}

/// Nobody is connected any more.
pub(crate) async fn assert_deserted(server: &ServerHandle) {
    until_idle().await;
    assert_eq!((server.stats().active, server.connections().len()), (0, 0));
}

pub(crate) struct Peer(pub(crate) DuplexStream);

impl Peer {
    pub(crate) async fn open(connector: &MemoryConnector) -> Self {
        Self::open_with(connector, REQUEST, &[]).await
    }

    /// The request, and frames in one go with it.
    pub(crate) async fn open_with(connector: &MemoryConnector, request: &str, frames: &[u8]) -> Self {
        let mut stream = connector.connect().await.unwrap();
        stream.write_all(&[request.as_bytes(), frames].concat()).await.unwrap();
        let head = head(&mut stream).await;
        assert!(head.starts_with("HTTP/1.1 101 Switching Protocols\r\n"), "{head}");
        Self(stream)
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    pub(crate) async fn say(&mut self, first: u8, payload: &[u8]) {
        self.write(&frame(first, payload)).await;
    }

    /// The next frame: its first byte, and what it carries.
    pub(crate) async fn hear(&mut self) -> (u8, Vec<u8>) {
        let first = self.0.read_u8().await.unwrap();
        let length = match self.0.read_u8().await.unwrap() {
            126 => usize::from(self.0.read_u16().await.unwrap()),
            127 => usize::try_from(self.0.read_u64().await.unwrap()).unwrap(),
            short => usize::from(short),
        };
        let mut payload = vec![0; length];
        self.0.read_exact(&mut payload).await.unwrap();
        (first, payload)
    }

    /// The close frame, which comes next: its code and reason.
    pub(crate) async fn hear_close(&mut self) -> (u16, String) {
        let (first, payload) = self.hear().await;
        assert_eq!(first, CLOSE, "{payload:?}");
        let code = u16::from_be_bytes([payload[0], payload[1]]);
        (code, String::from_utf8(payload[2..].to_vec()).unwrap())
    }

    /// Nothing else comes.
    pub(crate) async fn hear_the_end(mut self) {
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest).await.unwrap();
        assert_eq!(rest, b"");
    }
}

/// A frame of a client: masked, as it has to be.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];
    let mut frame = vec![first];
    match payload.len() {
        short @ 0..=125 => frame.push(0x80 | short as u8),
        middle @ 126..=0xFFFF => {
            frame.push(0x80 | 126);
            frame.extend((middle as u16).to_be_bytes());
        }
        long => {
            frame.push(0x80 | 127);
            frame.extend((long as u64).to_be_bytes());
        }
    }
    frame.extend(MASK);
    frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// A close frame with this code.
pub(crate) fn close(code: u16) -> Vec<u8> {
    frame(CLOSE, &code.to_be_bytes())
}

/// The head of an answer.
pub(crate) async fn head(stream: &mut DuplexStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap()
}
