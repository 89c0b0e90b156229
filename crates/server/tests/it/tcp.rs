//! Over real sockets.

use std::io::{self, ErrorKind};
use std::net::Ipv4Addr;
use std::time::Duration;

use greenroom_server::{Connection, ServeError, StartError, StreamServer};
use greenroom_testkit::Seed;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

async fn echo(mut conn: Connection) -> io::Result<()> {
    let mut lines = conn.lines();
    while let Some(line) = lines.next().await? {
        lines.send(line).await?;
    }
    Ok(())
}

/// Sends a line, and reads one.
async fn exchange(client: &mut BufReader<TcpStream>, line: &str) -> String {
    client.get_mut().write_all(line.as_bytes()).await.unwrap();
    let mut answer = String::new();
    client.read_line(&mut answer).await.unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_client_is_echoed() {
    let server = StreamServer::bind("127.0.0.1:0").start(echo).await.unwrap();
    let address = server.local_addrs()[0].as_socket().unwrap();
    let clients: Vec<_> = (0..50)
        .map(|client| {
            tokio::spawn(async move {
                let mut stream = BufReader::new(TcpStream::connect(address).await.unwrap());
                for n in 0..20 {
                    let line = format!("client {client} line {n}\n");
                    assert_eq!(exchange(&mut stream, &line).await, line);
                }
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
    let report = server.stop().await;
    assert_eq!((report.killed, report.cut_off), (0, 0));
    let stats = server.stats();
    assert_eq!((stats.accepted, stats.active, stats.failed), (50, 0, 0));
}

#[tokio::test]
async fn one_more_than_the_limit_waits_in_the_backlog_until_one_ends() {
    let server = StreamServer::bind("127.0.0.1:0").max_connections(2).start(echo).await.unwrap();
    let address = server.local_addrs()[0].as_socket().unwrap();
    let mut clients = Vec::new();
    for _ in 0..2 {
        let mut client = BufReader::new(TcpStream::connect(address).await.unwrap());
        assert_eq!(exchange(&mut client, "in\n").await, "in\n");
        clients.push(client);
    }
    // The kernel connects it; nobody serves it.
    let mut third = BufReader::new(TcpStream::connect(address).await.unwrap());
    third.get_mut().write_all(b"me too\n").await.unwrap();
    assert_eq!(exchange(&mut clients[0], "still\n").await, "still\n");
    assert_eq!(server.stats().accepted, 2);

    drop(clients.pop());
    let mut answer = String::new();
    third.read_line(&mut answer).await.unwrap();
    assert_eq!(answer, "me too\n");
    assert_eq!(server.stats().accepted, 3);
}

#[tokio::test]
async fn a_client_that_has_finished_sending_still_gets_its_answer() {
    let server = StreamServer::bind("127.0.0.1:0").start(echo).await.unwrap();
    let mut client = TcpStream::connect(server.local_addrs()[0].as_socket().unwrap()).await.unwrap();
    client.write_all(b"one\nlast without an end").await.unwrap();
    client.shutdown().await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "one\nlast without an end\n");
}

#[tokio::test]
async fn binary_garbage_and_resets_do_no_harm() {
    let server = StreamServer::bind("127.0.0.1:0").start(echo).await.unwrap();
    let address = server.local_addrs()[0].as_socket().unwrap();
    let mut random = Seed::from_env().random();
    for round in 0..100 {
        let blob: Vec<u8> = (0..1 + round * 41).map(|_| random.below(256) as u8).collect();
        let mut client = TcpStream::connect(address).await.unwrap();
        let _ = client.write_all(&blob).await;
        if round % 2 == 0 {
            client.set_zero_linger().unwrap();
        } else {
            let _ = client.shutdown().await;
            let _ = client.read_to_end(&mut Vec::new()).await;
        }
    }
    let mut client = BufReader::new(TcpStream::connect(address).await.unwrap());
    assert_eq!(exchange(&mut client, "fine\n").await, "fine\n");
    assert_eq!(server.stats().panicked, 0);
}

#[tokio::test]
async fn a_line_without_end_is_refused_at_the_limit() {
    let server = StreamServer::bind("127.0.0.1:0").start(echo).await.unwrap();
    let mut client = TcpStream::connect(server.local_addrs()[0].as_socket().unwrap()).await.unwrap();
    let zeros = vec![0; 1024 * 1024];
    let mut sent = 0_u64;
    // It is closed long before a gigabyte.
    while sent < 1 << 30 && client.write_all(&zeros).await.is_ok() {
        sent += zeros.len() as u64;
    }
    assert!(sent < 64 << 20, "{sent} bytes were taken");
    assert_eq!(server.stats().failed, 1);
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let server = StreamServer::bind("127.0.0.1:0").start(echo).await.unwrap();
    let address = server.local_addrs()[0].as_socket().unwrap();
    let error = StreamServer::bind(address).start(echo).await.unwrap_err();
    let StartError::Bind(bind) = &error else { panic!("{error}") };
    assert_eq!((bind.kind(), bind.address()), (ErrorKind::AddrInUse, &*address.to_string()));
    assert!(error.to_string().contains("another process listens there"), "{error}");
    assert_eq!(io::Error::from(error).kind(), ErrorKind::AddrInUse);
}

#[tokio::test]
async fn what_cannot_be_listened_on_is_said_at_the_start() {
    let error = StreamServer::bind("7000:localhost").start(echo).await.unwrap_err();
    assert!(matches!(error, StartError::Address(_)), "{error}");
    let error = StreamServer::bind("192.0.2.1:0").serve_forever(echo).await.unwrap_err();
    assert!(matches!(error, ServeError::Start(StartError::Bind(_))), "{error}");
    assert!(error.to_string().starts_with("cannot listen on 192.0.2.1:0: "), "{error}");
    let error = StreamServer::bind("no-such-host.invalid:0").start(echo).await.unwrap_err();
    assert!(error.to_string().contains("no-such-host.invalid:0"), "{error}");
}

#[tokio::test]
async fn a_bare_port_takes_both_families() {
    let server = StreamServer::bind(0).start(echo).await.unwrap();
    let address = server.local_addrs()[0].as_socket().unwrap();
    let client = TcpStream::connect((Ipv4Addr::LOCALHOST, address.port())).await.unwrap();
    let mut client = BufReader::new(client);
    assert_eq!(exchange(&mut client, "v4\n").await, "v4\n");
    // Where IPv6 is switched off, every interface of it can still be bound.
    let has_ipv6 = std::net::TcpListener::bind("[::1]:0").is_ok();
    if address.is_ipv6() && has_ipv6 {
        let client = TcpStream::connect((std::net::Ipv6Addr::LOCALHOST, address.port())).await.unwrap();
        assert_eq!(exchange(&mut BufReader::new(client), "v6\n").await, "v6\n");
    }
}

#[tokio::test]
async fn a_name_is_listened_on_at_all_its_addresses() {
    // Also where the hosts file names ::1 and IPv6 is switched off.
    let server = StreamServer::bind("localhost:0").start(echo).await.unwrap();
    let addresses = server.local_addrs();
    assert!(addresses.iter().all(|address| address.port() == addresses[0].port()));
    for address in addresses {
        let mut client = BufReader::new(TcpStream::connect(address.as_socket().unwrap()).await.unwrap());
        assert_eq!(exchange(&mut client, "here\n").await, "here\n");
    }
}

#[tokio::test]
async fn a_ready_listener_is_taken_as_it_is() {
    let std = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let tokio = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let expected = (std.local_addr().unwrap(), tokio.local_addr().unwrap());
    let servers = (
        StreamServer::bind(std).start(echo).await.unwrap(),
        StreamServer::bind(tokio).start(echo).await.unwrap(),
    );
    assert_eq!(
        (servers.0.local_addrs()[0].as_socket().unwrap(), servers.1.local_addrs()[0].as_socket().unwrap()),
        expected
    );
    for address in [expected.0, expected.1] {
        let mut client = BufReader::new(TcpStream::connect(address).await.unwrap());
        assert_eq!(exchange(&mut client, "ready\n").await, "ready\n");
    }
}

#[tokio::test]
async fn a_stopped_server_refuses_clients_and_frees_its_port() {
    let server = StreamServer::bind("127.0.0.1:0").start(echo).await.unwrap();
    let address = server.local_addrs()[0].as_socket().unwrap();
    let mut client = BufReader::new(TcpStream::connect(address).await.unwrap());
    assert_eq!(exchange(&mut client, "hello\n").await, "hello\n");
    assert_eq!(server.stop().await.drained, 1);
    assert_eq!(TcpStream::connect(address).await.unwrap_err().kind(), ErrorKind::ConnectionRefused);
    assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
    let again = StreamServer::bind(address).start(echo).await.unwrap();
    assert_eq!(again.local_addrs()[0].as_socket().unwrap(), address);
}

#[tokio::test]
async fn dropping_the_last_handle_closes_the_listener() {
    let server = StreamServer::bind("127.0.0.1:0").start(echo).await.unwrap();
    let address = server.local_addrs()[0].as_socket().unwrap();
    drop(server);
    let refused = async {
        // It takes the loop a turn or two.
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), refused).await.unwrap();
}

#[tokio::test]
async fn all_of_several_addresses_are_bound_or_none_is() {
    let taken = StreamServer::bind("127.0.0.1:0").start(echo).await.unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for second in [taken.local_addrs()[0].to_string(), "no address".to_owned()] {
        StreamServer::bind(free).and_bind(second).start(echo).await.unwrap_err();
        assert_eq!(TcpStream::connect(free).await.unwrap_err().kind(), ErrorKind::ConnectionRefused);
    }
    let server = StreamServer::bind(free).and_bind("127.0.0.1:0").start(echo).await.unwrap();
    assert_eq!(server.local_addrs().len(), 2);
    for address in server.local_addrs() {
        let stream = TcpStream::connect(address.as_socket().unwrap()).await.unwrap();
        assert_eq!(exchange(&mut BufReader::new(stream), "both\n").await, "both\n");
    }
}

#[tokio::test]
async fn what_is_over_before_it_starts_does_not_start() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let report = StreamServer::bind(free).serve_until(std::future::ready(()), echo).await.unwrap();
    assert_eq!((report.drained, report.ended_by_itself), (0, false));
    assert_eq!(TcpStream::connect(free).await.unwrap_err().kind(), ErrorKind::ConnectionRefused);
}
