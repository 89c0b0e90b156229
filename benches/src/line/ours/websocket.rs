//! Ours; to tell many, each has its outbox.

use std::sync::Mutex;

use greenroom::{HttpServer, Request, Response, WebSocket, WebSocketError, WebSocketSender, upgrade};

use crate::line::ours::server::CONNECTIONS;
use crate::line::serving::Serving;

static LISTENERS: Mutex<Vec<WebSocketSender>> = Mutex::new(Vec::new());

pub async fn start() -> Serving {
    let server = HttpServer::bind("127.0.0.1:0").line(|line| line.max_connections(CONNECTIONS));
    let server = server.start(answer).await.expect("started");
    Serving::new(&server.local_addrs()[0], server.clone())
}

async fn answer(request: Request) -> Response {
    match request.uri().path() {
        "/listen" => upgrade(request, listen),
        "/speak" => upgrade(request, speak),
        _ => upgrade(request, echo),
    }
}

async fn echo(mut socket: WebSocket) -> Result<(), WebSocketError> {
    while let Some(message) = socket.next().await? {
        socket.send(message).await?;
    }
    Ok(())
}

async fn speak(mut socket: WebSocket) -> Result<(), WebSocketError> {
    while let Some(message) = socket.next().await? {
        LISTENERS.lock().expect("nobody panics").retain(|listener| listener.push(message.clone()).is_ok());
    }
    Ok(())
}

async fn listen(mut socket: WebSocket) -> Result<(), WebSocketError> {
    LISTENERS.lock().expect("nobody panics").push(socket.sender());
    while socket.next().await?.is_some() {}
    Ok(())
}
