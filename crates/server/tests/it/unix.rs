//! Unix sockets: who may have the path, who may connect, and what is left.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::path::Path;

use greenroom_server::{
    Connection, ServerHandle, SockAddr, SocketOptions, StartError, StreamServer, connect,
};
use greenroom_testkit::{Outcome, cancel_at_every_poll};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::folder::Folder;

async fn echo(mut conn: Connection) -> io::Result<()> {
    let mut lines = conn.lines();
    while let Some(line) = lines.next().await? {
        lines.send(line).await?;
    }
    Ok(())
}

async fn start(path: &Path) -> Result<ServerHandle, StartError> {
    StreamServer::bind(path).start(echo).await
}

async fn serves(path: &Path) -> bool {
    let mut client = connect(path).await.unwrap();
    client.write_all(b"hello\n").await.unwrap();
    client.shutdown().await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    answer == "hello\n"
}

/// A socket that nobody listens on any more, as a killed server leaves it.
fn leave_dead(path: &Path) {
    drop(UnixListener::bind(path).unwrap());
    assert!(fs::symlink_metadata(path).unwrap().file_type().is_socket());
}

async fn refused(path: &Path) -> (ErrorKind, String) {
    match start(path).await.unwrap_err() {
        StartError::Bind(error) => (error.kind(), error.to_string()),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_server_on_a_path_is_reached_and_its_file_goes_with_it() {
    let folder = Folder::new();
    let path = folder.path("app.sock");
    let server = StreamServer::bind(format!("unix:{}", path.display())).start(echo).await.unwrap();
    assert_eq!(server.local_addrs(), [SockAddr::Unix(Some(path.as_path().into()))]);
    assert!(serves(&path).await);
    assert_eq!(folder.names(), ["app.sock"], "and no lock, and nothing else");
    server.stop().await;
    assert!(folder.names().is_empty());
}

#[tokio::test]
async fn a_handler_sees_where_it_was_reached_and_a_client_without_a_name() {
    let folder = Folder::new();
    let path = folder.path("app.sock");
    let server = StreamServer::bind(&path)
        .start(async |mut conn: Connection| {
            let (peer, local) = (conn.peer_addr(), conn.local_addr());
            conn.send_line(format!("{peer} {local}")).await
        })
        .await
        .unwrap();
    let mut answer = String::new();
    connect(&server.local_addrs()[0]).await.unwrap().read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, format!("unix: unix:{}\n", path.display()));
}

#[tokio::test]
async fn only_its_owner_may_connect_unless_the_mode_is_set() {
    let folder = Folder::new();
    let path = folder.path("app.sock");
    let mode = || fs::metadata(&path).unwrap().mode() & 0o7777;
    let server = start(&path).await.unwrap();
    assert_eq!(mode(), 0o600);
    server.stop().await;
    // A umask would take some of these away.
    for wanted in [0o666, 0o660, 0o700, 0o777] {
        let options = SocketOptions::new().unix_mode(wanted);
        let server = StreamServer::bind(&path).socket_options(options).start(echo).await.unwrap();
        assert_eq!(mode(), wanted);
        server.stop().await;
    }
}

#[tokio::test]
async fn a_live_socket_is_never_stolen() {
    let folder = Folder::new();
    let path = folder.path("app.sock");
    let first = start(&path).await.unwrap();
    let (kind, said) = refused(&path).await;
    assert_eq!(kind, ErrorKind::AddrInUse);
    assert!(said.contains("a live socket is there") && said.contains("app.sock"), "{said}");
    assert!(serves(&path).await);
    first.stop().await;
    start(&path).await.unwrap();
}

#[tokio::test]
async fn a_live_socket_with_a_full_backlog_or_of_another_type_is_never_stolen() {
    let folder = Folder::new();
    let path = folder.path("full.sock");
    let socket = socket2::Socket::new(socket2::Domain::UNIX, socket2::Type::STREAM, None).unwrap();
    socket.bind(&socket2::SockAddr::unix(&path).unwrap()).unwrap();
    socket.listen(0).unwrap();
    let _queued = std::os::unix::net::UnixStream::connect(&path).unwrap();
    assert_eq!(refused(&path).await.0, ErrorKind::AddrInUse);

    let path = folder.path("datagram.sock");
    let _datagrams = UnixDatagram::bind(&path).unwrap();
    assert_eq!(refused(&path).await.0, ErrorKind::AddrInUse);
    assert_eq!(folder.names(), ["datagram.sock", "full.sock"]);
}

#[tokio::test]
async fn a_dead_socket_is_replaced() {
    let folder = Folder::new();
    let path = folder.path("app.sock");
    leave_dead(&path);
    let server = start(&path).await.unwrap();
    assert!(serves(&path).await);
    server.stop().await;
    assert!(folder.names().is_empty());
}

#[tokio::test]
async fn whatever_is_no_socket_is_refused_and_never_touched() {
    let folder = Folder::new();
    let [file, directory, live, dead, to_live, to_dead, to_nothing] =
        ["file", "directory", "live", "dead", "to_live", "to_dead", "to_nothing"]
            .map(|name| folder.path(name));
    fs::write(&file, "precious").unwrap();
    fs::create_dir(&directory).unwrap();
    leave_dead(&dead);
    let _server = start(&live).await.unwrap();
    symlink(&live, &to_live).unwrap();
    symlink(&dead, &to_dead).unwrap();
    symlink(folder.path("nothing"), &to_nothing).unwrap();
    let before = folder.names();
    for (path, what) in [
        (&file, "a regular file is there"),
        (&directory, "a directory is there"),
        (&to_live, "a symbolic link is there"),
        (&to_dead, "a symbolic link is there"),
        (&to_nothing, "a symbolic link is there"),
    ] {
        let (kind, said) = refused(path).await;
        assert_eq!(kind, ErrorKind::AlreadyExists);
        assert!(said.contains(what) && said.contains("remove what is there"), "{said}");
    }
    assert_eq!(folder.names(), before);
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
}

#[tokio::test]
async fn a_path_that_cannot_be_bound_says_why() {
    let folder = Folder::new();
    let (kind, said) = refused(&folder.path("missing/app.sock")).await;
    assert_eq!(kind, ErrorKind::NotFound);
    assert!(said.contains("its directory does not exist; create it first"), "{said}");
    fs::write(folder.path("file"), "").unwrap();
    let (kind, said) = refused(&folder.path("file/app.sock")).await;
    assert_eq!(kind, ErrorKind::NotADirectory);
    assert!(said.contains("create it first"), "{said}");

    let long = folder.path(&"x".repeat(200));
    let error = start(&long).await.unwrap_err();
    let StartError::Address(error) = error else { panic!("{error}") };
    let (length, limit) = (long.as_os_str().len(), error.path_limit().unwrap());
    assert!(
        error.to_string().contains(&format!("{length} bytes, and that of a Unix socket at most {limit}"))
    );
    assert_eq!(folder.names(), ["file"]);
}

#[tokio::test]
async fn a_directory_that_is_closed_to_us_is_named_with_what_it_takes() {
    let folder = Folder::new();
    let closed = folder.path("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o500)).unwrap();
    let result = start(&closed.join("app.sock")).await;
    if rustix::process::geteuid().is_root() {
        // Nothing is closed to root.
        assert!(serves(&closed.join("app.sock")).await);
        return;
    }
    let StartError::Bind(error) = result.unwrap_err() else { panic!("the text was good") };
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    let said = error.to_string();
    assert!(
        said.contains("closed/app.sock") && said.contains("allowed to read and write its directory"),
        "{said}"
    );
}

#[tokio::test]
async fn a_relative_path_begins_at_the_working_directory() {
    let folder = Folder::new();
    let here = std::env::current_dir().unwrap();
    let up = "../".repeat(here.components().count() - 1);
    let absolute = folder.path("app.sock");
    let relative = format!("{up}{}", absolute.strip_prefix("/").unwrap().display());
    let server = StreamServer::bind(format!("unix:{relative}")).start(echo).await.unwrap();
    assert!(serves(&absolute).await);
    server.stop().await;
    assert!(folder.names().is_empty());
}

#[tokio::test]
async fn a_file_that_has_taken_the_place_of_ours_stays() {
    let folder = Folder::new();
    let path = folder.path("app.sock");
    let first = start(&path).await.unwrap();
    // An impatient operator makes room by hand.
    fs::remove_file(&path).unwrap();
    let second = start(&path).await.unwrap();
    first.stop().await;
    assert!(serves(&path).await);
    fs::remove_file(&path).unwrap();
    fs::write(&path, "precious").unwrap();
    second.stop().await;
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
}

#[tokio::test]
async fn dropping_the_last_handle_removes_the_file() {
    let folder = Folder::new();
    let path = folder.path("app.sock");
    drop(start(&path).await.unwrap());
    let gone = async {
        // It takes the loop a turn or two.
        while !folder.names().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), gone).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_that_start_at_once_one_gets_the_path() {
    let folder = Folder::new();
    let path = folder.path("app.sock");
    for round in 0..40 {
        if round % 2 == 0 {
            leave_dead(&path);
        }
        let starts: Vec<_> = (0..8)
            .map(|_| {
                let path = path.clone();
                tokio::spawn(async move { start(&path).await })
            })
            .collect();
        let mut winners = Vec::new();
        for start in starts {
            match start.await.unwrap() {
                Ok(server) => winners.push(server),
                Err(StartError::Bind(error)) => assert_eq!(error.kind(), ErrorKind::AddrInUse, "{error}"),
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!(winners.len(), 1, "in round {round}");
        assert!(serves(&path).await);
        winners[0].stop().await;
        assert!(folder.names().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_that_is_given_up_leaves_nothing() {
    let folder = Folder::new();
    let path = folder.path("app.sock");
    let polls = cancel_at_every_poll(
        async || {
            // Another server is binding there, and takes a while.
            let held = fs::File::open(&folder).unwrap();
            held.try_lock().unwrap();
            tokio::spawn(async move {
                tokio::time::sleep(std::time::Duration::from_millis(12)).await;
                drop(held);
            });
            ((), start(&path))
        },
        async |(), outcome| {
            if let Outcome::Completed(server) = outcome {
                server.unwrap().stop().await;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            assert!(folder.names().is_empty());
            start(&path).await.unwrap().stop().await;
        },
    )
    .await;
    assert!(polls > 1, "it had to wait");
}

#[tokio::test]
async fn what_was_handed_over_keeps_its_file() {
    let folder = Folder::new();
    let [std, tokio] = ["std.sock", "tokio.sock"].map(|name| folder.path(name));
    let first = StreamServer::bind(UnixListener::bind(&std).unwrap()).start(echo).await.unwrap();
    let listener = tokio::net::UnixListener::bind(&tokio).unwrap();
    let second = StreamServer::bind(listener).start(echo).await.unwrap();
    assert!(serves(&std).await && serves(&tokio).await);
    first.stop().await;
    second.stop().await;
    assert_eq!(folder.names(), ["std.sock", "tokio.sock"]);
}

#[tokio::test]
async fn the_backlog_is_as_long_as_it_was_asked_for() {
    let folder = Folder::new();
    let path = folder.path("app.sock");
    let options = SocketOptions::new().backlog(3);
    let _server =
        StreamServer::bind(&path).socket_options(options).max_connections(0).start(echo).await.unwrap();
    let mut queued = Vec::new();
    let error = loop {
        match tokio::net::UnixStream::connect(&path).await {
            Ok(client) => queued.push(client),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    // Linux lets in one more than it was told.
    assert!((3..=4).contains(&queued.len()), "{}", queued.len());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_abstract_name_needs_no_file() {
    let name = format!("unix:@greenroom-{}", std::process::id());
    let server = StreamServer::bind(&name).start(echo).await.unwrap();
    assert_eq!(server.local_addrs()[0].to_string(), name);
    let mut answer = String::new();
    let mut client = connect(&name).await.unwrap();
    client.write_all(b"hello\n").await.unwrap();
    client.shutdown().await.unwrap();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "hello\n");
    let error = StreamServer::bind(&name).start(echo).await.unwrap_err();
    assert_eq!(io::Error::from(error).kind(), ErrorKind::AddrInUse);
    server.stop().await;
    StreamServer::bind(&name).start(echo).await.unwrap();
}
