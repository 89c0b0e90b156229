//! Requests and replies over ZeroMQ, with a task on each side.
//!
//! Shows: sockets of another library in Greenroom's tasks: whatever waits on tokio can be waited for, linked to and killed here. A
//!        REQ and a REP socket take turns; the server ends when it is killed, the client when it has its ten replies.
//! gevent: its tutorial's `gevent_zeromq`, where the sides have each other's names.
//!
//! Run:    cargo run --release [endpoint]     here in its folder
//! Then:   read. With an endpoint, as tcp://127.0.0.1:5000, it is the server alone, for a client in any language that ZeroMQ
//!         knows, until Ctrl-C.

use greenroom::{spawn, spawn_fallible, terminate};
use zeromq::{Endpoint, RepSocket, ReqSocket, Socket, SocketRecv, SocketSend, ZmqMessage, ZmqResult};

const REQUESTS: usize = 10;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let given = std::env::args().nth(1);
    let signal = terminate();
    let mut socket = RepSocket::new();
    let endpoint = socket.bind(given.as_deref().unwrap_or("tcp://127.0.0.1:0")).await?;
    println!("listening on {endpoint}");

    let server = spawn(serve(socket));
    if given.is_some() {
        println!("{} ends it", signal.await);
    } else {
        spawn_fallible(ask(endpoint)).get().await?;
    }
    println!("the server was {}", server.kill().await);
    Ok(())
}

/// The server's side, for any number of clients. What one of them does wrong is no concern of the others.
async fn serve(mut socket: RepSocket) {
    loop {
        if let Err(error) = reply(&mut socket).await {
            eprintln!("a client is lost: {error}");
        }
    }
}

async fn reply(socket: &mut RepSocket) -> ZmqResult<()> {
    let request = text(socket.recv().await?);
    println!("the server hears {request:?}");
    socket.send(format!("{request}, too").into()).await
}

/// The client's side: a REQ socket does not send again before it has its reply.
async fn ask(endpoint: Endpoint) -> ZmqResult<()> {
    let mut socket = ReqSocket::new();
    socket.connect(&endpoint.to_string()).await?;
    for number in 1..=REQUESTS {
        socket.send(format!("hello {number}").into()).await?;
        println!("the client hears {:?}", text(socket.recv().await?));
    }
    Ok(())
}

/// A message is one or several frames of bytes; ours are one of text.
fn text(message: ZmqMessage) -> String {
    message.iter().map(|frame| String::from_utf8_lossy(frame)).collect()
}
