//! The client's side.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::time::Duration;

use greenroom_server::{ClientStream, Connect, Connection, ServerHandle, StreamServer, connect};
use greenroom_testkit::{Outcome, cancel_at_every_poll};
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};

async fn echo(mut conn: Connection) -> io::Result<()> {
    let mut lines = conn.lines();
    while let Some(line) = lines.next().await? {
        lines.send(line).await?;
    }
    Ok(())
}

async fn server() -> (ServerHandle, u16) {
    let server = StreamServer::bind("127.0.0.1:0").start(echo).await.unwrap();
    let port = server.local_addrs()[0].port().unwrap();
    (server, port)
}

async fn is_echoed(mut client: ClientStream) -> bool {
    let pieces = [io::IoSlice::new(b"hel"), io::IoSlice::new(b"lo\n")];
    assert!(AsyncWrite::is_write_vectored(&client));
    assert_eq!(client.write_vectored(&pieces).await.unwrap(), 6);
    client.flush().await.unwrap();
    client.shutdown().await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    answer == "hello\n"
}

#[tokio::test]
async fn every_form_of_an_address_connects() {
    let (server, port) = server().await;
    let address = server.local_addrs()[0].clone();
    let socket = address.as_socket().unwrap();
    assert!(is_echoed(connect(&address).await.unwrap()).await);
    assert!(is_echoed(connect(address.clone()).await.unwrap()).await);
    assert!(is_echoed(connect(socket).await.unwrap()).await);
    assert!(is_echoed(connect(format!("127.0.0.1:{port}")).await.unwrap()).await);
    assert!(is_echoed(connect(format!("localhost:{port}")).await.unwrap()).await);
    assert!(is_echoed(connect(("localhost", port)).await.unwrap()).await);
    assert!(is_echoed(connect(port).await.unwrap()).await);
    assert!(is_echoed(connect(format!("0.0.0.0:{port}")).await.unwrap()).await);
}

#[tokio::test]
async fn a_server_on_every_interface_is_reached_at_what_it_says() {
    let server = StreamServer::bind(0).start(echo).await.unwrap();
    assert!(is_echoed(connect(&server.local_addrs()[0]).await.unwrap()).await);
}

#[tokio::test]
async fn a_stream_knows_both_its_ends() {
    let (server, _) = server().await;
    let client = connect(&server.local_addrs()[0]).await.unwrap();
    assert_eq!(client.peer_addr().unwrap(), server.local_addrs()[0]);
    let ClientStream::Tcp(tcp) = &client else { panic!("{client:?}") };
    assert_eq!(client.local_addr().unwrap().as_socket(), tcp.local_addr().ok());
    assert!(tcp.nodelay().unwrap());
    let ClientStream::Tcp(tcp) =
        Connect::to(&server.local_addrs()[0]).nodelay(false).connect().await.unwrap()
    else {
        panic!("another kind of stream")
    };
    assert!(!tcp.nodelay().unwrap());
}

#[tokio::test]
async fn a_refusal_names_the_address_and_every_attempt() {
    let (server, port) = server().await;
    server.stop().await;
    let error = connect(("127.0.0.1", port)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts().len()), (ErrorKind::ConnectionRefused, 1));
    let said = error.to_string();
    assert!(said.starts_with(&format!("cannot connect to 127.0.0.1:{port}: Connection refused")), "{said}");
    assert_eq!(said.matches(&port.to_string()).count(), 1, "{said}");
    assert!(error.source().is_some());

    let error = connect(("localhost", port)).await.unwrap_err();
    let said = error.to_string();
    assert!(said.starts_with(&format!("cannot connect to localhost:{port}: ")), "{said}");
    assert!(said.contains(&format!("127.0.0.1:{port}: Connection refused")), "{said}");
    let (kind, last) = (error.kind(), error.attempts().last().unwrap().1.kind());
    assert_eq!((kind, io::Error::from(error).kind()), (last, last));
}

#[tokio::test]
async fn what_is_no_place_to_connect_to_is_said() {
    let error = connect("localhost").await.unwrap_err();
    assert_eq!((error.kind(), error.address()), (ErrorKind::InvalidInput, "localhost"));
    assert!(error.to_string().contains("the port is missing"), "{error}");
    let error = connect("no-such-host.invalid:80").await.unwrap_err();
    assert!(error.to_string().starts_with("cannot connect to no-such-host.invalid:80: "), "{error}");
    let error = connect(std::net::TcpListener::bind("127.0.0.1:0").unwrap()).await.unwrap_err();
    assert_eq!(error.to_string(), "cannot connect to the given socket: it listens itself");
}

#[cfg(unix)]
mod unix {
    use super::*;
    use crate::folder::Folder;
    use std::path::Path;

    /// A listener whose backlog is full.
    fn full(path: &Path) -> (std::os::unix::net::UnixListener, std::os::unix::net::UnixStream) {
        let socket = socket2::Socket::new(socket2::Domain::UNIX, socket2::Type::STREAM, None).unwrap();
        socket.bind(&socket2::SockAddr::unix(path).unwrap()).unwrap();
        socket.listen(0).unwrap();
        let queued = std::os::unix::net::UnixStream::connect(path).unwrap();
        (socket.into(), queued)
    }

    #[tokio::test]
    async fn a_unix_socket_is_reached_by_its_path() {
        let folder = Folder::new();
        let path = folder.path("app.sock");
        let server = StreamServer::bind(&path).start(echo).await.unwrap();
        assert!(is_echoed(connect(&path).await.unwrap()).await);
        assert!(is_echoed(connect(format!("unix:{}", path.display())).await.unwrap()).await);
        let client = connect(&server.local_addrs()[0]).await.unwrap();
        assert!(matches!(client, ClientStream::Unix(_)));
        assert_eq!(client.peer_addr().unwrap(), server.local_addrs()[0]);
        assert_eq!(client.local_addr().unwrap().to_string(), "unix:");
    }

    #[tokio::test]
    async fn a_path_without_a_server_is_named() {
        let folder = Folder::new();
        let error = connect(folder.path("app.sock")).await.unwrap_err();
        let expected = format!("cannot connect to unix:{}: No such file", folder.path("app.sock").display());
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.to_string().starts_with(&expected), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_is_silent_costs_the_deadline_and_no_more() {
        let folder = Folder::new();
        let path = folder.path("app.sock");
        let _server = full(&path);
        for (limit, connect) in [
            (Duration::from_secs(10), Connect::to(&path)),
            (Duration::from_millis(50), Connect::to(&path).deadline(Duration::from_millis(50))),
        ] {
            let since = tokio::time::Instant::now();
            let error = connect.connect().await.unwrap_err();
            assert_eq!((since.elapsed(), error.kind()), (limit, ErrorKind::TimedOut));
            let expected =
                format!("cannot connect to unix:{} within {limit:?}: its backlog is full", path.display());
            assert_eq!(error.to_string(), expected);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_backlog_is_waited_for_and_a_connect_that_is_dropped_is_given_up() {
        let folder = Folder::new();
        let path = folder.path("app.sock");
        let polls = cancel_at_every_poll(
            async || {
                let _ = std::fs::remove_file(&path);
                let (listener, queued) = full(&path);
                let copy = listener.try_clone().unwrap();
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(25)).await;
                    copy.accept().unwrap();
                    drop(queued);
                });
                (listener, connect(&path))
            },
            async |listener, outcome| {
                tokio::time::sleep(Duration::from_millis(30)).await;
                listener.set_nonblocking(true).unwrap();
                let accepted = listener.accept();
                match outcome {
                    Outcome::Completed(client) => {
                        client.unwrap();
                        accepted.unwrap();
                    }
                    // It may have been on its way; then it is closed.
                    Outcome::Dropped { .. } => {
                        if let Ok((mut stream, _)) = accepted {
                            assert_eq!(io::Read::read(&mut stream, &mut [0]).unwrap(), 0);
                        }
                    }
                }
            },
        )
        .await;
        assert!(polls > 1);
    }
}
