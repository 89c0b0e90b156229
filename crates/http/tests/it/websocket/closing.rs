//! How sockets end, and that their place is free afterwards.

use std::time::Duration;

use greenroom_core::{Event, Queue, finally};
use greenroom_http::{WebSocket, WebSocketError, WebSocketUpgrade};
use greenroom_testkit::until_idle;
use tokio::time::Instant;

use crate::websocket::peer::{TEXT, assert_deserted, close, open};

const DEADLINE: Duration = Duration::from_secs(5);

#[tokio::test(start_paused = true)]
async fn a_handler_that_returns_closes_with_1000_and_waits_for_the_answer() {
    let (server, mut peer) = open(WebSocketUpgrade::new(), async |_: WebSocket| {}).await;
    assert_eq!(peer.hear_close().await, (1000, String::new()));
    until_idle().await;
    assert_eq!(server.stats().active, 1);
    peer.write(&close(1000)).await;
    let asked = Instant::now();
    peer.hear_the_end().await;
    assert!(asked.elapsed() < Duration::from_secs(1));
    assert_deserted(&server).await;
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_fails_closes_with_1011() {
    let (server, mut peer) = open(WebSocketUpgrade::new(), async |_: WebSocket| Err::<(), _>("no")).await;
    assert_eq!(peer.hear_close().await, (1011, "internal server error".into()));
    peer.write(&close(1011)).await;
    peer.hear_the_end().await;
    assert_deserted(&server).await;
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_panics_closes_with_1011_and_is_counted() {
    let (server, mut peer) = open(WebSocketUpgrade::new(), async |mut socket: WebSocket| {
        socket.next().await.unwrap();
        panic!("on purpose");
    })
    .await;
    peer.say(TEXT, b"go").await;
    assert_eq!(peer.hear_close().await, (1011, "internal server error".into()));
    peer.write(&close(1011)).await;
    peer.hear_the_end().await;
    assert_deserted(&server).await;
    assert_eq!(server.stats().panicked, 1);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_answer_a_close_is_left_after_the_deadline() {
    let (server, mut peer) = open(WebSocketUpgrade::new(), async |_: WebSocket| {}).await;
    assert_eq!(peer.hear_close().await.0, 1000);
    let asked = Instant::now();
    // It talks on instead.
    peer.say(TEXT, b"what?").await;
    peer.hear_the_end().await;
    assert!(asked.elapsed() >= DEADLINE && asked.elapsed() < DEADLINE * 2, "{:?}", asked.elapsed());
    assert_deserted(&server).await;
}

#[tokio::test(start_paused = true)]
async fn a_handler_can_close_and_say_why() {
    let (server, mut peer) = open(WebSocketUpgrade::new(), async |mut socket: WebSocket| {
        socket.send("and that is").await.unwrap();
        socket.close(4001, "enough").await;
        socket.close(4002, "again").await;
        assert!(socket.next().await.unwrap().is_none());
        assert!(matches!(socket.send("x").await, Err(WebSocketError::Closed)));
    })
    .await;
    assert_eq!(peer.hear().await, (TEXT, b"and that is".to_vec()));
    assert_eq!(peer.hear_close().await, (4001, "enough".into()));
    peer.write(&close(4001)).await;
    peer.hear_the_end().await;
    assert_deserted(&server).await;
    assert_eq!(server.stats().panicked, 0);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_vanishes_is_gone() {
    let ends = Queue::unbounded();
    let tell = ends.clone();
    let (server, peer) = open(WebSocketUpgrade::new(), move |mut socket: WebSocket| {
        let tell = tell.clone();
        async move {
            let end = socket.next().await;
            tell.put(end.map_err(|error| error.to_string())).await.unwrap();
            assert!(matches!(socket.next().await, Ok(None)));
        }
    })
    .await;
    drop(peer);
    let gone = "the client has gone without closing the WebSocket";
    assert_eq!(ends.get().await.unwrap(), Err(gone.into()));
    assert_deserted(&server).await;
    assert_eq!(server.stats().panicked, 0);
}

#[tokio::test(start_paused = true)]
async fn a_kill_runs_the_handlers_clean_up_and_tells_the_client() {
    let cleaned = Event::new();
    let clean = cleaned.clone();
    let task = Queue::unbounded();
    let tell = task.clone();
    let (server, mut peer) = open(WebSocketUpgrade::new(), move |mut socket: WebSocket| {
        let (clean, tell) = (clean.clone(), tell.clone());
        async move {
            tell.put(greenroom_core::current().unwrap()).await.unwrap();
            finally(async move { while let Ok(Some(_)) = socket.next().await {} }, async move {
                tokio::time::sleep(Duration::from_millis(100)).await;
                clean.set();
            })
            .await;
        }
    })
    .await;
    let exit = task.get().await.unwrap().kill().await;
    assert!(exit.is_killed(), "{exit:?}");
    assert!(cleaned.is_set());
    assert_eq!(peer.hear_close().await, (1001, String::new()));
    peer.hear_the_end().await;
    assert_deserted(&server).await;
    assert_eq!(server.stats().killed, 1);
}

#[tokio::test(start_paused = true)]
async fn a_socket_that_was_given_away_is_waited_for() {
    let lobby = Queue::unbounded();
    let give = lobby.clone();
    let (server, mut peer) = open(WebSocketUpgrade::new(), move |socket: WebSocket| {
        let give = give.clone();
        async move { give.put(socket).await.map_err(|_| "nobody is there") }
    })
    .await;
    let mut socket = lobby.get().await.unwrap();
    until_idle().await;
    assert_eq!(server.stats().active, 1);
    socket.send("from elsewhere").await.unwrap();
    assert_eq!(peer.hear().await, (TEXT, b"from elsewhere".to_vec()));
    drop(socket);
    assert_eq!(peer.hear_close().await, (1000, String::new()));
    peer.write(&close(1000)).await;
    peer.hear_the_end().await;
    assert_deserted(&server).await;
}
