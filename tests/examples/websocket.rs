//! A client that speaks WebSocket: tungstenite's.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use greenroom::ServerHandle;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::browser::connect;

/// Long enough for a slow machine; nothing is decided by it.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(crate) struct Socket(WebSocketStream<TcpStream>);

/// What comes by a socket.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    Text(String),
    Closed(u16, String),
    /// It ended without a close.
    Gone,
}

impl Socket {
    /// Opens one at a target such as `/data`.
    pub(crate) async fn open(server: &ServerHandle, target: &str) -> Self {
        Self::open_from(server, target, None).await.expect("it opens")
    }

    /// The same, from a page of this origin; the status of the answer if it does not open.
    pub(crate) async fn open_from(
        server: &ServerHandle,
        target: &str,
        origin: Option<&str>,
    ) -> Result<Self, u16> {
        let mut request = format!("ws://localhost{target}").into_client_request().expect("it is a target");
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().expect("it is a header"));
        }
        match client_async(request, connect(server).await).await {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("no handshake: {error}"),
        }
    }

    pub(crate) async fn send(&mut self, text: &str) {
        self.0.send(text.into()).await.expect("the server takes it");
    }

    pub(crate) async fn send_bytes(&mut self, bytes: &'static [u8]) {
        self.0.send(Message::binary(bytes)).await.expect("the server takes it");
    }

    /// The next that comes; pings are answered meanwhile.
    pub(crate) async fn next(&mut self) -> Heard {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("the server speaks");
            return match next {
                Some(Ok(Message::Text(text))) => Heard::Text(text.to_string()),
                Some(Ok(Message::Close(Some(close)))) => {
                    Heard::Closed(close.code.into(), close.reason.to_string())
                }
                // What the protocol calls a close without a code.
                Some(Ok(Message::Close(None))) => Heard::Closed(1005, String::new()),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                Some(Ok(other)) => panic!("the server sends {other:?}"),
                Some(Err(_)) | None => Heard::Gone,
            };
        }
    }

    /// The next, which is a text.
    pub(crate) async fn text(&mut self) -> String {
        match self.next().await {
            Heard::Text(text) => text,
            other => panic!("{other:?} instead of a text"),
        }
    }

    /// Closes as the protocol has it, and waits for the answer.
    pub(crate) async fn close(mut self) {
        self.0.close(None).await.expect("the server is there");
        while !matches!(self.next().await, Heard::Closed(..) | Heard::Gone) {}
    }

    /// Goes away as rudely as can be.
    pub(crate) fn reset(self) {
        self.0.get_ref().set_zero_linger().expect("the socket is open");
    }
}
