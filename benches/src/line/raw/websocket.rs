//! By hand: accept, spawn, and tokio-tungstenite on the stream; to tell many, a broadcast channel.

use std::io;
use std::sync::LazyLock;

use futures::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::broadcast;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config};

use crate::line::raw::accept::accept;
use crate::line::serving::Serving;

static NEWS: LazyLock<broadcast::Sender<Message>> = LazyLock::new(|| broadcast::channel(64).0);

/// Bytes.
const SMALL: usize = 4096;

pub async fn start() -> Serving {
    accept(|stream| serve(stream, WebSocketConfig::default())).await
}

/// The same with buffers as small as ours are: what a connection reads into is most of what it takes.
pub async fn start_small() -> Serving {
    accept(|stream| serve(stream, WebSocketConfig::default().read_buffer_size(SMALL))).await
}

#[expect(clippy::result_large_err, reason = "the crate's own signature")]
async fn serve(stream: TcpStream, config: WebSocketConfig) -> io::Result<()> {
    let mut path = String::new();
    let note = |request: &tokio_tungstenite::tungstenite::handshake::server::Request, response| {
        path = request.uri().path().to_owned();
        Ok(response)
    };
    let socket = accept_hdr_async_with_config(stream, note, Some(config)).await.map_err(io::Error::other)?;
    match path.as_str() {
        "/listen" => listen(socket).await,
        "/speak" => speak(socket).await,
        _ => echo(socket).await,
    }
}

async fn echo(mut socket: WebSocketStream<TcpStream>) -> io::Result<()> {
    while let Some(message) = socket.next().await {
        let message = message.map_err(io::Error::other)?;
        if message.is_text() || message.is_binary() {
            socket.send(message).await.map_err(io::Error::other)?;
        }
    }
    Ok(())
}

async fn speak(mut socket: WebSocketStream<TcpStream>) -> io::Result<()> {
    while let Some(Ok(message)) = socket.next().await {
        let _ = NEWS.send(message);
    }
    Ok(())
}

async fn listen(mut socket: WebSocketStream<TcpStream>) -> io::Result<()> {
    let mut news = NEWS.subscribe();
    loop {
        tokio::select! {
            message = socket.next() => if !matches!(message, Some(Ok(_))) { return Ok(()) },
            Ok(message) = news.recv() => socket.send(message).await.map_err(io::Error::other)?,
        }
    }
}
