//! The `udp_echo` example.

#[path = "../../examples/udp_echo.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod example;

use greenroom::DatagramServer;
use tokio::net::UdpSocket;

#[tokio::test]
async fn each_datagram_comes_back_as_it_was() {
    let server = DatagramServer::bind("127.0.0.1:0").start(example::echo).await.expect("a free port");
    let client = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
    let address = server.local_addrs()[0].as_socket().expect("it is UDP");
    client.connect(address).await.expect("it is an address");
    let mut answer = vec![0; 65_536];
    for payload in [&b"hello\n"[..], b"", b"\xff\0", &[7; 20_000]] {
        client.send(payload).await.expect("the server is there");
        let n = client.recv(&mut answer).await.expect("the server answers");
        assert_eq!(&answer[..n], payload);
    }
    let stats = server.stats();
    assert_eq!((stats.received, stats.sent), (4, 4));
}
