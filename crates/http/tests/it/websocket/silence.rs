//! Clients of which nothing is heard.

use std::time::Duration;

use greenroom_core::Queue;
use greenroom_http::{WebSocket, WebSocketUpgrade};
use tokio::time::{Instant, sleep};

use crate::websocket::peer::{PING, PONG, TEXT, assert_deserted, echo, open};

const INTERVAL: Duration = Duration::from_secs(20);
const LIMIT: Duration = Duration::from_secs(20);
const BRIEF: Duration = Duration::from_millis(500);

#[tokio::test(start_paused = true)]
async fn a_client_that_vanished_without_a_word_is_noticed_by_the_ping() {
    let ends = Queue::unbounded();
    let tell = ends.clone();
    let (server, mut peer) = open(WebSocketUpgrade::new(), move |socket: WebSocket| {
        let tell = tell.clone();
        async move { tell.put(echo(socket).await.unwrap_err().to_string()).await.unwrap() }
    })
    .await;
    let opened = Instant::now();
    assert_eq!(peer.hear().await, (PING, Vec::new()));
    assert!((INTERVAL..INTERVAL + BRIEF).contains(&opened.elapsed()), "{:?}", opened.elapsed());
    assert_eq!(ends.get().await.unwrap(), "there was no sign of life from the client");
    let whole = INTERVAL + LIMIT;
    assert!((whole..whole + BRIEF).contains(&opened.elapsed()), "{:?}", opened.elapsed());
    assert_eq!(peer.hear_close().await, (1011, "no sign of life".into()));
    peer.hear_the_end().await;
    assert_deserted(&server).await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_answers_stays() {
    let (server, mut peer) = open(WebSocketUpgrade::new(), echo).await;
    for _ in 0..20 {
        assert_eq!(peer.hear().await, (PING, Vec::new()));
        sleep(LIMIT - BRIEF).await;
        peer.say(PONG, b"").await;
    }
    peer.say(TEXT, b"x").await;
    assert_eq!(peer.hear().await, (TEXT, b"x".to_vec()));
    assert_eq!(server.stats().active, 1);
}

#[tokio::test(start_paused = true)]
async fn whatever_comes_is_a_sign_of_life_and_no_ping_is_needed() {
    let (server, mut peer) = open(WebSocketUpgrade::new(), echo).await;
    for _ in 0..20 {
        sleep(INTERVAL - BRIEF).await;
        peer.say(TEXT, b"x").await;
        assert_eq!(peer.hear().await, (TEXT, b"x".to_vec()));
    }
    assert_eq!(peer.hear().await, (PING, Vec::new()));
    // Part of a message is one too.
    sleep(LIMIT - BRIEF).await;
    peer.write(&[TEXT]).await;
    let heard = Instant::now();
    assert_eq!(peer.hear().await, (PING, Vec::new()));
    assert!(heard.elapsed() >= INTERVAL - BRIEF);
    assert_eq!(server.stats().active, 1);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_was_away_for_long_does_not_blame_the_client() {
    let (server, mut peer) = open(WebSocketUpgrade::new(), async |mut socket: WebSocket| {
        for _ in 0..3 {
            sleep(Duration::from_secs(3600)).await;
            assert_eq!(socket.next().await.unwrap().unwrap().text(), Some("patient"));
        }
        assert!(socket.next().await.is_err());
    })
    .await;
    for _ in 0..3 {
        peer.say(TEXT, b"patient").await;
        sleep(Duration::from_secs(3601)).await;
    }
    // And one that says nothing in all that time is asked first.
    assert_eq!(peer.hear().await, (PING, Vec::new()));
    peer.say(PONG, b"").await;
    assert_eq!((server.stats().active, server.stats().panicked), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_nothing_is_given_up_by_who_sends_to_it() {
    let ends = Queue::unbounded();
    let tell = ends.clone();
    let (server, peer) =
        open(WebSocketUpgrade::new().ping(Some((BRIEF, BRIEF))), move |mut socket: WebSocket| {
            let tell = tell.clone();
            async move {
                let error = socket.send(vec![0; 1024 * 1024]).await.unwrap_err();
                tell.put(error.to_string()).await.unwrap();
            }
        })
        .await;
    let opened = Instant::now();
    assert_eq!(ends.get().await.unwrap(), "there was no sign of life from the client");
    assert!(opened.elapsed() >= BRIEF * 2 && opened.elapsed() < BRIEF * 4, "{:?}", opened.elapsed());
    sleep(Duration::from_secs(30)).await;
    assert_deserted(&server).await;
    drop(peer);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_little_by_little_is_not() {
    let (server, mut peer) =
        open(WebSocketUpgrade::new().ping(Some((BRIEF, BRIEF))), async |mut socket: WebSocket| {
            socket.send(vec![7; 1024 * 1024]).await.unwrap();
            socket.close(1000, "").await;
        })
        .await;
    let mut heard = 0;
    let mut piece = vec![0; 16 * 1024];
    while heard < 1024 * 1024 {
        sleep(BRIEF).await;
        heard += tokio::io::AsyncReadExt::read(&mut peer.0, &mut piece).await.unwrap();
    }
    assert_eq!(server.stats().panicked, 0);
}

#[tokio::test(start_paused = true)]
async fn without_pings_a_silent_client_stays_for_ever() {
    let (server, mut peer) = open(WebSocketUpgrade::new().ping(None), echo).await;
    sleep(Duration::from_secs(24 * 3600)).await;
    peer.say(TEXT, b"x").await;
    assert_eq!(peer.hear().await, (TEXT, b"x".to_vec()));
    assert_eq!(server.stats().active, 1);
}
