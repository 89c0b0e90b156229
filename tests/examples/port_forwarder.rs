//! The `port_forwarder` example.

#[path = "../../examples/port_forwarder.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod example;

use greenroom::{Connection, ServerHandle, StreamServer, with};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::client::Client;

async fn forwarder_to(target: &str) -> ServerHandle {
    let target = example::Target::new(target.to_owned()).expect("it is an address");
    StreamServer::bind("127.0.0.1:0").start(with(target, example::forward)).await.expect("a free port")
}

/// Answers only when it has been told that this was all.
async fn count(mut conn: Connection) -> std::io::Result<()> {
    let mut all = String::new();
    conn.read_to_string(&mut all).await?;
    conn.write_all(format!("{} bytes\n", all.len()).as_bytes()).await
}

#[tokio::test]
async fn the_other_server_learns_that_this_was_all_and_its_answer_comes_back() {
    let counter = StreamServer::bind("127.0.0.1:0").start(count).await.expect("a free port");
    let forwarder = forwarder_to(&counter.local_addrs()[0].to_string()).await;
    let mut client = Client::connect(&forwarder).await;
    client.send("hello").await;
    client.hang_up().await;
    assert_eq!(client.end().await, ["5 bytes"]);
    let report = forwarder.stop().await;
    assert_eq!((report.killed, report.cut_off), (0, 0));
    assert_eq!(forwarder.stats().failed, 0);
}

#[tokio::test]
async fn a_stop_is_an_end_of_input_for_the_other_server_and_its_last_answer_comes_back() {
    let counter = StreamServer::bind("127.0.0.1:0").start(count).await.expect("a free port");
    let forwarder = forwarder_to(&counter.local_addrs()[0].to_string()).await;
    let mut client = Client::connect(&forwarder).await;
    client.send("hello").await;
    // It is through when the other server has a connection.
    while counter.stats().accepted == 0 {
        tokio::task::yield_now().await;
    }
    let report = forwarder.stop().await;
    assert_eq!((report.drained, report.killed), (1, 0));
    let answer = client.end().await;
    assert_eq!(answer.len(), 1, "{answer:?}");
    assert!(answer[0].ends_with(" bytes"), "{answer:?}");
}

#[tokio::test]
async fn a_target_that_refuses_is_an_end_for_the_client() {
    let gone = StreamServer::bind("127.0.0.1:0").start(count).await.expect("a free port");
    let forwarder = forwarder_to(&gone.local_addrs()[0].to_string()).await;
    gone.stop().await;
    assert!(Client::connect(&forwarder).await.end().await.is_empty());
    forwarder.stop().await;
    assert_eq!(forwarder.stats().failed, 1);
}

#[test]
fn a_target_that_is_no_address_is_told_at_once() {
    let error = example::Target::new("127.0.0.1".to_owned()).expect_err("it has no port");
    assert!(error.to_string().contains("the port is missing"), "{error}");
}
