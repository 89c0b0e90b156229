//! What a server may be bound to, and what it hands out.

use std::io::ErrorKind;

use greenroom_server::{DatagramServer, Packet, SockAddr};

use super::client::{Client, address, echo, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_is_answered() {
    let server = DatagramServer::bind("127.0.0.1:0").start(echo).await.unwrap();
    let clients: Vec<_> = (0..20)
        .map(|client| {
            let server = server.clone();
            tokio::spawn(async move {
                let socket = Client::new(&server).await;
                for n in 0..50 {
                    let payload = format!("client {client} datagram {n}");
                    assert_eq!(socket.exchange(&payload).await, payload.as_bytes());
                }
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
    // An answer may be there before it is counted.
    until(|| server.stats().sent == 1000).await;
    let stats = server.stats();
    assert_eq!((stats.received, stats.dropped(), stats.failed), (1000, 0, 0));
}

#[tokio::test]
async fn row_40_a_datagram_of_any_length_is_whole() {
    let server = DatagramServer::bind("127.0.0.1:0").start(echo).await.unwrap();
    let client = Client::new(&server).await;
    for length in [1, 1500, 9000, 60_000, 65_507] {
        let payload: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
        assert!(client.exchange(&payload).await == payload, "{length} bytes");
    }
    assert_eq!(server.stats().truncated, 0);
}

#[tokio::test]
async fn row_40_too_long_a_datagram_is_dropped_and_counted_or_marked_where_that_is_asked_for() {
    let server = DatagramServer::bind("127.0.0.1:0").max_datagram(100).start(echo).await.unwrap();
    let client = Client::new(&server).await;
    client.send([7; 101]).await;
    assert_eq!(client.exchange([8; 100]).await, [8; 100]);
    let stats = server.stats();
    assert_eq!((stats.received, stats.truncated, stats.dropped_truncated), (2, 1, 1));

    let marked = async |packet: Packet| {
        packet.reply(format!("{} bytes, {}", packet.len(), packet.is_truncated())).await
    };
    let server = DatagramServer::bind("127.0.0.1:0").max_datagram(100).keep_truncated(true);
    let server = server.start(marked).await.unwrap();
    let client = Client::new(&server).await;
    assert_eq!(client.exchange([7; 3000]).await, b"100 bytes, true");
    assert_eq!(client.exchange([8; 100]).await, b"100 bytes, false");
    let stats = server.stats();
    assert_eq!((stats.truncated, stats.dropped()), (1, 0));
}

#[tokio::test]
async fn row_41_an_empty_datagram_is_one_like_any_other() {
    let server = DatagramServer::bind("127.0.0.1:0").start(echo).await.unwrap();
    let client = Client::new(&server).await;
    assert_eq!(client.exchange(b"").await, b"");
    assert_eq!(client.exchange(b"and on it goes").await, b"and on it goes");
    assert_eq!(server.stats().received, 2);
}

#[tokio::test]
async fn ipv6_peers_and_ipv4_peers_of_one_socket_are_answered_by_their_own_names() {
    let name = async |packet: Packet| packet.reply(packet.peer().to_string()).await;
    let server = DatagramServer::bind(0).start(name).await.unwrap();
    let port = address(&server).port();
    let client = Client::at("127.0.0.1:0".parse().unwrap(), ([127, 0, 0, 1], port).into()).await;
    client.send("who am I?").await;
    assert_eq!(client.text().await, client.0.local_addr().unwrap().to_string(), "no ::ffff: before it");

    if address(&server).is_ipv6() {
        let local = "[::1]:0".parse().unwrap();
        let client = Client::at(local, format!("[::1]:{port}").parse().unwrap()).await;
        // A batch of both families.
        client.send("who am I?").await;
        assert_eq!(client.text().await, client.0.local_addr().unwrap().to_string());
    }
}

#[tokio::test]
async fn a_name_is_bound_at_all_its_addresses_with_one_port() {
    let server = DatagramServer::bind("localhost:0").start(echo).await.unwrap();
    let ports: Vec<_> = server.local_addrs().iter().map(SockAddr::port).collect();
    assert!(ports.iter().all(|port| *port == ports[0] && *port != Some(0)), "{ports:?}");
    for local in server.local_addrs() {
        let server = local.as_socket().unwrap();
        let client = Client::at((server.ip(), 0).into(), server).await;
        assert_eq!(client.exchange(b"hello").await, b"hello");
    }
}

#[tokio::test]
async fn sockets_of_std_and_tokio_are_taken_as_they_are() {
    let of_std = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let of_tokio = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let expected = [of_std.local_addr().unwrap(), of_tokio.local_addr().unwrap()];
    let servers = [
        DatagramServer::on(of_std).start(echo).await.unwrap(),
        DatagramServer::on(of_tokio).start(echo).await.unwrap(),
    ];
    for (server, expected) in servers.iter().zip(expected) {
        assert_eq!(address(server), expected);
        assert_eq!(Client::new(server).await.exchange(b"hello").await, b"hello");
    }
}

#[tokio::test]
async fn what_cannot_be_bound_says_so() {
    let server = DatagramServer::bind("127.0.0.1:0").start(echo).await.unwrap();
    let error = DatagramServer::bind(address(&server)).start(echo).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
    let expected = format!("cannot receive datagrams at {}: ", address(&server));
    assert!(error.to_string().starts_with(&expected), "{error}");

    let error = DatagramServer::bind("127.0.0.1").start(echo).await.unwrap_err();
    assert!(error.to_string().contains("the port is missing"), "{error}");

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let error = DatagramServer::bind(listener).start(echo).await.unwrap_err();
    assert!(error.to_string().contains("no datagram socket"), "{error}");
}

#[tokio::test]
async fn two_servers_share_a_port_only_if_both_are_asked_to() {
    let share = || DatagramServer::bind("127.0.0.1:0").reuse_port(true);
    let first = share().start(echo).await.unwrap();
    DatagramServer::bind(address(&first)).start(echo).await.unwrap_err();
    if cfg!(unix) {
        DatagramServer::bind(address(&first)).reuse_port(true).start(echo).await.unwrap();
    }
}

#[cfg(unix)]
mod unix {
    use std::path::PathBuf;

    use tokio::net::UnixDatagram;

    use super::*;

    /// A directory of this test alone.
    struct Directory(PathBuf);

    impl Directory {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("greenroom-{name}-{}", std::process::id()));
            std::fs::create_dir(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    async fn exchange(client: &UnixDatagram, payload: &[u8]) -> Vec<u8> {
        client.send(payload).await.unwrap();
        let mut buffer = vec![0; 100];
        let n = client.recv(&mut buffer).await.unwrap();
        buffer.truncate(n);
        buffer
    }

    #[tokio::test]
    async fn unix_datagrams_are_answered_where_their_sender_has_a_name() {
        let directory = Directory::new("datagram-unix");
        let path = directory.0.join("server");
        let server = DatagramServer::bind(format!("unix:{}", path.display())).start(echo).await.unwrap();
        assert_eq!(server.local_addrs()[0].as_path(), Some(&*path));

        let nobody = UnixDatagram::unbound().unwrap();
        nobody.send_to(b"hello", &path).await.unwrap();
        until(|| server.stats().failed == 1).await;

        let client = UnixDatagram::bind(directory.0.join("client")).unwrap();
        client.connect(&path).unwrap();
        assert_eq!(exchange(&client, b"hello").await, b"hello");
        assert_eq!(exchange(&client, b"").await, b"");

        server.stop().await;
        assert!(!path.exists(), "the socket's file goes with it");
    }

    /// Its queue, not our buffer, is what is full: the kernel keeps ten datagrams for it unless it is told otherwise.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_client_that_does_not_read_holds_up_nobody_else() {
        let queue = std::fs::read_to_string("/proc/sys/net/unix/max_dgram_qlen").unwrap();
        if queue.trim().parse::<u32>().unwrap() > 100 {
            return;
        }
        let directory = Directory::new("datagram-full");
        let path = directory.0.join("server");
        let many = async |packet: Packet| {
            let n = packet.first().copied().unwrap_or_default();
            for _ in 0..n {
                packet.reply_now([n; 100].to_vec()).await?;
            }
            Ok::<_, greenroom_server::ReplyError>(())
        };
        let server = DatagramServer::bind(&*path).start(many).await.unwrap();
        let deaf = UnixDatagram::bind(directory.0.join("deaf")).unwrap();
        deaf.send_to(&[200], &path).await.unwrap();
        until(|| server.stats().failed == 1).await;

        let client = UnixDatagram::bind(directory.0.join("client")).unwrap();
        client.connect(&path).unwrap();
        assert_eq!(exchange(&client, &[1]).await, [1; 100]);
        assert_eq!(server.stats().send_errors, 1);
    }
}
