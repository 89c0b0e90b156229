//! Sockets that somebody else has made.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};

use greenroom_server::{Connection, StartError, StreamServer, connect};
use rustix::fs::{OFlags, fcntl_getfl};
use socket2::{Domain, Socket, Type};
use tokio::io::AsyncReadExt;

use crate::folder::Folder;

async fn greet(mut conn: Connection) -> io::Result<()> {
    conn.send_line("hello").await
}

#[tokio::test]
async fn descriptors_are_served_and_no_longer_block() {
    let folder = Folder::new();
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let unix = UnixListener::bind(folder.path("app.sock")).unwrap();
    // The flag belongs to the open socket, which the copy shares.
    let copies = [OwnedFd::from(tcp.try_clone().unwrap()), unix.try_clone().unwrap().into()];
    let blocks = |copy: &OwnedFd| !fcntl_getfl(copy).unwrap().contains(OFlags::NONBLOCK);
    assert!(copies.iter().all(blocks));
    let server =
        StreamServer::bind(OwnedFd::from(tcp)).and_bind(OwnedFd::from(unix)).start(greet).await.unwrap();
    assert!(!copies.iter().any(blocks));
    assert_eq!(server.local_addrs().len(), 2);
    for address in server.local_addrs() {
        let mut answer = String::new();
        connect(address).await.unwrap().read_to_string(&mut answer).await.unwrap();
        assert_eq!(answer, "hello\n");
    }
}

#[tokio::test]
async fn what_is_no_listener_is_refused_and_what_was_expected_is_said() {
    let folder = Folder::new();
    let bound = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    bound.bind(&"127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap().into()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (pipe, _other_end) = io::pipe().unwrap();
    let (pair, _other) = UnixStream::pair().unwrap();
    let table: [(OwnedFd, &str); 8] = [
        (UdpSocket::bind("127.0.0.1:0").unwrap().into(), "it is a datagram socket"),
        (UnixDatagram::bind(folder.path("datagrams")).unwrap().into(), "it is a datagram socket"),
        (Socket::new(Domain::UNIX, Type::SEQPACKET, None).unwrap().into(), "it is no stream socket"),
        (bound.into(), "it does not listen"),
        (client.into(), "it does not listen"),
        (pair.into(), "it does not listen"),
        (pipe.into(), "Socket operation on non-socket"),
        (File::open(&folder).unwrap().into(), "Socket operation on non-socket"),
    ];
    for (descriptor, what) in table {
        let error = StreamServer::bind(descriptor).start(greet).await.unwrap_err();
        let said = error.to_string();
        assert!(matches!(error, StartError::Bind(_)), "{said}");
        assert!(said.starts_with(&format!("cannot listen on the given socket: {what}")), "{said}");
        assert!(
            said.contains("expected a socket of TCP or of Unix streams that is open and listens"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn one_wrong_descriptor_among_good_ones_starts_nothing() {
    let good = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = good.local_addr().unwrap();
    let wrong = OwnedFd::from(UdpSocket::bind("127.0.0.1:0").unwrap());
    StreamServer::bind(good).and_bind(wrong).start(greet).await.unwrap_err();
    assert_eq!(connect(address).await.unwrap_err().kind(), ErrorKind::ConnectionRefused);
}

/// Each socket that a child process finds open.
#[cfg(target_os = "linux")]
async fn sockets_of_a_child() -> Vec<String> {
    let child = tokio::process::Command::new("ls").arg("-l").arg("/proc/self/fd").output().await.unwrap();
    assert!(child.status.success());
    let listing = String::from_utf8(child.stdout).unwrap();
    assert!(listing.contains("/proc/"), "{listing}");
    listing.split_whitespace().filter(|word| word.starts_with("socket:")).map(str::to_owned).collect()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn no_socket_is_left_to_a_child_process() {
    // What this process was itself started with.
    let inherited = sockets_of_a_child().await;
    let folder = Folder::new();
    let server = StreamServer::bind("127.0.0.1:0")
        .and_bind(folder.path("app.sock"))
        .and_bind(OwnedFd::from(TcpListener::bind("127.0.0.1:0").unwrap()))
        .start(async |mut conn: Connection| {
            conn.send_line("hello").await?;
            conn.read_to_end(&mut Vec::new()).await.map(drop)
        })
        .await
        .unwrap();
    let mut clients = Vec::new();
    for address in server.local_addrs() {
        let mut client = connect(address).await.unwrap();
        client.read_exact(&mut [0; 6]).await.unwrap();
        clients.push(client);
    }
    assert_eq!(sockets_of_a_child().await, inherited);
    drop(clients);
}
