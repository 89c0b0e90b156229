//! Faults of accepting over real sockets, and floods. The rows are those of the catalogue of faults.

use std::io;
use std::net::{Shutdown, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use greenroom_server::{Connection, ServeError, ServerHandle, StreamServer};
use greenroom_testkit::ScriptedAnswer;
use socket2::{Domain, SockRef, Socket, Type};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::scripted::{server, settle};

/// Decides only how long a broken server is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

async fn hello(mut conn: Connection) -> io::Result<()> {
    conn.send_line("hello").await
}

fn address(server: &ServerHandle) -> SocketAddr {
    server.local_addrs()[0].as_socket().unwrap()
}

async fn greeting(mut client: TcpStream) -> String {
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    answer
}

/// A listener with room for so many in its backlog.
fn listener(backlog: i32) -> std::net::TcpListener {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    socket.listen(backlog).unwrap();
    socket.into()
}

/// Row 6.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_listener_shut_down_underneath_ends_the_server_with_its_error() {
    let listener = listener(16);
    let other = listener.try_clone().unwrap();
    let serving = tokio::spawn(StreamServer::bind(listener).serve_forever(hello));
    let client = TcpStream::connect(other.local_addr().unwrap()).await.unwrap();
    assert_eq!(greeting(client).await, "hello\n");
    SockRef::from(&other).shutdown(Shutdown::Both).unwrap();
    let error = tokio::time::timeout(PATIENCE, serving).await.unwrap().unwrap().unwrap_err();
    assert!(matches!(error, ServeError::Accept(_)), "{error}");
    assert!(error.to_string().contains("127.0.0.1:"), "it names the listener: {error}");
}

/// Row 7.
#[tokio::test]
async fn a_client_that_resets_before_it_is_accepted_harms_nobody() {
    let peers = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = peers.clone();
    let server = StreamServer::bind("127.0.0.1:0")
        .start(move |mut conn: Connection| {
            seen.lock().unwrap().push(conn.peer_addr().clone());
            async move { conn.read_to_end(&mut Vec::new()).await.map(drop) }
        })
        .await
        .unwrap();
    server.stop_accepting();
    let mut gone = Vec::new();
    for _ in 0..5 {
        let client = TcpStream::connect(address(&server)).await.unwrap();
        gone.push(client.local_addr().unwrap().into());
        SockRef::from(&client).set_linger(Some(Duration::ZERO)).unwrap();
    }
    server.start_accepting();
    let last = TcpStream::connect(address(&server)).await.unwrap();
    gone.push(last.local_addr().unwrap().into());
    drop(last);
    while server.stats().accepted + server.stats().accept_errors < 6 || server.stats().active > 0 {
        tokio::task::yield_now().await;
    }
    if cfg!(target_os = "linux") {
        // It hands them out; they have the address that accept was told, which nobody can ask for any more.
        assert_eq!(*peers.lock().unwrap(), gone);
    }
    assert_eq!((server.stats().panicked, server.limits().open_connections()), (0, 0));
}

/// Row 8.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn more_clients_than_the_backlog_holds_are_no_error_of_the_server() {
    const BACKLOG: usize = 8;
    let server = StreamServer::bind(listener(BACKLOG as i32)).start(hello).await.unwrap();
    server.stop_accepting();
    let connected = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..4 * BACKLOG)
        .map(|_| {
            let (address, connected) = (address(&server), connected.clone());
            tokio::spawn(async move {
                let client = TcpStream::connect(address).await.unwrap();
                connected.fetch_add(1, Ordering::SeqCst);
                greeting(client).await
            })
        })
        .collect();
    while connected.load(Ordering::SeqCst) < BACKLOG {
        tokio::task::yield_now().await;
    }
    let stats = server.stats();
    assert_eq!((stats.accepted, stats.accept_errors), (0, 0));
    server.start_accepting();
    while server.stats().accepted < BACKLOG as u64 {
        tokio::task::yield_now().await;
    }
    let fresh = TcpStream::connect(address(&server)).await.unwrap();
    assert_eq!(greeting(fresh).await, "hello\n");
    assert_eq!(server.stats().accept_errors, 0);
    // What becomes of those that the backlog did not hold is the kernel's affair: they ask again, later and later.
    clients.iter().for_each(tokio::task::JoinHandle::abort);
}

/// Row 10.
#[tokio::test(start_paused = true)]
async fn of_500_clients_no_more_than_the_limit_are_served_at_once_and_all_in_the_end() {
    let (server, stagehand) = server([]);
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (here, peak) = (now.clone(), most.clone());
    let server = server
        .max_connections(10)
        .start(move |mut conn: Connection| {
            let (here, peak) = (here.clone(), peak.clone());
            async move {
                peak.fetch_max(here.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(10)).await;
                here.fetch_sub(1, Ordering::SeqCst);
                conn.send_line("hello").await
            }
        })
        .await
        .unwrap();
    let clients: Vec<_> = (0..500).map(|_| stagehand.connect(64)).collect();
    settle().await;
    assert_eq!((stagehand.calls(), server.stats().active), (10, 10), "the others wait outside");
    for mut client in clients {
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert_eq!(answer, "hello\n");
    }
    assert_eq!(most.load(Ordering::SeqCst), 10);
    settle().await;
    let stats = server.stats();
    assert_eq!((stats.accepted, stats.active, stats.shed), (500, 0, 0));
    assert_eq!(server.limits().open_connections(), 0);
}

/// Row 70. What a server can promise ends where tokio's promise does: a handler that spins on the worker that polled the driver
/// last keeps the others asleep until something wakes one. So this runtime has other work, as any but an idle one has.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_that_never_awaits_keeps_no_other_client_from_being_accepted() {
    let relief = Arc::new(AtomicBool::new(false));
    let seen = relief.clone();
    let server = StreamServer::bind("127.0.0.1:0")
        .start(move |mut conn: Connection| {
            let relief = seen.clone();
            async move {
                let mut word = [0; 4];
                conn.read_exact(&mut word).await?;
                let patience = std::time::Instant::now() + PATIENCE;
                while word == *b"spin" && !relief.load(Ordering::SeqCst) {
                    assert!(std::time::Instant::now() < patience, "nobody else is served");
                    std::hint::spin_loop();
                }
                relief.store(true, Ordering::SeqCst);
                conn.send_line("hello").await
            }
        })
        .await
        .unwrap();
    let clients = async {
        let mut first = TcpStream::connect(address(&server)).await.unwrap();
        first.write_all(b"spin").await.unwrap();
        let mut second = TcpStream::connect(address(&server)).await.unwrap();
        second.write_all(b"free").await.unwrap();
        (greeting(second).await, greeting(first).await)
    };
    let other_work = async {
        loop {
            tokio::spawn(std::future::ready(())).await.unwrap();
            tokio::task::yield_now().await;
        }
    };
    let served = tokio::select! {
        served = clients => served,
        () = other_work => unreachable!("it has no end"),
    };
    assert_eq!(served, ("hello\n".to_owned(), "hello\n".to_owned()));
}

/// Row 71.
#[tokio::test(start_paused = true)]
async fn a_flood_of_clients_leaves_one_worker_time_for_those_who_are_there() {
    const FLOOD: usize = 20_000;
    let (server, mut stagehand) = server([ScriptedAnswer::Connection; FLOOD]);
    let server = server
        .max_connections(usize::MAX)
        .start(async |mut conn: Connection| {
            let mut lines = conn.lines();
            while let Some(line) = lines.next().await? {
                lines.send(line).await?;
            }
            io::Result::Ok(())
        })
        .await
        .unwrap();
    let mut client = BufReader::new(stagehand.client().await);
    for n in 0..50 {
        let before = stagehand.calls();
        let line = format!("line {n}\n");
        client.write_all(line.as_bytes()).await.unwrap();
        let mut answer = String::new();
        client.read_line(&mut answer).await.unwrap();
        assert_eq!(answer, line);
        let meanwhile = stagehand.calls() - before;
        assert!(meanwhile <= 4 * 64, "{meanwhile} accepted in the time of one answer");
    }
    assert!(stagehand.calls() < FLOOD, "the flood was not over yet");
    drop(server);
}
