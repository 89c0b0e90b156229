//! The `ready_made_socket` example.

#[path = "../../examples/ready_made_socket.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod example;

use std::net::TcpListener;

use greenroom::StreamServer;

use crate::client::Client;

#[tokio::test]
async fn a_client_that_came_before_the_server_is_served_by_it() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let mut client = Client::to(address).await;
    client.send("early\nquit\n").await;
    let server = StreamServer::bind(listener).start(example::echo).await.expect("it listens");
    assert_eq!(server.local_addrs()[0].as_socket(), Some(address));
    assert_eq!(client.end().await, ["Welcome to the echo server! Type quit to exit.", "early"]);
    server.stop().await;
}
