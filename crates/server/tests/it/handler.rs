//! Handlers: their forms, their outputs, and what they cannot do to others.

use std::fmt;
use std::io;

use greenroom_server::{Connection, Handler, with};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use crate::scripted::{one_client, server, settle};

async fn answer(mut client: DuplexStream) -> String {
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn function(mut conn: Connection) -> io::Result<()> {
    conn.send_line(format!("{} to {}", conn.peer_addr(), conn.local_addr())).await
}

struct Greeter(&'static str);

impl Handler for Greeter {
    type Output = ();

    async fn handle(&self, mut conn: Connection) {
        conn.send_line(self.0).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn functions_closures_and_types_are_handlers() {
    let (_server, client) = one_client(function).await;
    assert_eq!(answer(client).await, "192.0.2.1:5000 to 192.0.2.2:7000\n");

    let (_server, client) = one_client(async |mut conn: Connection| conn.send_line("closure").await).await;
    assert_eq!(answer(client).await, "closure\n");

    let greeting = String::from("moved in");
    let (_server, client) = one_client(move |mut conn: Connection| {
        let greeting = greeting.clone();
        async move { conn.send_line(greeting).await }
    })
    .await;
    assert_eq!(answer(client).await, "moved in\n");

    let (_server, client) = one_client(Greeter("typed")).await;
    assert_eq!(answer(client).await, "typed\n");

    let state = String::from("state");
    let (_server, client) =
        one_client(with(state, async |state, mut conn: Connection| conn.send_line(state).await)).await;
    assert_eq!(answer(client).await, "state\n");
}

/// An error that is only displayed.
struct Sorry;

impl fmt::Display for Sorry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sorry")
    }
}

#[tokio::test(start_paused = true)]
async fn outputs_may_be_nothing_a_result_or_never() {
    async fn nothing(_: Connection) {}
    async fn only_displayed(_: Connection) -> Result<(), Sorry> {
        Err(Sorry)
    }
    async fn never(_: Connection) -> ! {
        std::future::pending().await
    }
    async fn fails_or_never(_: Connection) -> Result<std::convert::Infallible, Sorry> {
        Err(Sorry)
    }
    fn is_handler<H: Handler>(_: &H) {}
    is_handler(&nothing);
    is_handler(&never);
    is_handler(&async |_: Connection| loop {
        tokio::task::yield_now().await;
    });
    let _ = fails_or_never;

    let (server, client) = one_client(only_displayed).await;
    assert_eq!(answer(client).await, "");
    assert_eq!(server.stats().failed, 1);
}

#[tokio::test(start_paused = true)]
async fn an_error_is_counted_and_closes_its_connection_only() {
    let (server, stagehand) = server([]);
    let server = server.start(obey).await.unwrap();
    let mut bystander = stagehand.connect(64);
    let mut failing = stagehand.connect(64);
    failing.write_all(b"fail\n").await.unwrap();
    assert_eq!(answer(failing).await, "");
    bystander.write_all(b"hello\n").await.unwrap();
    let mut reply = [0; 6];
    bystander.read_exact(&mut reply).await.unwrap();
    assert_eq!(&reply, b"hello\n");
    assert_eq!((server.stats().failed, server.stats().panicked, server.stats().active), (1, 0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_counted_and_closes_its_connection_only() {
    let (server, stagehand) = server([]);
    let server = server.max_connections(2).start(obey).await.unwrap();
    let mut bystander = stagehand.connect(64);
    for n in 1..=10 {
        let mut panicking = stagehand.connect(64);
        panicking.write_all(b"panic\n").await.unwrap();
        assert_eq!(answer(panicking).await, "");
        settle().await;
        assert_eq!(server.stats().panicked, n, "no permit is lost: the next is served");
    }
    bystander.write_all(b"hello\n").await.unwrap();
    let mut reply = [0; 6];
    bystander.read_exact(&mut reply).await.unwrap();
    assert_eq!(server.limits().open_connections(), 1);
    assert_eq!((server.stats().failed, server.stats().killed), (0, 0));
}

async fn obey(mut conn: Connection) -> io::Result<()> {
    let mut lines = conn.lines();
    while let Some(line) = lines.next().await? {
        match &*line {
            "fail" => return Err(io::Error::other("as told")),
            "panic" => panic!("as told"),
            _ => lines.send(line).await?,
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_panic_before_the_future_is_one_of_the_connection() {
    fn eager(conn: Connection) -> std::future::Ready<()> {
        panic!("before anything is awaited: {conn:?}")
    }
    let (server, client) = one_client(eager).await;
    assert_eq!(answer(client).await, "");
    settle().await;
    assert_eq!((server.stats().panicked, server.stats().active), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn connections_have_distinct_numbers_and_named_tasks() {
    let (server, stagehand) = server([]);
    let _server = server
        .start(async |mut conn: Connection| {
            let task = greenroom_core::current().unwrap();
            let line = format!("{} {}", conn.id(), task.name().unwrap_or_default());
            conn.send_line(line).await
        })
        .await
        .unwrap();
    let first = answer(stagehand.connect(64)).await;
    let second = answer(stagehand.connect(64)).await;
    assert_ne!(first, second);
    assert!(first.ends_with(" conn 192.0.2.1:5000\n"), "{first}");
}
