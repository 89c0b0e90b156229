//! The `proxy_protocol` example.

#[path = "../../examples/proxy_protocol.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod example;

use greenroom::{ProxyHeader, ProxyProtocol, ServerHandle, StreamServer};

use crate::client::Client;

async fn server(networks: &[&str]) -> ServerHandle {
    let proxies = ProxyProtocol::from_networks(networks).expect("they are networks");
    let server = StreamServer::bind("127.0.0.1:0").proxy_protocol(proxies);
    server.start(example::tell).await.expect("a free port")
}

#[tokio::test]
async fn a_client_is_told_what_its_header_says() {
    let server = server(&example::LOOPBACK).await;
    let (source, destination) = ("192.0.2.7:56324", "198.51.100.1:443");
    let header = ProxyHeader::proxied(source.parse().expect("one"), destination.parse().expect("one"));
    let table = [
        (header.to_v1().expect("version 1 can say it"), vec!["version: 1"]),
        (header.to_v2(), vec!["version: 2"]),
        (
            header.with_field(0x02, b"example.org").expect("it fits").to_v2(),
            vec!["version: 2", "authority: example.org"],
        ),
    ];
    for (bytes, more) in table {
        let mut client = Client::connect(&server).await;
        client.send(bytes).await;
        let ends = [format!("peer: {source}"), format!("local: {destination}")];
        let expected: Vec<_> = ends.iter().map(String::as_str).chain(more).collect();
        assert_eq!(client.end().await, expected);
    }
    let mut client = Client::connect(&server).await;
    client.send(ProxyHeader::local().to_v2()).await;
    assert_eq!(client.end().await[2..], ["version: 2", "by: the proxy itself"]);
    server.stop().await;
}

#[tokio::test]
async fn who_has_no_header_or_is_not_trusted_is_closed_and_counted() {
    for (networks, first) in [(&example::LOOPBACK[..], "GET / HTTP/1.0\r\n\r\n"), (&["192.0.2.0/24"], "")] {
        let server = server(networks).await;
        let mut client = Client::connect(&server).await;
        client.send(first).await;
        assert!(client.end().await.is_empty());
        server.stop().await;
        assert_eq!(server.stats().unprepared, [("proxy", 1)].into());
    }
}
