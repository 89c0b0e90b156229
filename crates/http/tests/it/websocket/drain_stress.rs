//! Stopping while WebSockets are at it, beside requests on the same server.

use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use greenroom_http::{Request, Response, upgrade};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

use crate::drain_stress::{SIZE, http1, service, stop_again_and_again, trials};
use crate::websocket::peer::echo;

async fn service_and_echo(request: Request) -> Response {
    if request.uri().path() == "/echo" { upgrade(request, echo) } else { service(request).await }
}

/// Says something and has it back, until the server takes its leave.
async fn websocket(io: TcpStream, answered: Arc<Semaphore>) {
    // It may be stopped before it has looked at anybody.
    let Ok((mut socket, _)) = client_async("ws://a/echo", io).await else { return };
    loop {
        // What crosses the farewell is not heard any more.
        let _ = socket.send(Message::text("x".repeat(SIZE))).await;
        match socket.next().await {
            Some(Ok(Message::Text(text))) => assert_eq!(text.len(), SIZE),
            Some(Ok(Message::Close(Some(farewell)))) => {
                assert_eq!(u16::from(farewell.code), 1001);
                break assert!(socket.next().await.is_none());
            }
            other => panic!("cut: {other:?}"),
        }
        answered.add_permits(1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_message_is_cut_by_a_stop() {
    let answers = stop_again_and_again(service_and_echo, |n, io, answered| async move {
        match n % 2 {
            0 => http1(io, answered).await,
            _ => websocket(io, answered).await,
        }
    })
    .await;
    println!("{answers} answers in {} trials", trials());
}
